// `pino-rotor doctor`: each cause of a log that does not rotate, does not compress or keeps too much is found, with a remedy.
import { chmodSync, openSync, closeSync, readdirSync, readFileSync, unlinkSync, utimesSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { currentOwner, formatOwner } from '../../../src/disk/lock/owner.js'
import type { Finding } from '../../../src/cli/checks/finding.js'
import { canActAsOtherUser, fill, linesFrom, otherUser, pictureOf, run, startWriter, temporaryFolder } from '../command-line.js'

let folder: string
let logs: string
const doctor = (...args: string[]) => run(['doctor', ...args], { cwd: folder })

beforeEach(() => {
  folder = temporaryFolder()
  logs = join(folder, 'logs')
  fill(logs, { 'app.log': linesFrom(0, 0, 10) })
})

/** The findings for these options that are not ok. */
async function findings (options: object = {}): Promise<{ status: number | null, found: Finding[] }> {
  writeFileSync(join(folder, 'rotor.json'), JSON.stringify({ file: 'logs/app.log', ...options }))
  const { status, stdout } = await doctor('--config', 'rotor.json', '--json')
  const { findings } = JSON.parse(stdout) as { findings: Finding[] }
  return { status, found: findings.filter(({ state }) => state !== 'ok') }
}

function finding (check: string, state: string, message: RegExp, remedy = /./) {
  return { check, state, message: expect.stringMatching(message), remedy: expect.stringMatching(remedy) }
}

function at (daysAgo: number): string {
  return new Date(Date.now() - daysAgo * 86_400_000).toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '_')
}

test('finds nothing wrong with a healthy log, in 80 columns, and changes nothing', async () => {
  writeFileSync(join(folder, 'rotor.json'), '{ "file": "logs/app.log" }')
  const before = pictureOf(logs)
  const { status, stdout, stderr } = await doctor('--config', 'rotor.json')
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  expect(stdout.match(/^✓ \w+/gm)).toHaveLength(10)
  expect(stdout).toMatch(/all is well\n$/)
  expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80)
  expect(pictureOf(logs)).toEqual(before)
})

test('says that without --config it judges by defaults', async () => {
  expect((await doctor('logs/app.log')).stdout).toMatch(/! options +the default options were checked\n +→ give --config PATH/)
})

describe('not rotating', () => {
  test('because it is switched off', async () => {
    expect(await findings({ enabled: false })).toMatchObject({ status: 1, found: [finding('options', 'problem', /"enabled" is false/, /true/)] })
  })

  test('because nothing triggers it', async () => {
    expect(await findings({ size: false })).toMatchObject({ status: 1, found: [finding('options', 'problem', /both false/)] })
  })

  test('although it is too large, because no process writes', async () => {
    expect((await findings({ size: '100b' })).found).toEqual([finding('rotation', 'warning', /more than "size" \(100 B\), and no process writes to it/, /pino-rotor rotate logs\/app\.log --config rotor\.json$/)])
  })

  test('although its period is over, because no process writes', async () => {
    utimesSync(join(logs, 'app.log'), Date.now() / 1000 - 172_800, Date.now() / 1000 - 172_800)
    expect((await findings({ frequency: 'daily' })).found).toEqual([finding('rotation', 'warning', /boundary at .* UTC has passed/)])
  })

  test.skipIf(process.platform !== 'linux')('although a process that does not know the size has it open', async () => {
    const file = openSync(join(logs, 'app.log'), 'a')
    const child = spawn('sleep', ['60'], { stdio: ['ignore', file, 'ignore'] })
    closeSync(file)
    onTestFinished(() => { child.kill('SIGKILL') })
    await once(child, 'spawn')
    expect(await findings({ size: '100b' })).toMatchObject({ status: 1, found: [finding('rotation', 'problem', /although it is being written/)] })
  })

  test.skipIf(process.platform !== 'linux')('although it is too large, because no process writes: the one that writes another log of the folder does not count', async () => {
    const file = openSync(join(logs, 'other.log'), 'a')
    onTestFinished(() => { closeSync(file) })
    expect(await findings({ size: '100b' })).toMatchObject({ status: 0, found: [finding('rotation', 'warning', /and no process writes to it/)] })
  })
})

