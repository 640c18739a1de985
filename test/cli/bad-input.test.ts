// Bad input, through the built command line: each archive gives the right lines or a clear message, in bounded memory, and the
// command ends. What is random comes from fixed seeds, so that it is the same in each run.
import { mkdirSync, openSync, readFileSync, writeFileSync, writeSync, closeSync } from 'node:fs'
import { join } from 'node:path'
import { constants, crc32, deflateRawSync, gzipSync } from 'node:zlib'
import { beforeEach, describe, expect, test } from 'vitest'
import { BlockScan } from '../../src/policy/blocks/block-scan.js'
import { formatBlockHeader, parseBlockHeader, type BlockHeader } from '../../src/policy/blocks/block-header.js'
import { randomNumbers } from '../support/fault-random.js'
import { fill, lineAt, numbersIn, outcomeOf, run, start, temporaryFolder, upTo } from './command-line.js'

let folder: string
let logs: string
const cat = (...args: string[]) => run(['cat', 'logs/app.log', ...args], { cwd: folder })

beforeEach(() => {
  folder = temporaryFolder()
  logs = join(folder, 'logs')
})

const startMs = Date.UTC(2025, 9, 1, 10)
const linesOfBlock = 30

function linesOf (block: number): Buffer {
  return Buffer.from(Array.from({ length: linesOfBlock }, (_, index) => {
    const n = block * linesOfBlock + index
    return lineAt(startMs + n * 1000, n, `,"reqId":"r${Math.sin(n).toString(36).slice(2)}"`)
  }).join(''))
}

const scan = new BlockScan(['reqId'])

/** A block as the package writes it, with a header that lies where it is told to. */
function block (number: number, lies: (header: BlockHeader) => Partial<BlockHeader> = () => ({})): Buffer {
  const lines = linesOf(number)
  const packed = deflateRawSync(lines)
  const header = scan.describe(lines).format({ packedBytes: packed.length, linesBytes: lines.length, linesChecksum: crc32(lines) })
  const told = parseBlockHeader(header)?.header
  if (told === undefined) throw new Error('the header of a block cannot be read')
  return Buffer.concat([formatBlockHeader({ ...told, ...lies(told) }), packed, trailerOf(lines)])
}

function trailerOf (lines: Buffer): Buffer {
  const trailer = Buffer.alloc(8)
  trailer.writeUInt32LE(crc32(lines), 0)
  trailer.writeUInt32LE(lines.length, 4)
  return trailer
}

/** The archives' names, one a minute. */
function nameOf (index: number): string {
  return `app.20251001_${String(10 + Math.floor(index / 60))}${String(index % 60).padStart(2, '0')}00.log.gz`
}

describe('a header that lies', () => {
  const random = randomNumbers(17)
  const below = (most: number): number => Math.floor(random() * most)
  const around = (value: number): number => Math.max(0, value + below(2001) - 1000)
  const kinds: Array<(header: BlockHeader) => Partial<BlockHeader>> = [
    ({ memberBytes }) => ({ memberBytes: around(memberBytes) }),
    () => ({ memberBytes: below(2 ** 31) }),
    ({ linesBytes }) => ({ linesBytes: around(linesBytes) }),
    () => ({ linesBytes: below(2 ** 31) }),
    () => ({ linesChecksum: below(2 ** 32) }),
    () => ({ lines: below(2 ** 32) }),
    ({ times }) => ({ times: times === null ? null : { ...times, lines: below(100), firstMs: random() * startMs, latestMs: random() * 2 * startMs } }),
    () => ({ linesOfUnclearTime: below(100), linesOfUnclearLevel: below(100) }),
    () => ({ levels: Array.from({ length: below(40) }, () => ({ level: below(70), lines: below(100) })) }),
    () => ({ filters: Array.from({ length: below(5) }, (_, index) => ({ field: `reqId${index}`, bits: Buffer.alloc(below(100), below(256)) })) }),
    () => ({ filters: [{ field: 'reqId', bits: Buffer.alloc(16) }] })
  ]
  const archives = kinds.flatMap((lies) => Array.from({ length: 5 }, () => lies))
  const all = archives.length * 3 * linesOfBlock

  beforeEach(() => {
    fill(logs, { 'app.log': '', ...Object.fromEntries(archives.map((lies, index) => [nameOf(index), Buffer.concat([block(3 * index), block(3 * index + 1, lies), block(3 * index + 2)])])) })
  })

  test('changes nothing about the lines that are printed', async () => {
    const { status, stdout, stderr } = await cat()
    expect(numbersIn(stdout)).toEqual(upTo(all))
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect((await cat('--count')).stdout).toBe(`${all}\n`)
  })

  test('neither shows a line that was not asked for, nor hides a line of another block', async () => {
    const value = `r${Math.sin(90).toString(36).slice(2)}`
    expect(numbersIn((await cat('--match', `reqId=${value}`)).stdout)).toEqual([90])
    const [from, to] = [startMs + 95_000, startMs + 400_000]
    const found = numbersIn((await cat('--since', String(from), '--until', String(to))).stdout)
    const wanted = upTo(401).slice(95)
    expect(found.filter((n) => !wanted.includes(n))).toEqual([])
    expect(found.filter((n) => Math.floor(n / linesOfBlock) % 3 !== 1)).toEqual(wanted.filter((n) => Math.floor(n / linesOfBlock) % 3 !== 1))
  })
})

