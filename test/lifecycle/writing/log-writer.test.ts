// What the writer does while the disk refuses writes, and what `buffer` and `fsync` mean. The disk's refusals are made up
// here, for what is written at once and for what SonicBoom offers again; real full disks are in test/faults/.
import fs from 'node:fs'
import { once } from 'node:events'
import { dirname, join } from 'node:path'
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { systemClock } from '../../../src/clock.js'
import { ActiveFile } from '../../../src/disk/active/active-file.js'
import { Lock } from '../../../src/disk/lock/lock.js'
import type { DroppedEvent, FailedEvent, RecoveredEvent } from '../../../src/events.js'
import type { RotorOptions } from '../../../src/options/options.js'
import { parseOptions } from '../../../src/options/parse-options.js'
import { LogStream } from '../../../src/stream.js'
import { closed, collect } from '../../support/events.js'
import { kept } from '../../support/kept.js'
import { pass, settleDisk, stopTimeAt } from '../../support/passing-time.js'
import { temporaryFolder } from '../../support/temporary-folder.js'

// What imports a function by name gets the one that a spy has put into the module meanwhile.
vi.mock('node:fs', async (importOriginal) => {
  const original = await importOriginal<typeof import('node:fs') & { default: typeof fs }>()
  return {
    ...original,
    writeSync: (...given: Parameters<typeof fs.writeSync>) => original.default.writeSync(...given),
    fsyncSync: (descriptor: number) => { original.default.fsyncSync(descriptor) }
  }
})

let file: string

beforeEach(() => {
  file = join(temporaryFolder(), 'app.log')
  stopTimeAt('2025-10-01T12:00:00Z')
})

interface Opened {
  readonly stream: LogStream
  readonly failed: FailedEvent[]
  readonly dropped: DroppedEvent[]
  readonly recovered: RecoveredEvent[]
}

function open (options: Partial<RotorOptions> = {}): Opened {
  const stream = new LogStream(parseOptions({ file, compress: false, limit: false, report: false, ...options }), systemClock)
  return { stream, failed: collect(stream, 'failed'), dropped: collect(stream, 'dropped'), recovered: collect(stream, 'recovered') }
}

/** Refuses what is written to log files until it is called off; the first write may take some bytes. */
function refuseWrites (code: string, takenBytes = 0): () => void {
  const real = fs.writeSync
  let taken = 0
  const spy = vi.spyOn(fs, 'writeSync').mockImplementation(((descriptor: number, bytes: Buffer | string, ...rest: number[]) => {
    // Locks are written as text.
    if (typeof bytes === 'string' || bytes.length === 0) return Reflect.apply(real, fs, [descriptor, bytes, ...rest]) as number
    if (taken < takenBytes) {
      taken = takenBytes
      return real(descriptor, bytes, 0, takenBytes)
    }
    throw Object.assign(new Error(`${code}: injected`), { code })
  }) as typeof fs.writeSync)
  onTestFinished(() => { spy.mockRestore() })
  return () => { spy.mockRestore() }
}

describe.each(['ENOSPC', 'EDQUOT', 'EIO', 'EROFS', 'EAGAIN'])('while the disk answers %s', (code) => {
  test('keeps lines in memory, reports that once, and writes them in order when it can again', async () => {
    const { stream, failed, dropped, recovered } = open()
    stream.write('before\n')
    const accept = refuseWrites(code)
    for (let line = 0; line < 100; line++) {
      stream.write(`${line}\n`)
      pass(100)
    }
    await settleDisk()
    expect(failed).toMatchObject([{ step: 'write', code, path: file }])
    expect(kept(file).toString()).toBe('before\n')
    accept()
    pass(5_000)
    stream.write('after\n')
    await closed(stream)
    expect(kept(file).toString()).toBe(`before\n${Array.from({ length: 100 }, (_, line) => `${line}\n`).join('')}after\n`)
    expect(recovered).toMatchObject([{ step: 'write', droppedLines: 0, droppedBytes: 0 }])
    expect(failed).toHaveLength(1)
    expect(dropped).toEqual([])
  })
})

test('a line that was written in part is continued', async () => {
  const { stream } = open()
  const accept = refuseWrites('ENOSPC', 4)
  stream.write('a whole line\n')
  stream.write('another\n')
  expect(kept(file).toString()).toBe('a wh')
  accept()
  pass(5_000)
  await closed(stream)
  expect(kept(file).toString()).toBe('a whole line\nanother\n')
})