describe('not compressing', () => {
  beforeEach(() => { fill(logs, { [`app.${at(2)}.log`]: linesFrom(0, 0, 10), [`app.${at(1)}.log`]: linesFrom(0, 0, 10) }) })

  test('because it is switched off', async () => {
    expect((await findings({ compress: false })).found).toEqual([finding('compression', 'warning', /"compress" is false: 2 archives stay plain/)])
  })

  test('although it should have long ago', async () => {
    expect((await findings()).found).toEqual([finding('compression', 'warning', /2 archives are still plain, the oldest for 2 days: no running application will/, /pino-rotor sweep/)])
  })

  test('is fine while "compress.after" delays it', async () => {
    expect((await findings({ compress: { after: '3d' } })).found).toEqual([])
  })

  test('because "limit.age" removes archives first', async () => {
    expect((await findings({ compress: { after: '40d' } })).found).toEqual([finding('options', 'problem', /"compress\.after" is as long as "limit\.age"/)])
  })
})

describe('keeping too much', () => {
  test('because no process applies the limits', async () => {
    fill(logs, { [`app.${at(3)}.log.gz`]: 'x\n', [`app.${at(2)}.log.gz`]: 'x\n', [`app.${at(1)}.log.gz`]: 'x\n' })
    expect((await findings({ limit: { count: 1 } })).found).toEqual([finding('limits', 'warning', /2 archives .* are beyond "limit\.count": no running application will/)])
  })

  test('because every limit is lifted', async () => {
    expect((await findings({ limit: false })).found).toEqual([finding('limits', 'warning', /every limit is lifted/)])
  })

  test('because files are not this log\'s', async () => {
    fill(logs, { 'app.20251001.log.bak': 'x\n' })
    expect((await findings()).found).toEqual([finding('limits', 'warning', /app\.20251001\.log\.bak/, /by hand/)])
  })
})

describe('bundles', () => {
  beforeEach(() => { fill(logs, { 'app.20251001_110000.log.gz': 'x\n', 'app.20251101_110000.log.gz': 'x\n' }) })

  test('that no process makes are named, and no limit counts an archive that waits for one', async () => {
    expect((await findings({ bundle: {}, limit: { count: 1 }, frequency: 'hourly' })).found).toEqual([
      finding('bundles', 'warning', /^2 archives of 202510, 202511 wait to be joined: no running application will/, /pino-rotor bundle logs\/app\.log --config rotor\.json$/)
    ])
  })

  test('are fine once they are made, and only their own limits count', async () => {
    writeFileSync(join(folder, 'rotor.json'), '{ "file": "logs/app.log", "bundle": {}, "limit": false }')
    await run(['bundle', '--config', 'rotor.json'], { cwd: folder })
    expect((await findings({ bundle: {} })).found).toEqual([])
    expect((await findings({ bundle: { limit: { count: 1 } } })).found).toEqual([finding('limits', 'warning', /1 bundle \(\d+ B\) is beyond "bundle\.limit\.count"/)])
  })

  test('that were never finished are left over', async () => {
    fill(join(logs, 'archive'), { '.app.log.rotor.bundle.202510': 'half' })
    expect((await findings({ bundle: { frequency: '0 0 1 1 *' } })).found).toContainEqual(finding('leftovers', 'warning', /archive\/\.app\.log\.rotor\.bundle\.202510/, /pino-rotor sweep/))
  })

  test('cannot be made if their folder is a file', async () => {
    fill(logs, { archive: 'x' })
    expect((await findings({ bundle: {} })).found).toContainEqual(finding('options', 'problem', /"bundle\.directory": expected a path in a folder \(\S+archive is not a folder\)/))
  })

  test.runIf(canActAsOtherUser)('cannot be made by a user without rights to their folder', async () => {
    fill(join(logs, 'archive'), {})
    chmodSync(folder, 0o755)
    chmodSync(join(logs, 'archive'), 0o700)
    writeFileSync(join(folder, 'rotor.json'), '{ "file": "logs/app.log", "bundle": {} }')
    const { stdout } = await run(['doctor', '--config', 'rotor.json', '--json'], { cwd: folder, uid: otherUser })
    expect((JSON.parse(stdout) as { findings: Finding[] }).findings).toContainEqual(finding('rights', 'problem', /no right to the folder of the bundles \(EACCES\)/))
  })
})

describe('options', () => {
  test('with faults are named first, and the other checks still run', async () => {
    const { status, found } = await findings({ size: 50, frequncy: 'daily' })
    expect(status).toBe(1)
    expect(found).toEqual([finding('options', 'problem', /"size": expected a size .*received 50/), finding('options', 'problem', /nearest: "frequency"/)])
  })

  test('that contradict each other are named', async () => {
    expect((await findings({ limit: { totalSize: '10m' } })).found).toEqual([finding('options', 'problem', /"limit\.totalSize" \(10\.0 MB\) is less than "size" \(50\.0 MB\)/)])
    expect((await findings({ sweep: '48h', limit: { age: '1d' } })).found).toEqual([finding('options', 'warning', /less often than "limit\.age"/)])
    expect((await findings({ frequency: 'hourly' })).found).toEqual([finding('options', 'warning', /"limit\.count" 10 keeps 10 hours at this "frequency", although "limit\.age" is 30 days/)])
  })
})

