// `pino-rotor cat`: every line once and in order, by time, out of damaged archives, and in flat memory.
import { appendFileSync, createWriteStream, mkdirSync, readdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { brotliCompressSync, createGzip, gzipSync } from 'node:zlib'
import { beforeEach, describe, expect, test } from 'vitest'
import { fill, lineAt, linesFrom, numbersIn, outcomeOf, pictureOf, run, start, temporaryFolder, upTo } from '../command-line.js'

let folder: string
let logs: string
const cat = (...args: string[]) => run(['cat', ...args], { cwd: folder })

beforeEach(() => {
  folder = temporaryFolder()
  logs = join(folder, 'logs')
})

const hourMs = 3_600_000
const startMs = Date.UTC(2025, 9, 1, 10)

/** Four hours of lines, ten minutes apart, an archive for each of the first three. */
function fillHours (): void {
  const hour = (index: number): string => Array.from({ length: 6 }, (_, n) => lineAt(startMs + index * hourMs + n * 600_000, index * 6 + n)).join('')
  fill(logs, {
    'app.20251001_110000.log.gz': hour(0),
    'app.20251001_120000.log.br': brotliCompressSync(hour(1)),
    'app.20251001_130000.log': hour(2),
    'app.log': hour(3)
  })
}

describe('all lines', () => {
  test('come in the order of names: stamps, then numbers, of every compression, the active file last', async () => {
    fill(logs, {
      'app.20251001_110000.log.gz': linesFrom(0, 0, 3),
      'app.20251001_110000.2.log': linesFrom(0, 6, 3),
      'app.20251001_110000.1.log.br': brotliCompressSync(linesFrom(0, 3, 3)),
      'app.20251001_110000.10.log.gz': linesFrom(0, 9, 3),
      'app.20251002_000000.log': linesFrom(0, 12, 3),
      'app.http.log': 'not ours\n',
      'app.20251003.log.bak': 'not ours\n',
      'app.log': linesFrom(0, 15, 3)
    })
    const before = pictureOf(logs)
    const { status, stdout, stderr } = await cat('logs/app.log')
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(stdout).toBe(linesFrom(0, 0, 3) + linesFrom(0, 3, 3) + linesFrom(0, 6, 3) + linesFrom(0, 9, 3) + linesFrom(0, 12, 3) + linesFrom(0, 15, 3))
    expect(pictureOf(logs)).toEqual(before)
  })

  test('come once if an archive exists both plain and compressed', async () => {
    fill(logs, { 'app.20251001_110000.log': linesFrom(0, 0, 20), 'app.20251001_110000.log.gz': linesFrom(0, 0, 10), 'app.log': '' })
    expect(numbersIn((await cat('logs/app.log')).stdout)).toEqual(upTo(20))
  })

  test('come from archives too if the active file was moved away', async () => {
    fill(logs, { 'app.20251001_110000.log': linesFrom(0, 0, 2) })
    expect(numbersIn((await cat('logs/app.log')).stdout)).toEqual([0, 1])
  })

  test('are never joined if a file ends with a torn line', async () => {
    fill(logs, { 'app.20251001_110000.log': '{"torn":', 'app.log': '{"n":1}\n{"last":' })
    expect((await cat('logs/app.log')).stdout).toBe('{"torn":\n{"n":1}\n{"last":')
  })

  test('that are longer than any buffer come whole', async () => {
    const long = `{"msg":"${'é'.repeat(3_000_000)}"}\n`
    fill(logs, { 'app.20251001_110000.log.gz': `{"n":0}\n${long}`, 'app.log': '{"n":1}\n' })
    expect((await cat('logs/app.log')).stdout).toBe(`{"n":0}\n${long}{"n":1}\n`)
    expect((await cat('logs/app.log', '--since', '1h')).stdout).toBe('')
  })
})

describe('bundles', () => {
  beforeEach(async () => {
    fillHours()
    writeFileSync(join(folder, 'rotor.json'), JSON.stringify({ file: 'logs/app.log', bundle: {}, limit: false }))
    const source = readFileSync(join(logs, 'app.20251001_110000.log.gz'))
    await run(['sweep', '--config', 'rotor.json'], { cwd: folder })
    expect(readdirSync(logs).sort()).toEqual(['app.log', 'archive'])
    expect(readdirSync(join(logs, 'archive'))).toEqual(['app.202510.log.gz'])
    // As a crash leaves it between the making of the bundle and the removal of what is in it.
    writeFileSync(join(logs, 'app.20251001_110000.log.gz'), source)
  })

  test.each([['by the options', '--config', 'rotor.json'], ['by default', 'logs/app.log']])('come first, each line once, found %s', async (_, ...args) => {
    const { status, stdout, stderr } = await cat(...args)
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(numbersIn(stdout)).toEqual(upTo(24))
  })

  test('are cut by the time of their lines', async () => {
    expect(numbersIn((await cat('logs/app.log', '--since', new Date(startMs + hourMs).toISOString())).stdout)).toEqual(upTo(24).slice(6))
  })

  test('come before an archive of their month that they do not hold', async () => {
    fill(logs, { 'app.20251001_133000.log.gz': lineAt(startMs + 3 * hourMs, 99) })
    expect(numbersIn((await cat('logs/app.log')).stdout)).toEqual([...upTo(18), 99, 18, 19, 20, 21, 22, 23])
  })

  test('are not read if the names in their index show that no line in them is wanted', async () => {
    const bundle = join(logs, 'archive', 'app.202510.log.gz')
    const bytes = readFileSync(bundle)
    bytes.fill(0, bytes.length - 8) // Who reads to the end of it finds a wrong checksum.
    writeFileSync(bundle, bytes)
    unlinkSync(join(logs, 'app.20251001_110000.log.gz'))
    expect(await cat('logs/app.log', '--since', '2025-10-01T10:30:00Z')).toMatchObject({ status: 1 })
    expect(await cat('logs/app.log', '--since', '2025-10-03')).toMatchObject({ status: 0, stdout: '' })
  })

  test('that are damaged are reported, and the other lines are still printed', async () => {
    writeFileSync(join(logs, 'archive', 'app.202510.log.gz'), 'rubbish')
    const { status, stdout, stderr } = await cat('logs/app.log')
    expect(status).toBe(1)
    expect(stderr).toMatch(/app\.202510\.log\.gz/)
    expect(numbersIn(stdout)).toEqual([...upTo(6), 18, 19, 20, 21, 22, 23])
  })
})

describe('--since and --until', () => {
  beforeEach(fillHours)
  const numbers = async (...args: string[]) => numbersIn((await cat('logs/app.log', ...args)).stdout)

  test('cut by the lines\' own time, both ends included', async () => {
    expect(await numbers('--since', '2025-10-01T11:30:00Z')).toEqual(upTo(24).slice(9))
    expect(await numbers('--until', '2025-10-01T11:30:00Z')).toEqual(upTo(10))
    expect(await numbers('--since', '2025-10-01T10:50:00Z', '--until', '2025-10-01T13:00:00Z')).toEqual(upTo(19).slice(5))
    expect(await numbers('--since', '2h')).toEqual([])
    expect(await numbers('--since', '2025-10-01')).toEqual(upTo(24))
  })

  test('skip files whose names are outside the time window', async () => {
    writeFileSync(join(folder, 'a.json'), '{ "file": "logs/app.log" }')
    writeFileSync(join(logs, 'app.20251001_110000.log.gz'), 'damaged')
    const { status, stderr, stdout } = await cat('--config', 'a.json', '--since', '2025-10-01T13:00:00Z')
    expect({ status, stderr, numbers: numbersIn(stdout) }).toEqual({ status: 0, stderr: '', numbers: [18, 19, 20, 21, 22, 23] })
    expect(await cat('--config', 'a.json', '--since', '2025-10-01T10:30:00Z')).toMatchObject({ status: 1 })
  })

  test('read half a day more if the zone of the names is not known', async () => {
    writeFileSync(join(logs, 'app.20251001_110000.log.gz'), 'damaged')
    expect(await cat('logs/app.log', '--since', '2025-10-01T13:00:00Z')).toMatchObject({ status: 1 })
    expect(await cat('logs/app.log', '--since', '2025-10-03T13:00:00Z')).toMatchObject({ status: 0 })
  })

  test('take lines without a time with the line before them', async () => {
    writeFileSync(join(logs, 'app.log'), `${lineAt(startMs + 3 * hourMs, 18)}    at stack (trace.js:1)\n${lineAt(startMs + 4 * hourMs, 19)}    at other (trace.js:2)\n`)
    expect((await cat('logs/app.log', '--since', '2025-10-01T13:30:00Z')).stdout).toBe(`${lineAt(startMs + 4 * hourMs, 19)}    at other (trace.js:2)\n`)
    expect((await cat('logs/app.log', '--until', '2025-10-01T13:30:00Z')).stdout).toMatch(/"n":18,.*\n {4}at stack \(trace\.js:1\)\n$/)
  })

  test('read times in every format that pino writes', async () => {
    fill(logs, {
      'web.log': '{"level":30,"time":"2025-10-01T10:00:00.000Z","n":0}\n{"level":"info","time":1759316400,"n":1}\n{"time":1759320000123,"req":{"time":5},"n":2}\n{"req":{"time":5},"time":"2025-10-01T13:00:00.000000001Z","n":3}\n'
    })
    expect(numbersIn((await cat('logs/web.log', '--since', '2025-10-01T10:30:00Z', '--until', '2025-10-01T12:30:00Z')).stdout)).toEqual([1, 2])
  })
})

describe('a damaged archive', () => {
  const lines = Array.from({ length: 5000 }, (_, n) => lineAt(startMs + n, n, `,"x":"${Math.sin(n).toString(36).slice(2)}"`)).join('')
  const packed = gzipSync(lines)
  const after = linesFrom(startMs, 5000, 2)

  test.each([
    ['that is cut off', packed.subarray(0, packed.length / 2), 2000],
    ['with a byte changed in the middle', Buffer.concat([packed.subarray(0, packed.length / 2), Buffer.from('damage'), packed.subarray(packed.length / 2 + 6)]), 2000],
    ['with a wrong checksum', Buffer.concat([packed.subarray(0, -8), Buffer.alloc(8, 1)]), 5000],
    ['with something after its end', Buffer.concat([packed, Buffer.from('something')]), 5000],
    ['of another format', brotliCompressSync(lines), 0],
    ['of no bytes', Buffer.alloc(0), 0]
  ])('%s gives the lines before the damage, the rest follows, and the exit status is 1', async (_, content, atLeast) => {
    fill(logs, { 'app.20251001_110000.log.gz': content, 'app.log': after })
    const { status, stdout, stderr } = await cat('logs/app.log')
    expect(status).toBe(1)
    expect(stderr).toMatch(/^pino-rotor: \S+app\.20251001_110000\.log\.gz [^\n]+\n$/)
    expect(stdout.endsWith(after)).toBe(true)
    const saved = stdout.slice(0, -after.length)
    expect(lines.startsWith(saved) || saved.length > lines.length / 3).toBe(true)
    expect(saved.split('\n').length - 1).toBeGreaterThanOrEqual(atLeast)
    expect(saved === '' || saved.endsWith('\n')).toBe(true)
  })

  test('gives every byte before the cut, up to the last whole line', async () => {
    fill(logs, { 'app.20251001_110000.log.gz': packed.subarray(0, -9), 'app.log': '' })
    const { stdout } = await cat('logs/app.log')
    expect(stdout).toBe(lines)
  })
})

describe('a reader', () => {
  test('that closes the pipe ends it quietly', async () => {
    fill(logs, { 'app.log': linesFrom(startMs, 0, 100_000) })
    const child = start(['cat', 'logs/app.log'], { cwd: folder })
    const ended = outcomeOf(child)
    child.stdout.once('data', () => child.stdout.destroy())
    expect(await ended).toMatchObject({ status: 0, stderr: '' })
  })

  test('that is slow costs no memory, even with a large log', async () => {
    mkdirSync(logs)
    const line = Buffer.from(lineAt(startMs, 0).repeat(10_000))
    const mebibytes = 256
    await pipeline(function * () { for (let bytes = 0; bytes < mebibytes * 2 ** 20; bytes += line.length) yield line }, createGzip({ level: 1 }), createWriteStream(join(logs, 'app.20251001_110000.log.gz')))
    fill(logs, { 'app.log': '' })
    const child = start(['cat', 'logs/app.log', '--since', '2025-10-01'], { cwd: folder })
    let bytes = 0
    let memoryKiBMax = 0
    for await (const chunk of child.stdout) {
      bytes += (chunk as Buffer).length
      if (process.platform !== 'linux' || bytes < 2 ** 26) continue
      memoryKiBMax = Math.max(memoryKiBMax, Number(/VmRSS:\s+(\d+)/.exec(memoryOf(child.pid ?? 0))?.[1] ?? 0))
    }
    expect(bytes).toBeGreaterThanOrEqual(mebibytes * 2 ** 20)
    expect(memoryKiBMax).toBeLessThan(200 * 1024)
  }, 60_000)
})

function memoryOf (pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/status`, 'utf8')
  } catch {
    return ''
  }
}

test('prints every line from before the call although files are rotated and compressed meanwhile', async () => {
  fill(logs, { 'app.20251001_110000.log': linesFrom(startMs, 0, 20_000), 'app.20251001_120000.log': linesFrom(startMs, 20_000, 10), 'app.log': linesFrom(startMs, 20_010, 10) })
  const child = start(['cat', 'logs/app.log'], { cwd: folder })
  const ended = outcomeOf(child)
  await new Promise((resolve) => child.stdout.once('readable', resolve))
  fill(logs, { 'app.20251001_120000.log.gz': linesFrom(startMs, 20_000, 10) })
  unlinkSync(join(logs, 'app.20251001_120000.log'))
  appendFileSync(join(logs, 'app.log'), '')
  const { status, stdout } = await ended
  expect({ status, numbers: numbersIn(stdout) }).toEqual({ status: 0, numbers: upTo(20_020) })
})