test.each([{ isKept: true, rest: 'rest\n' }, { isKept: false, rest: 'kept\nrest\n' }])('after its file was removed, writes the lines again that no copy holds, isKept: $isKept', async ({ isKept, rest }) => {
  const { stream, dropped } = open()
  const accept = refuseWrites('ENOSPC', 7)
  stream.write('kept\nrest\n')
  if (isKept) fs.utimesSync(file, 0, 0)
  fs.unlinkSync(file)
  accept()
  pass(5_000)
  await closed(stream)
  expect(kept(file).toString()).toBe(rest)
  expect(dropped).toEqual([])
})

test('lines that waited are rotated by size when they are written', async () => {
  const { stream } = open({ size: '30b' })
  const accept = refuseWrites('ENOSPC')
  const lines = Array.from({ length: 20 }, (_, line) => `a line numbered ${line}\n`)
  for (const line of lines) stream.write(line)
  accept()
  pass(5_000)
  await closed(stream)
  expect(kept(file).toString()).toBe(lines.join(''))
  expect(fs.readdirSync(join(file, '..'))).toHaveLength(20)
})

test('`buffer` bounds waiting lines: the newest are dropped, counted and reported', async () => {
  const { stream, dropped, recovered } = open({ buffer: '50b' })
  const accept = refuseWrites('ENOSPC')
  const lines = Array.from({ length: 30 }, (_, line) => `line ${String(line).padStart(2, '0')}\n`)
  for (const line of lines) stream.write(line)
  await settleDisk()
  accept()
  pass(5_000)
  stream.write('after\n')
  await closed(stream)
  const written = kept(file).toString().split('\n').slice(0, -1)
  const count = written.length - 1
  expect(written).toEqual([...lines.slice(0, count).map((line) => line.trimEnd()), 'after'])
  expect(count).toBe(Math.floor(50 / 8))
  expect(dropped.reduce((sum, { lines: more }) => sum + more, 0)).toBe(30 - count)
  expect(dropped.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(8 * (30 - count))
  expect(dropped[0]?.since).toBe('2025-10-01T12:00:00.000Z')
  expect(recovered).toMatchObject([{ droppedLines: 30 - count, droppedBytes: 8 * (30 - count) }])
})

test('what cannot be written until the close is counted as dropped', async () => {
  const { stream, dropped } = open()
  refuseWrites('EIO', 4)
  stream.write('a whole line\n')
  stream.write('another\n')
  await closed(stream)
  expect(dropped).toMatchObject([{ lines: 2, bytes: 17 }])
  expect(kept(file).toString()).toBe('a wh')
})

test('flush calls back once what waits is written', async () => {
  const { stream } = open()
  const accept = refuseWrites('ENOSPC')
  stream.write('line\n')
  const answers: unknown[] = []
  stream.flush((error) => { answers.push(error) })
  pass(1_000)
  expect(answers).toEqual([])
  accept()
  pass(900)
  expect(answers).toEqual([undefined])
  pass(3_000)
  expect(answers).toHaveLength(1)
  await closed(stream)
})

test('flush calls back with an error, once, where the disk has refused the lines for 2 s', async () => {
  const { stream } = open()
  const accept = refuseWrites('ENOSPC')
  stream.write('line\n')
  const answers: unknown[] = []
  stream.flush((error) => { answers.push(error) })
  pass(2_000)
  expect(answers).toMatchObject([{ code: 'ERR_ROTOR_STALLED', path: file }])
  accept()
  pass(3_000)
  expect(answers).toHaveLength(1)
  await closed(stream)
})

test('a rotation is refused while lines wait', async () => {
  const { stream } = open()
  refuseWrites('ENOSPC')
  stream.write('line\n')
  await expect(stream.rotate()).rejects.toMatchObject({ code: 'ERR_ROTOR_BUSY' })
  await closed(stream)
})

test('a rotation after the end reports that the log is closed', async () => {
  const { stream } = open()
  await closed(stream)
  await expect(stream.rotate()).rejects.toMatchObject({ code: 'ERR_ROTOR_CLOSED', path: file })
})

test('moves to a new file within 100 ms after its file was moved or removed', async () => {
  const { stream } = open()
  stream.write('one\n')
  fs.renameSync(file, `${file}.moved`)
  pass(100)
  stream.write('two\n')
  pass(100)
  fs.unlinkSync(file)
  stream.write('three\n')
  pass(100)
  await closed(stream)
  expect(fs.readFileSync(`${file}.moved`, 'utf8')).toBe('one\n')
  expect(kept(file).toString()).toBe('three\n')
})

/** Stops the writer in the middle of its next write of a line, takes the lock from then on, and lets something happen to the file. */
function holdUpWrite (happens: () => void): Lock {
  const holder = new Lock(join(dirname(file), '.app.log.rotor.lock'), systemClock.monotonic)
  const waiting = vi.spyOn(Atomics, 'wait').mockReturnValue('timed-out')
  onTestFinished(() => { waiting.mockRestore() })
  const real = fs.writeSync
  const writing = vi.spyOn(fs, 'writeSync').mockImplementation((...given: Parameters<typeof fs.writeSync>) => {
    const [, bytes] = given
    if (bytes.toString() !== 'line\n') return real(...given)
    writing.mockRestore()
    holder.tryAcquire()
    happens()
    pass(2_000)
    return real(...given)
  })
  return holder
}

/** The pauses after which a writer asks for the lock, before it goes on without. */
const confirmationsMs = [100, 200, 400, 800]

test('writes a line again, rather than losing it, if its file vanished while another process keeps the lock for good', async () => {
  const { stream, failed, recovered } = open()
  const holder = holdUpWrite(() => { fs.unlinkSync(file) })
  stream.write('line\n')
  await settleDisk()
  expect(failed).toMatchObject([{ step: 'write', code: 'ERR_ROTOR_BUSY' }])
  for (const ms of confirmationsMs) pass(ms)
  expect(fs.existsSync(file)).toBe(false)
  pass(800)
  await settleDisk()
  expect(fs.readFileSync(file, 'utf8')).toBe('line\n')
  expect(recovered).toMatchObject([{ step: 'write', droppedLines: 0 }])
  holder.release()
  await closed(stream)
})

test.each([
  { fate: 'moved away', happens: () => { fs.renameSync(file, `${file}.moved`) }, isKept: true },
  { fate: 'removed', happens: () => { fs.unlinkSync(file) }, isKept: false }
])('a line in a file that was $fate while another process keeps the lock counts as dropped only if no name leads to it', async ({ happens, isKept }) => {
  const { stream, dropped } = open()
  holdUpWrite(() => {
    happens()
    fs.mkdirSync(file)
  })
  stream.write('line\n')
  for (const ms of [...confirmationsMs, 800]) pass(ms)
  stream.write('next\n')
  await closed(stream)
  expect(dropped).toMatchObject([isKept ? { lines: 1, bytes: 5 } : { lines: 2, bytes: 10 }])
  if (isKept) expect(fs.readFileSync(`${file}.moved`, 'utf8')).toBe('line\n')
})

test.each([[true, 3], [false, 0]])('`fsync: %s` makes %i fsyncs for three writes', async (fsync, count) => {
  const { stream } = open({ fsync })
  const spy = vi.spyOn(fs, 'fsyncSync')
  onTestFinished(() => { spy.mockRestore() })
  for (const line of ['one\n', 'two\n', 'three\n']) stream.write(line)
  expect(spy).toHaveBeenCalledTimes(count)
  await closed(stream)
})

test('closing twice is closing once', async () => {
  const { stream } = open()
  const finished = collect(stream, 'finish')
  stream.write('line\n')
  const isClosed = once(stream, 'close')
  stream.end()
  stream.end()
  stream.destroy()
  await isClosed
  expect(finished).toHaveLength(1)
  stream.write('late\n')
  expect(kept(file).toString()).toBe('line\n')
  expect(stream.writable).toBe(false)
})

describe('the rights of the next file', () => {
  /** The sizes of files whose rights were asked for. */
  function askedSizes (): number[] {
    const asked: number[] = []
    const spy = vi.spyOn(ActiveFile.prototype, 'prepareSuccessor').mockImplementation(async function (this: ActiveFile) {
      asked.push(this.sizeBytes)
      await Promise.resolve()
    })
    onTestFinished(() => { spy.mockRestore() })
    return asked
  }

  test('are found out half a second before a period ends, if the file has lines', async () => {
    const asked = askedSizes()
    const { stream } = open({ frequency: '15m' })
    pass(15 * 60_000)
    stream.write('line\n')
    pass(15 * 60_000 - 501)
    expect(asked).toEqual([])
    pass(1)
    expect(asked).toEqual([5])
    stream.end()
    await closed(stream)
  })

  test('are found out while lines go on, if a rotation is announced', async () => {
    const asked = askedSizes()
    const { stream } = open()
    stream.write('line\n')
    await stream.prepareRotation()
    expect(asked).toEqual([5])
    stream.end()
    await closed(stream)
    await stream.prepareRotation()
    expect(asked).toEqual([5])
  })

  test('are found out before a full file is rotated, twice a second at most', async () => {
    const asked = askedSizes()
    const { stream } = open({ size: '1k' })
    for (let n = 0; n < 9; n++) stream.write(`${'x'.repeat(99)}\n`)
    expect(asked).toEqual([])
    stream.write('x\n')
    expect(asked).toEqual([900])
    stream.write('x\n')
    pass(500)
    stream.write('x\n')
    expect(asked).toEqual([900, 904])
    stream.end()
    await closed(stream)
  })
})