describe('the disk', () => {
  test('that cannot keep what minFree asks for is named', async () => {
    expect((await findings({ limit: { minFree: '8000000g' } })).found).toContainEqual(finding('space', 'problem', /"limit\.minFree" .* cannot be reached/))
  })

  test('that is smaller than the limits allow is named', async () => {
    fill(logs, { [`app.${at(1)}.log.gz`]: 'x\n' })
    expect((await findings({ limit: { count: 1_000_000_000_000, age: false } })).found).toEqual([finding('space', 'warning', /the limits allow .* but there is only room for/)])
  })
})

test.runIf(canActAsOtherUser)('rights that a rotation could not keep are named for the user that runs it', async () => {
  chmodSync(folder, 0o755)
  chmodSync(logs, 0o777)
  chmodSync(join(logs, 'app.log'), 0o666)
  const { status, stdout } = await run(['doctor', 'logs/app.log', '--json'], { cwd: folder, uid: otherUser })
  expect(status).toBe(0)
  const rights = (JSON.parse(stdout) as { findings: Finding[] }).findings.filter(({ check, state }) => check === 'rights' && state !== 'ok')
  expect(rights).toEqual([finding('rights', 'warning', /cannot give a new file the owner 0.* of \S+app\.log/, /give the file to the user that runs the application/)])
})

test.runIf(canActAsOtherUser)('rights that are missing are named for the user that runs it', async () => {
  fill(logs, { [`app.${at(1)}.log.gz`]: 'x\n' })
  chmodSync(folder, 0o755)
  for (const name of readdirSync(logs)) chmodSync(join(logs, name), name === 'app.log' ? 0o444 : 0o600)
  const { status, stdout } = await run(['doctor', 'logs/app.log', '--json'], { cwd: folder, uid: otherUser })
  const rights = (JSON.parse(stdout) as { findings: Finding[] }).findings.filter(({ check }) => check === 'rights')
  expect(status).toBe(1)
  expect(rights).toEqual([
    finding('rights', 'problem', /no right to the folder \(EACCES\)/, /run this as the user/),
    finding('rights', 'problem', /no right to the active file \(EACCES\)/),
    finding('rights', 'problem', /no right to app\.\S+ \(1 such\) \(EACCES\)/)
  ])
})

test.skipIf(!canActAsOtherUser)('a folder that this user may not list is named with the call that fails, and with the right that is missing', async () => {
  chmodSync(folder, 0o755)
  chmodSync(logs, 0o333)
  const { status, stdout, stderr } = await run(['doctor', 'logs/app.log', '--json'], { cwd: folder, uid: otherUser })
  expect({ status, stderr }).toEqual({ status: 1, stderr: '' })
  const { findings } = JSON.parse(stdout) as { findings: Finding[] }
  expect(findings).toContainEqual(finding('rights', 'problem', /may not list the folder \S+ \(scandir: EACCES\)/, /chmod u\+rx/))
})

describe('the clock', () => {
  test('that is behind the files is named', async () => {
    fill(logs, { 'app.20991001_110000.log.gz': 'x\n' })
    utimesSync(join(logs, 'app.log'), 4e9, 4e9)
    expect((await findings()).found).toEqual([finding('clock', 'problem', /app\.log was written .* from now/, /NTP/), finding('clock', 'problem', /app\.20991001_110000\.log\.gz is of .* from now/)])
  })

  test('that stamped archives in the future is a problem, with the archives and how to get names of today again', async () => {
    fill(logs, { 'app.20990101_000000.log.gz': 'x\n', 'app.20990101_000000.1.log.gz': 'x\n' })
    expect((await findings()).found).toEqual([finding('clock', 'problem', /app\.20990101_000000\.log\.gz is of .* from now, and so are 1 after it/, /age counts from the times of the files.*rename those archives/)])
  })

  test('is right if an archive has the date of today', async () => {
    fill(logs, { [`app.${at(0).slice(0, 8)}.log.gz`]: 'x\n' })
    expect((await findings({ stamp: 'date' })).found).toEqual([])
  })
})