test('a block that is cut anywhere costs its own lines, and the other archives follow', async () => {
  const random = randomNumbers(18)
  const whole = [block(0).length, block(1).length]
  const cuts = Array.from({ length: 60 }, () => 1 + Math.floor(random() * ((whole[0] ?? 0) + (whole[1] ?? 0) - 1)))
  const first = whole[0] ?? 0
  fill(logs, { 'app.log': lineAt(startMs, 99), ...Object.fromEntries(cuts.map((cut, index) => [nameOf(index), Buffer.concat([block(0), block(1)]).subarray(0, cut)])) })
  const { status, stdout, stderr } = await cat()
  const damaged = cuts.filter((cut) => cut !== first)
  expect(status).toBe(1)
  expect(stderr.split('\n').slice(0, -1)).toHaveLength(damaged.length)
  for (const [index, cut] of cuts.entries()) if (cut !== first) expect(stderr).toContain(`${nameOf(index)} `)
  const runs = stdout.split('\n').slice(0, -1).map((line) => (JSON.parse(line) as { n: number }).n)
  expect(runs.at(-1)).toBe(99)
  expect(runs.slice(0, -1).every((n, index) => n === 0 || n === (runs[index - 1] ?? -1) + 1)).toBe(true)
  expect(runs.filter((n) => n === linesOfBlock - 1).length).toBeGreaterThanOrEqual(cuts.filter((cut) => cut >= first).length)
})

test('bytes that only look like headers do not slow a reader down', async () => {
  const lookalike = block(0).subarray(0, 200)
  fill(logs, { 'app.log': lineAt(startMs, 99), [nameOf(0)]: Buffer.concat([block(0), ...Array.from({ length: 40_000 }, () => lookalike.subarray(0, 64)), block(1)]) })
  const { status, stdout, stderr } = await cat()
  expect(numbersIn(stdout)).toEqual([...upTo(linesOfBlock), 99])
  expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringContaining(nameOf(0)) as string })
})

