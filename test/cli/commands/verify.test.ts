// `pino-rotor verify`: each way in which an archive can be wrong is named, and a whole log is found whole.
import { once } from 'node:events'
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { brotliCompressSync, crc32, gzipSync } from 'node:zlib'
import { beforeEach, describe, expect, test } from 'vitest'
import { fill, linesFrom, noTerminal, outcomeOf, pictureOf, program, run, startOnTerminal, startWriter, temporaryFolder } from '../command-line.js'

let folder: string
let logs: string
const verify = (...args: string[]) => run(['verify', ...args], { cwd: folder })

beforeEach(() => {
  folder = temporaryFolder()
  logs = join(folder, 'logs')
  fill(logs, { 'app.20251001_110000.log.gz': linesFrom(0, 0, 100), 'app.log': linesFrom(0, 100, 10) })
})

describe('a whole log', () => {
  test('is reported as whole, with the amounts that were read', async () => {
    fill(logs, {
      'app.20251001_110000.1.log': linesFrom(0, 0, 100),
      'app.20251001_120000.log.br': brotliCompressSync(linesFrom(0, 0, 100)),
      'app.20251003_110000.log.gz': 'plain text\n'
    })
    const before = pictureOf(logs)
    const { status, stdout, stderr } = await verify('logs/app.log')
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(stdout).toMatch(/^logs\/app\.log: 4 archives, 301 lines, \d+(\.\d)? KB read; all whole\n$/)
    expect(pictureOf(logs)).toEqual(before)
  })

  test('may begin at any number, since retention takes the oldest', async () => {
    fill(logs, { 'web.20251001_110000.3.log': 'x\n', 'web.20251001_110000.4.log': 'x\n', 'web.log': '' })
    expect(await verify('logs/web.log')).toMatchObject({ status: 0 })
  })

  test('is reported as whole while an application rotates and compresses', async () => {
    const file = join(folder, 'live', 'app.log')
    const writer = await startWriter(file, { size: '20k', limit: { count: 5 } })
    const outcomes = []
    for (let turn = 0; turn < 4; turn++) outcomes.push(await verify(file))
    await writer.stop()
    for (const { status, stdout } of outcomes) expect({ status, stdout }).toEqual({ status: 0, stdout: expect.stringContaining('all whole') })
  })
})

describe('what is wrong is named, with exit status 1', () => {
  const packed = gzipSync(linesFrom(0, 0, 3000))
  const bad: Array<[kind: string, files: Record<string, string | Buffer>, message: RegExp]> = [
    ['truncated', { 'app.20251002_110000.log.gz': packed.subarray(0, packed.length / 2) }, /app\.20251002_110000\.log\.gz breaks off: [\d,]+ lines before that can be read/],
    ['truncated', { 'app.20251002_110000.log.br': brotliCompressSync(linesFrom(0, 0, 3000)).subarray(0, 200) }, /breaks off/],
    ['corrupt', { 'app.20251002_110000.log.gz': Buffer.concat([packed.subarray(0, -8), Buffer.alloc(8, 1)]) }, /is damaged: 3,000 lines before that can be read/],
    ['corrupt', { 'app.20251002_110000.log.gz': Buffer.concat([packed, Buffer.from('more')]) }, /is damaged/],
    ['corrupt', { 'app.20251002_110000.log.gz': Buffer.from('no gzip at all') }, /nothing of it can be read/],
    ['empty', { 'app.20251002_110000.log.gz': Buffer.alloc(0) }, /has no bytes/],
    ['empty', { 'app.20251002_110000.log.gz': gzipSync('') }, /has no lines/],
    ['empty', { 'app.20251002_110000.log': '' }, /has no lines/],
    ['torn', { 'app.20251002_110000.log': '{"n":1}\n{"n":2' }, /its last line is cut off, after 1 line/],
    ['torn', { 'app.20251002_110000.log': '{"n":1}\n{"n":\n{"n":3}\n' }, /1 line of 3 begin as JSON and do not end so/],
    ['doubled', { 'app.20251001_110000.log': linesFrom(0, 0, 100) }, /app\.20251001_110000\.log\.gz is there as app\.20251001_110000\.log too/],
    ['gap', { 'app.20251001_110000.2.log': 'x\n' }, /app\.20251001_110000\.1\.log is missing before app\.20251001_110000\.2\.log/],
    ['gap', { 'app.20251002_110000.1.log': 'x\n' }, /app\.20251002_110000\.log is missing/]
  ]

  test.each(bad)('%s', async (kind, files, message) => {
    fill(logs, files)
    const { status, stdout } = await verify('logs/app.log')
    expect(status).toBe(1)
    expect(stdout).toMatch(new RegExp(`^${kind} `, 'm'))
    expect(stdout).toMatch(message)
    const { faults } = JSON.parse((await verify('logs/app.log', '--json')).stdout)
    expect(faults).toEqual([{ name: expect.any(String), kind, message: expect.any(String) }])
  })
})

