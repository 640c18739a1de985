// What people ask a log for, beside the programs that they would ask otherwise: everything, ten minutes, one request, the errors,
// the last lines. And what the blocks that make this quick cost when archives are compressed. Each contestant is a command line,
// timed from its start to its end; all must find the same number of lines.
import { execFileSync, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { linkSync, mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import rotor from 'pino-rotor'
import { numbers, request } from './lines.js'
import { heldMebibytes, peakMebibytes, resetPeak } from './usage.js'

const program = fileURLToPath(new URL('../dist/cli.js', import.meta.url))
const mebibyte = 1024 * 1024
const archivesPerLog = 20
const monthStartMs = Date.UTC(2025, 9, 1)
const monthMs = 31 * 86_400_000
/** Ten minutes, whose lines `grep` finds by the first digits of their time. */
const tenMinutes = { since: 1_760_600_000_000, until: 1_760_600_599_999, pattern: '"time":1760600[0-5]' }
/** No log has a line shorter than this on average, so all of its archives are within the month. */
const lineBytesMin = 300

const ours = (...args) => [process.execPath, program, 'cat', ...args].map((word) => `'${word}'`).join(' ')
const commands = {
  all: {
    'pino-rotor': () => `${ours('plain/app.log')} | grep -c ''`,
    zcat: () => "zcat plain/*.gz | grep -c ''",
    pigz: () => "pigz -dc plain/*.gz | grep -c ''"
  },
  tenMinutes: {
    'pino-rotor': () => `${ours('bundled/app.log', '--since', tenMinutes.since, '--until', tenMinutes.until)} | grep -c ''`,
    'zcat | grep': () => `zcat bundled/archive/*.gz | grep -cE '${tenMinutes.pattern}'`
  },
  indexed: {
    'pino-rotor': ({ value }) => `${ours('indexed/app.log', '--match', `reqId=${value}`)} | grep -c ''`,
    'rg -z': ({ value }) => `rg -z -F --no-filename '"${value}"' indexed/*.gz | grep -c ''`
  },
  searched: {
    'pino-rotor': ({ value }) => `${ours('plain/app.log', '--match', `reqId=${value}`)} | grep -c ''`,
    'rg -z': ({ value }) => `rg -z -F --no-filename '"${value}"' plain/*.gz | grep -c ''`,
    zgrep: ({ value }) => `zgrep -hF '"${value}"' plain/*.gz | grep -c ''`
  },
  errors: {
    'pino-rotor': () => `${ours('plain/app.log', '--level', 'error')} | grep -c ''`,
    'zcat | jq': () => "zcat plain/*.gz | jq -c 'select(.level >= 50)' | grep -c ''"
  },
  last: {
    'pino-rotor': () => `${ours('plain/app.log', '--tail', '20')} | grep -c ''`,
    'node alone': () => `'${process.execPath}' -e 0; echo 20`
  }
}
const packings = { blocks: {}, 'blocks and an index': { index: ['reqId'] }, 'one member, as 0.1': { blocks: false } }

/** Makes the logs that are read. The bundle has twice as many lines as each of the others. */
async function prepare ({ sizeMebibytes }) {
  const folder = mkdtempSync(join(tmpdir(), 'rotor-bench-reading-'))
  try {
    await writeLog(join(folder, 'indexed'), sizeMebibytes, { index: ['reqId'] })
    await writeLog(join(folder, 'bundled'), 2 * sizeMebibytes, {})
    mkdirSync(join(folder, 'plain'))
    const archives = readdirSync(join(folder, 'bundled')).filter((name) => name.endsWith('.gz')).sort()
    for (const name of archives.slice(0, archives.length / 2)) linkSync(join(folder, 'bundled', name), join(folder, 'plain', name))
    bundle(folder)
    return { folder, value: soughtValue(), remove: () => { rmSync(folder, { recursive: true, force: true }) } }
  } catch (error) {
    rmSync(folder, { recursive: true, force: true })
    throw error
  }
}

// A value of one of the first lines, which all logs have.
export function soughtValue () {
  const next = numbers()
  return Array.from({ length: 1000 }, () => request(next).reqId).at(-1)
}

/** Writes a log of so many MiB of lines, in archives of equal size over a month. */
export async function writeLog (folder, mebibytes, compress, archives = archivesPerLog) {
  mkdirSync(folder)
  const next = numbers()
  const stepMs = monthMs / (mebibytes * mebibyte / lineBytesMin)
  let number = 0
  let atMs = monthStartMs
  for (let archive = 0; archive < archives; archive++) {
    const parts = []
    for (let bytes = 0; bytes < mebibytes * mebibyte / archives; number++) {
      const fields = request(next)
      atMs = monthStartMs + Math.floor(number * stepMs)
      const line = JSON.stringify({ level: fields.res.statusCode === 500 ? 50 : 30, time: atMs, pid: 4242, hostname: 'web-7', ...fields, msg: 'request completed' }) + '\n'
      parts.push(line)
      bytes += line.length
    }
    const path = join(folder, `app.${stampOf(atMs)}.log`)
    writeFileSync(path, parts.join(''))
    utimesSync(path, atMs / 1000, atMs / 1000)
  }
  await compressAll(folder, archives, compress)
}

function stampOf (atMs) {
  return new Date(atMs).toISOString().slice(0, 19).replace(/[-:]/g, '').replace('T', '_')
}

async function compressAll (folder, archives, compress) {
  // What compresses does not keep a process alive.
  const alive = setInterval(() => {}, 60_000)
  const stream = await rotor({ file: join(folder, 'app.log'), compress: { algorithm: 'gzip', ...compress }, limit: { count: false, age: false } })
  let [ms, bytes] = [0, 0]
  for (let left = archives; left > 0; left--) {
    const [event] = await once(stream, 'compressed')
    ms += event.ms
    bytes += event.to
  }
  stream.end()
  await once(stream, 'close')
  clearInterval(alive)
  return { ms, bytes }
}

function bundle (folder) {
  const config = join(folder, 'bundled.json')
  writeFileSync(config, JSON.stringify({ file: join(folder, 'bundled', 'app.log'), bundle: { frequency: 'monthly', limit: false }, limit: { count: false, age: false } }))
  const { status, stderr } = spawnSync(process.execPath, [program, 'bundle', join(folder, 'bundled', 'app.log'), '--config', config], { encoding: 'utf8' })
  if (status !== 0) throw new Error(`the bundle was not made: ${stderr}`)
}

// The shell takes the time, because starting it from here takes longer, the more memory this process has. In the C locale, its seconds have a point.
async function measure ({ scenario, contestant, folder, prepared }) {
  if (scenario.asks === 'compression') return await measureCompression(folder, scenario, contestant)
  const command = commands[scenario.asks][contestant](prepared)
  const { stdout, stderr } = spawnSync('bash', ['-c', `echo "$EPOCHREALTIME"; ${command}; echo "$EPOCHREALTIME"`], { cwd: prepared.folder, encoding: 'utf8', env: { ...process.env, LC_ALL: 'C' } })
  const [startedSeconds, lines, endedSeconds] = stdout.split('\n').map(Number)
  if (!(lines > 0)) throw new Error(`no line was found by ${command}\n${stderr}`)
  return { ms: (endedSeconds - startedSeconds) * 1000, lines }
}

// The memory is the peak beyond what the process holds right before the first step, when neither the compression thread nor any line is in it.
async function measureCompression (folder, { mebibytes }, contestant) {
  writeSource(join(folder, 'app.20251001_000000.log'), mebibytes)
  resetPeak()
  const heldBefore = heldMebibytes()
  const cpu = process.cpuUsage()
  const { ms, bytes } = await compressAll(folder, 1, packings[contestant])
  const { user, system } = process.cpuUsage(cpu)
  return { ms, cpuMs: (user + system) / 1000, bytes, addedMebibytes: peakMebibytes() - heldBefore }
}

// Another process writes the source. The lines would leave memory behind, and a compression that takes up that memory adds nothing to the peak.
function writeSource (path, mebibytes) {
  const lines = new URL('./lines.js', import.meta.url).href
  const script = `
    import { closeSync, openSync, writeSync } from 'node:fs'
    import { numbers, request } from ${JSON.stringify(lines)}
    const next = numbers()
    const source = openSync(${JSON.stringify(path)}, 'w')
    for (let bytes = 0; bytes < ${mebibytes * mebibyte};) {
      const lines = Array.from({ length: 1000 }, (_, index) => JSON.stringify({ level: 30, time: ${monthStartMs} + bytes + index, pid: 4242, hostname: 'web-7', ...request(next), msg: 'request completed' }) + '\\n').join('')
      bytes += writeSync(source, lines)
    }
    closeSync(source)
  `
  execFileSync(process.execPath, ['--input-type=module', '--eval', script])
}

const available = (program) => spawnSync('which', [program]).status === 0

function scenario (name, asks) {
  const contestants = Object.keys(commands[asks]).filter((contestant) => contestant.split(/[ |]+/).every((word) => !['pigz', 'rg', 'zgrep', 'jq', 'zcat'].includes(word) || available(word)))
  return { name, asks, contestants }
}

function scenarios (quick, sizeMebibytes) {
  const size = `${sizeMebibytes} MiB`
  return [
    scenario(`everything of ${size} into grep -c`, 'all'),
    scenario(`ten minutes out of a bundle of ${2 * sizeMebibytes} MiB`, 'tenMinutes'),
    scenario(`an indexed value in ${size}`, 'indexed'),
    scenario(`the same in ${size} without index`, 'searched'),
    scenario(`the errors of ${size}`, 'errors'),
    scenario(`the last 20 lines of ${size}`, 'last'),
    { name: 'compression of one archive', asks: 'compression', contestants: Object.keys(packings), mebibytes: quick ? 2 : 256, isNice: process.platform !== 'win32' }
  ]
}

function targets (quick, sizeMebibytes) {
  const [all, tenMinutes, indexed, searched, errors, last, compression] = scenarios(quick, sizeMebibytes).map(({ name }) => name)
  const times = (scenario, over, atLeast) => ({ says: `${scenario}: ${over}'s time ÷ ours`, scenario, over, under: 'pino-rotor', metric: 'ms', atLeast })
  const [blocks, index, single] = Object.keys(packings)
  return [
    times(all, 'zcat', 1.8), times(all, 'pigz', 1.2), times(tenMinutes, 'zcat | grep', 30), times(indexed, 'rg -z', 10),
    times(searched, 'rg -z', 1), times(searched, 'zgrep', 1.8), times(errors, 'zcat | jq', 8),
    { says: `${last}: ms beside Node's own start`, scenario: last, over: 'pino-rotor', minus: 'node alone', metric: 'ms', atMost: 150 },
    { says: "compression's rate for its CPU time, with blocks ÷ with one member", scenario: compression, over: single, under: blocks, metric: 'cpuMs', atLeast: 0.9 },
    { says: 'the same with an index besides ÷ with one member', scenario: compression, over: single, under: index, metric: 'cpuMs', atLeast: 0.75 },
    { says: "compression's memory with an index ÷ with one member", scenario: compression, over: index, under: single, metric: 'addedMebibytes', atMost: 1.05 },
    { says: 'bytes with blocks ÷ with one member', scenario: compression, over: blocks, under: single, metric: 'bytes', atMost: 1.005 },
    { says: 'bytes with an index of unique values ÷ with blocks', scenario: compression, over: index, under: blocks, metric: 'bytes', atMost: 1.06 }
  ]
}

export default {
  name: 'reading',
  title: 'Reading: how soon lines are found, and what that costs when archives are compressed',
  metrics: { ms: 'ms', cpuMs: 'CPU ms', lines: 'lines', bytes: 'bytes', addedMebibytes: 'added MiB' },
  needs: { pigz: available('pigz'), rg: available('rg'), zgrep: available('zgrep'), jq: available('jq') },
  prepare,
  scenarios,
  targets,
  measure
}