describe('gzip of other tools', () => {
  const [extra, name, comment, headerChecksum] = [4, 8, 16, 2]

  function member (block: number, flags: number, fields: readonly Buffer[]): Buffer {
    const head = Buffer.concat([Buffer.from([0x1f, 0x8b, 8, flags, 1, 2, 3, 4, 0, 3]), ...fields])
    const checksum = Buffer.alloc(2)
    checksum.writeUInt16LE(crc32(head) & 0xffff)
    const lines = linesOf(block)
    return Buffer.concat([head, ...(flags & headerChecksum) === 0 ? [] : [checksum], deflateRawSync(lines), trailerOf(lines)])
  }

  function extraField (...subfields: ReadonlyArray<readonly [id: string, data: Buffer]>): Buffer {
    const data = Buffer.concat(subfields.flatMap(([id, data]) => [Buffer.from(id), lengthOf(data), data]))
    return Buffer.concat([lengthOf(data), data])
  }

  function lengthOf (data: Buffer): Buffer {
    const length = Buffer.alloc(2)
    length.writeUInt16LE(data.length)
    return length
  }

  const ours = block(0).subarray(16, -1)
  const zeroEnded = (text: string): Buffer => Buffer.from(`${text}\0`, 'latin1')
  const members: Array<[says: string, flags: number, fields: Buffer[]]> = [
    ['an empty extra field', extra, [extraField()]],
    ['another subfield', extra, [extraField(['AP', Buffer.from('abc')])]],
    ['several subfields', extra, [extraField(['AP', Buffer.from('abc')], ['cp', Buffer.alloc(0)])]],
    ['our identifier after another', extra, [extraField(['AP', Buffer.from('abc')], ['PR', ours.subarray(0, 100)])]],
    ['our identifier twice', extra, [extraField(['PR', ours.subarray(0, 100)], ['PR', ours.subarray(0, 100)])]],
    ['our identifier with nothing', extra, [extraField(['PR', Buffer.alloc(0)])]],
    ['our identifier with zeros', extra, [extraField(['PR', Buffer.alloc(76)])]],
    ['our identifier with other data', extra, [extraField(['PR', Buffer.alloc(500, 0x5a)])]],
    ["our identifier with another block's data", extra, [extraField(['PR', ours.subarray(0, block(0).readUInt16LE(14))])]],
    ['an extra field that is not made of subfields', extra, [lengthOf(Buffer.alloc(3)), Buffer.from([1, 2, 3])]],
    ['the largest extra field', extra, [extraField(['XX', Buffer.alloc(0xffff - 4, 1)])]],
    ['a name', name, [zeroEnded('app.log')]],
    ['a name and a comment', name | comment, [zeroEnded('app.log'), zeroEnded('é\n')]],
    ['a checksum of its header', headerChecksum, []],
    ['everything', extra | name | comment | headerChecksum, [extraField(['PR', ours.subarray(0, 100)]), zeroEnded('a'), zeroEnded('b')]]
  ]

  test('gives all its lines, even if its members have unknown fields in their headers', async () => {
    const contents = members.map(([, flags, fields], index) => Buffer.concat([member(3 * index, flags, fields), member(3 * index + 1, flags, fields), block(3 * index + 2)]))
    fill(logs, { 'app.log': '', ...Object.fromEntries(contents.map((content, index) => [nameOf(index), content])) })
    const { status, stdout, stderr } = await cat()
    expect(numbersIn(stdout)).toEqual(upTo(members.length * 3 * linesOfBlock))
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(numbersIn((await cat('--match', 'n<200', '--match', 'n>=30')).stdout)).toEqual(upTo(200).slice(30))
  })

  test('gives all its lines, also in the blocks of bgzip', async () => {
    const pieces = [0, 1, 2].map((number) => {
      const lines = linesOf(number)
      const packed = deflateRawSync(lines)
      const size = Buffer.alloc(2)
      size.writeUInt16LE(10 + 8 + packed.length + 8 - 1)
      return Buffer.concat([Buffer.from([0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 0, 0xff]), extraField(['BC', size]), packed, trailerOf(lines)])
    })
    fill(logs, { 'app.log': '', [nameOf(0)]: Buffer.concat([...pieces, Buffer.from('1f8b08040000000000ff0600424302001b0003000000000000000000', 'hex')]) })
    expect(await cat('--count')).toEqual({ status: 0, stdout: `${3 * linesOfBlock}\n`, stderr: '' })
  })

  test.each([['zeros', Buffer.alloc(512)], ['another text', Buffer.from('something')]])('gives all its lines before %s at its end, and says that there is more', async (_, rest) => {
    fill(logs, { 'app.log': lineAt(startMs, 99), [nameOf(0)]: Buffer.concat([gzipSync(linesOf(0)), rest]), [nameOf(1)]: Buffer.concat([block(1), rest]) })
    const { status, stdout, stderr } = await cat()
    expect(numbersIn(stdout)).toEqual([...upTo(2 * linesOfBlock), 99])
    expect(status).toBe(1)
    expect(stderr.match(/app\.\S+\.log\.gz [^\n]+\n/g)).toHaveLength(2)
  })
})