describe('an archive of blocks', () => {
  const lines = linesFrom(Date.UTC(2025, 9, 1), 0, 30_000)
  let packed: Buffer
  let second: number

  beforeEach(async () => {
    const log = join(folder, 'packed', 'app.log')
    fill(join(folder, 'packed'), { 'app.20251001_110000.log': lines, 'app.log': '' })
    const { default: rotor } = await import(pathToFileURL(join(dirname(program), 'index.js')).href) as typeof import('../../../src/index.js')
    const stream = await rotor({ file: log, limit: { count: false, age: false } })
    await once(stream, 'compressed')
    stream.end()
    await once(stream, 'close')
    packed = readFileSync(join(folder, 'packed', 'app.20251001_110000.log.gz'))
    second = Number(packed.readBigUInt64LE(20))
  })

  test('that is damaged in one of them loses lines of that block, and says which', async () => {
    const middle = second + Number(packed.readBigUInt64LE(second + 20)) - 2000
    packed.fill(0xff, middle, middle + 30)
    fill(logs, { 'app.20251001_110000.log.gz': packed })
    const { status, stdout } = await verify('logs/app.log')
    expect(status).toBe(1)
    expect(stdout).toMatch(/^corrupt +app\.20251001_110000\.log\.gz is damaged: (some of the [\d,]+ lines in one block are garbled|[\d,]+ lines? of \d+ in one block (is|are) missing, and others may be garbled), from 2025-10-01T\d\d:\d\d:\d\dZ to 2025-10-01T\d\d:\d\d:\d\dZ$/m)
    expect(JSON.parse((await verify('logs/app.log', '--json')).stdout).faults).toHaveLength(1)
  })

  test('that is cut in its last block loses lines of that block', async () => {
    fill(logs, { 'app.20251001_110000.log.gz': packed.subarray(0, -5000) })
    expect((await verify('logs/app.log')).stdout).toMatch(/^truncated +app\.20251001_110000\.log\.gz breaks off: [\d,]+ lines? of \d+ in one block (is|are) missing, from /m)
  })

  test('that is damaged in two of them names both', async () => {
    for (const at of [second - 1000, packed.length - 1000]) packed.fill(0xff, at, at + 30)
    fill(logs, { 'app.20251001_110000.log.gz': packed })
    expect(JSON.parse((await verify('logs/app.log', '--json')).stdout).faults).toMatchObject([{ kind: 'corrupt' }, { kind: 'corrupt' }])
  })

  test('whose headers contradict the lines is named, because a search may miss lines there', async () => {
    // The number of lines of level 30, which follows the level itself.
    packed.writeUInt32LE(packed.readUInt32LE(90) - 1, 90)
    const headerBytes = 12 + packed.readUInt16LE(10)
    packed.writeUInt32LE(crc32(packed.subarray(0, headerBytes - 4)), headerBytes - 4)
    fill(logs, { 'app.20251001_110000.log.gz': packed })
    const { status, stdout } = await verify('logs/app.log')
    expect(status).toBe(1)
    expect(stdout).toContain('1 block has a header that does not say what its lines say, so a search may miss lines there')
  })

  test('that is sound is whole', async () => {
    fill(logs, { 'app.20251001_110000.log.gz': packed })
    expect(await verify('logs/app.log')).toMatchObject({ status: 0, stdout: expect.stringContaining('all whole') })
  })
})

test('names files that look like ours but are not, with exit status 0', async () => {
  fill(logs, { 'app.20251001.log.bak': 'x', 'app.20251399.log': 'x', 'app.http.log': 'x' })
  mkdirSync(join(logs, 'app.20251005_110000.log'))
  symlinkSync('app.log', join(logs, 'app.20251006_110000.log'))
  const { status, stdout } = await verify('logs/app.log', '--json')
  expect(status).toBe(0)
  expect(JSON.parse(stdout).lookAlikes).toEqual(['app.20251001.log.bak', 'app.20251005_110000.log', 'app.20251006_110000.log', 'app.20251399.log'])
})

test.skipIf(noTerminal !== null)(`shows a bar on a terminal and none in a pipe${noTerminal === null ? '' : ` (${noTerminal})`}`, async () => {
  const { stdout } = await outcomeOf(startOnTerminal(['verify', 'logs/app.log'], { cwd: folder }))
  expect(stdout).toContain('██ 100 %')
  expect(stdout).toMatch(/all whole\r?\n$/)
  expect((await verify('logs/app.log')).stderr).toBe('')
})