describe('what a crash left', () => {
  test('is named, with the sweep that removes it', async () => {
    fill(logs, { '.app.log.rotor.next': 'x' })
    expect((await findings()).found).toEqual([finding('leftovers', 'warning', /1 file behind \(1 B\): \.app\.log\.rotor\.next/, /pino-rotor sweep/)])
  })

  test('may be a lock: its dead owner is named', async () => {
    fill(logs, { '.app.log.rotor.lock': `${formatOwner({ ...currentOwner(), pid: 4_194_303 })}\nid\n` })
    expect((await findings()).found).toEqual([finding('locks', 'warning', /process 4194303 died while rotating/, /nothing to do/)])
  })
})

test('a lock that a stopped process holds is a problem, and names it', async () => {
  const child = spawn(process.execPath, ['--eval', 'setInterval(() => {}, 1000)'])
  onTestFinished(() => { child.kill('SIGKILL') })
  await once(child, 'spawn')
  const pid = child.pid ?? 0
  const started = process.platform === 'linux' ? readFileSync(`/proc/${pid}/task/${pid}/stat`, 'latin1').replace(/^.*\) /, '').split(' ')[19] ?? '' : ''
  const lock = `${formatOwner({ ...currentOwner(), pid, thread: pid, started })}\nid\n`
  fill(logs, { '.app.log.rotor.lock': lock, '.app.log.rotor.sweep': lock })
  writeFileSync(join(folder, 'rotor.json'), '{ "file": "logs/app.log" }')
  const laterClock = `data:text/javascript,${encodeURIComponent('const now = Date.now; Date.now = () => now() + 6000')}`
  const { status, stdout } = await run(['doctor', '--config', 'rotor.json'], { cwd: folder, env: { NODE_OPTIONS: `--import=${laterClock}` } })
  expect(status).toBe(1)
  expect(stdout).toMatch(new RegExp(`✗ locks +process ${pid} has been rotating for`))
  expect(stdout).toMatch(new RegExp(`✓ locks +process ${pid} has been sweeping for`))
})

describe.skipIf(process.platform !== 'linux')('writers', () => {
  test('are named, and a live one is no problem', async () => {
    const file = join(folder, 'live', 'app.log')
    const writer = await startWriter(file, { size: '30k' })
    const outcomes = []
    for (let turn = 0; turn < 3; turn++) outcomes.push(await doctor(file))
    await writer.stop()
    for (const { status, stdout } of outcomes) {
      expect(stdout).toMatch(new RegExp(`✓ writers +process ${writer.pid} \\(`))
      expect(status).toBe(0)
    }
  })

  test('that do not follow a rotation are a problem', async () => {
    fill(logs, { [`app.${at(0.01)}.log`]: linesFrom(0, 0, 3), 'gone.log': 'x\n' })
    const archive = readdirSync(logs).find((name) => /^app\.\d/.test(name)) ?? ''
    const descriptors = [openSync(join(logs, archive), 'a'), openSync(join(logs, 'app.log'), 'a')]
    onTestFinished(() => { for (const descriptor of descriptors) closeSync(descriptor) })
    const content = readFileSync(join(logs, 'app.log'))
    unlinkSync(join(logs, 'app.log'))
    writeFileSync(join(logs, 'app.log'), content)
    const { found } = await findings({ compress: false })
    expect(found.filter(({ check }) => check === 'writers')).toEqual(expect.arrayContaining([
      finding('writers', 'problem', new RegExp(`process ${process.pid} .* still writes to ${archive}: it does not follow`), /restart/),
      finding('writers', 'warning', new RegExp(`process ${process.pid} .* writes nothing but holds app\\.log, which was removed`))
    ]))
  })

  test('that hold a removed file and write nothing are named as that, and are no problem', async () => {
    const descriptor = openSync(join(logs, 'app.log'), 'a')
    onTestFinished(() => { closeSync(descriptor) })
    unlinkSync(join(logs, 'app.log'))
    fill(logs, { 'app.log': 'x\n' })
    const { status, found } = await findings()
    expect({ status, found }).toEqual({ status: 0, found: [finding('writers', 'warning', /writes nothing but holds app\.log, which was removed: it still takes \S+ \S+ of the disk/)] })
    expect((await doctor('--config', 'rotor.json')).stdout).not.toMatch(/no process has the log open/)
  })

  test('that go on writing a removed file are a problem', async () => {
    const descriptor = openSync(join(logs, 'app.log'), 'a')
    const writing = setInterval(() => { writeSync(descriptor, 'x\n') }, 20)
    onTestFinished(() => { clearInterval(writing); closeSync(descriptor) })
    unlinkSync(join(logs, 'app.log'))
    fill(logs, { 'app.log': 'x\n' })
    const { status, found } = await findings()
    expect({ status, found }).toEqual({ status: 1, found: [finding('writers', 'problem', /still writes to app\.log, which was removed: it does not follow/)] })
  })
})