describe('an archive that unpacks to 100 GB', () => {
  const mebibyte = 2 ** 20
  const line = lineAt(startMs, 0)

  beforeEach(() => {
    mkdirSync(logs)
    writeFileSync(join(logs, 'app.log'), lineAt(startMs + 1000, 1))
    const lines = Buffer.from(line.repeat(Math.floor(64 * mebibyte / line.length)))
    // It ends at a byte and refers to nothing before it, so it can be repeated.
    const part = deflateRawSync(lines, { finishFlush: constants.Z_FULL_FLUSH })
    const archive = openSync(join(logs, nameOf(0)), 'wx')
    writeSync(archive, Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3]))
    for (let bytes = 0; bytes < 100 * 2 ** 30; bytes += lines.length) writeSync(archive, part)
    writeSync(archive, Buffer.concat([Buffer.from([3, 0]), Buffer.alloc(8)]))
    closeSync(archive)
  })

  test('is read only as far as necessary', async () => {
    expect(await cat('--head', '2')).toEqual({ status: 0, stdout: line + line, stderr: '' })
    expect(numbersIn((await cat('--tail', '1')).stdout)).toEqual([1])
    expect(numbersIn((await cat('--since', new Date(startMs + 1000).toISOString(), '--tail', '1')).stdout)).toEqual([1])
  })

  test.skipIf(process.platform !== 'linux')('takes bounded memory, and the command ends with its reader', async () => {
    const child = start(['cat', 'logs/app.log', '--level', 'info'], { cwd: folder })
    const status = new Promise((resolve) => child.once('close', resolve))
    let bytes = 0
    let peakMiB = 0
    for await (const chunk of child.stdout) {
      bytes += (chunk as Buffer).length
      if (bytes < 512 * mebibyte) continue
      peakMiB = Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid ?? 0}/status`, 'utf8'))?.[1]) / 1024
      break // which closes the pipe
    }
    expect(peakMiB).toBeGreaterThan(0)
    expect(peakMiB).toBeLessThan(400)
    expect(await status).toBe(0)
  }, 120_000)

  test('the command ends on a signal', async () => {
    const child = start(['cat', 'logs/app.log', '--match', 'n=1', '--count'], { cwd: folder })
    child.kill('SIGINT')
    await outcomeOf(child)
    expect(child.signalCode).toBe('SIGINT')
  })
})

test('a regular expression that never ends is ended, and a message says so', async () => {
  fill(logs, { 'app.log': `${JSON.stringify({ msg: `${'a'.repeat(40)}!` })}\n`.repeat(2) })
  const outcomes = await Promise.all([cat('--match', 'msg~^(a+)+$b'), cat('--grep', '/"(a+)+"/'), cat('--grep', '/"(a+)+"/', '--tail', '1')])
  for (const { status, stdout, stderr } of outcomes) {
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
    expect(stderr).toMatch(/^pino-rotor: the regular expression took more than 10 s [^\n]+\n$/)
  }
}, 120_000)

test('a missing field matches nothing, and differs from every value', async () => {
  fill(logs, { 'app.log': `${lineAt(startMs, 0)}no JSON\n[]\n5\n${lineAt(startMs, 1, ',"a":{"b":null}')}` })
  for (const match of ['gone', 'gone=1', 'gone>1', 'gone~.', 'a.b.c=1', 'msg.length>0', 'gone=null']) expect((await cat('--match', match)).stdout).toBe('')
  expect(numbersIn((await cat('--match', 'gone!=1')).stdout)).toEqual([0, 1])
  expect(numbersIn((await cat('--match', 'a.b')).stdout)).toEqual([1])
  expect((await cat('--count', '--by', 'a.b')).stdout).toMatch(/\(none\) +\d/)
})

test('bytes that are not UTF-8 are printed unchanged, and the text around them is searched', async () => {
  const lines = Buffer.from(`{"level":30,"time":${startMs},"n":0,"msg":"a\xff\xfeb"}\n{"time":${startMs},"n":1,"m\xffg":"\xc3"}\n\xff\n${lineAt(startMs, 2)}`, 'latin1')
  fill(logs, { [nameOf(0)]: gzipSync(lines), 'app.log': lines })
  const bytes: Buffer[] = []
  const child = start(['cat', 'logs/app.log'], { cwd: folder })
  child.stdout.on('data', (chunk: Buffer) => bytes.push(chunk))
  expect((await outcomeOf(child)).status).toBe(0)
  expect(Buffer.concat(bytes).equals(Buffer.concat([lines, lines]))).toBe(true)
  expect((await cat('--match', 'msg~^a.*b$', '--count')).stdout).toBe('2\n')
  expect((await cat('--match', 'n=1', '--count')).stdout).toBe('2\n')
  expect((await cat('--grep', '"n":1,', '--count')).stdout).toBe('2\n')
})