describe('bundles', () => {
  const name = 'archive/app.202510.log.gz'
  const path = () => join(logs, name)

  let joined: Buffer | null = null

  /** Four archives of October, joined. */
  beforeEach(async () => {
    fill(logs, { 'app.20251002_110000.log.gz': linesFrom(0, 100, 3000), 'app.20251003_110000.log.gz': linesFrom(0, 0, 50), 'app.20251003_110000.1.log.gz': linesFrom(0, 0, 50) })
    writeFileSync(join(folder, 'rotor.json'), '{ "file": "logs/app.log", "bundle": {}, "limit": false }')
    if (joined === null) await run(['bundle', '--config', 'rotor.json'], { cwd: folder })
    joined ??= readFileSync(path())
    rmSync(logs, { recursive: true })
    fill(logs, { 'app.log': linesFrom(0, 100, 10) })
    fill(join(logs, 'archive'), { 'app.202510.log.gz': joined })
  })

  test('are read to their end, archive by archive', async () => {
    fill(logs, { 'app.20251003_110000.2.log.gz': linesFrom(0, 0, 10) })
    const { status, stdout } = await verify('logs/app.log')
    expect({ status, stdout }).toEqual({ status: 0, stdout: expect.stringMatching(/^logs\/app\.log: 1 archive, 1 bundle, 3,210 lines, \d+ KB read; all whole\n$/) })
    expect(JSON.parse((await verify('--config', 'rotor.json', '--json')).stdout)).toMatchObject({ archives: 1, bundles: 1, lines: 3210, faults: [] })
  })

  const bad: Array<[kind: string, spoil: (bytes: Buffer) => Buffer, message: string]> = [
    ['truncated', (bytes) => bytes.subarray(0, -100), 'after 3 archives breaks off: 30 lines before that can be read'],
    ['truncated', (bytes) => bytes.subarray(0, bytes.indexOf('app.20251002_110000.log') + 2000), 'after 1 archive breaks off: '],
    ['corrupt', (bytes) => { bytes.fill(0, bytes.indexOf('app.20251002_110000.log') + 2000, bytes.indexOf('app.20251002_110000.log') + 2100); return bytes }, 'app.20251002_110000.log in it is damaged: '],
    ['corrupt', (bytes) => Buffer.concat([bytes, Buffer.from('more')]), 'after 4 archives is damaged: nothing of it can be read'],
    ['empty', () => Buffer.alloc(0), 'has no bytes'],
    ['torn', (bytes) => Buffer.concat([bytes, gzipSync('{"n":')]), 'after 4 archives its last line is cut off, after 0 lines'],
    ['doubled', (bytes) => Buffer.concat([bytes, bytes.subarray(0, bytes.indexOf('app.20251002_110000.log') - 48)]), 'app.20251001_110000.log in it is there twice']
  ]

  test.each(bad)('that are wrong are named: %s', async (kind, spoil, message) => {
    writeFileSync(path(), spoil(readFileSync(path())))
    const { status, stdout } = await verify('logs/app.log', '--json')
    const { faults } = JSON.parse(stdout) as { faults: Array<{ name: string, kind: string, message: string }> }
    expect({ status, faults }).toEqual({ status: 1, faults: [{ name, kind, message: expect.stringContaining(message) }] })
  })

  test('make an archive doubled that is also beside them, and a missing archive between is a gap', async () => {
    fill(logs, { 'app.20251002_110000.log': linesFrom(0, 100, 3000), 'app.20251003_110000.3.log.gz': linesFrom(0, 0, 10) })
    const { status, stdout } = await verify('logs/app.log')
    expect(status).toBe(1)
    expect(stdout).toMatch(/^doubled {5}app\.20251002_110000\.log is in archive\/app\.202510\.log\.gz too: the next bundling puts that right\ngap {9}app\.20251003_110000\.2\.log is missing before app\.20251003_110000\.3\.log\n/)
  })

  test('have look-alikes too, and a folder that may belong to another program', async () => {
    fill(join(logs, 'archive'), { 'app.202513.log.gz': 'x', 'app.202509.log.gz.bak': 'x' })
    expect(JSON.parse((await verify('--config', 'rotor.json', '--json')).stdout).lookAlikes).toEqual(['archive/app.202509.log.gz.bak', 'archive/app.202513.log.gz'])
    rmSync(join(logs, 'archive'), { recursive: true })
    writeFileSync(join(logs, 'archive'), 'a file of another program')
    expect(await verify('logs/app.log')).toMatchObject({ status: 0 })
    expect(await run(['cat', 'logs/app.log'], { cwd: folder })).toMatchObject({ status: 0, stderr: '' })
  })
})
