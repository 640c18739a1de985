// A limit on the size of a file, such as `ulimit -f` sets: the file takes a part of a write and then answers EFBIG, and a new
// file cures that. The limit is made up here; test/faults has a real one.
import fs from 'node:fs'
import { dirname, join } from 'node:path'
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import { systemClock } from '../../../src/clock.js'
import type { DroppedEvent, FailedEvent, RecoveredEvent } from '../../../src/events.js'
import { parseOptions } from '../../../src/options/parse-options.js'
import { LogStream } from '../../../src/stream.js'
import { closed, collect } from '../../support/events.js'
import { archivesOf, filesOf, kept } from '../../support/kept.js'
import { temporaryFolder } from '../../support/temporary-folder.js'

const limitBytes = 100

// What imports a function by name gets the one that a spy has put into the module meanwhile.
vi.mock('node:fs', async (importOriginal) => {
  const original = await importOriginal<typeof fs & { default: typeof fs }>()
  return {
    ...original,
    openSync: (...given: Parameters<typeof fs.openSync>) => original.default.openSync(...given),
    writeSync: (...given: Parameters<typeof fs.writeSync>) => original.default.writeSync(...given)
  }
})

let file: string

beforeEach(() => {
  file = join(temporaryFolder(), 'app.log')
})

/** Lets no file that is appended to grow beyond the limit. */
function limitFiles (code = 'EFBIG'): void {
  const { writeSync } = fs
  vi.spyOn(fs, 'writeSync').mockImplementation(((descriptor: number, bytes: Buffer | string, ...rest: number[]) => {
    const isAppended = typeof bytes !== 'string' && rest.length < 3
    const roomBytes = limitBytes - fs.fstatSync(descriptor).size
    if (!isAppended || bytes.length <= roomBytes) return Reflect.apply(writeSync, fs, [descriptor, bytes, ...rest]) as number
    if (roomBytes <= 0) throw Object.assign(new Error(`${code}: injected`), { code })
    return writeSync(descriptor, bytes, 0, roomBytes)
  }) as typeof fs.writeSync)
  onTestFinished(() => { vi.restoreAllMocks() })
}

function open (): { stream: LogStream, failed: FailedEvent[], dropped: DroppedEvent[], recovered: RecoveredEvent[] } {
  const stream = new LogStream(parseOptions({ file, compress: false, limit: false, report: false }), systemClock)
  return { stream, failed: collect(stream, 'failed'), dropped: collect(stream, 'dropped'), recovered: collect(stream, 'recovered') }
}

test.each(['EFBIG', 'EOVERFLOW'])('goes on with the line in a new file when the file takes no more (%s)', async (code) => {
  const { stream, failed, dropped } = open()
  limitFiles(code)
  const lines = Array.from({ length: 40 }, (_, number) => `{"line":${number + 10}}\n`)
  for (const line of lines.slice(0, 20)) stream.write(line)
  stream.write(lines.slice(20).join(''))
  await closed(stream)
  expect(kept(file).toString()).toBe(lines.join(''))
  for (const { name, content } of filesOf(file)) expect(content.at(-1), name).toBe(0x0a)
  expect([...failed, ...dropped]).toEqual([])
})

test('goes on in a new file after a restart with a file that takes no more', async () => {
  fs.writeFileSync(file, `${'x'.repeat(limitBytes - 1)}\n`)
  limitFiles()
  const { stream, dropped } = open()
  stream.write('next\n')
  await closed(stream)
  expect(archivesOf(file)).toHaveLength(1)
  expect(fs.readFileSync(file, 'utf8')).toBe('next\n')
  expect(dropped).toEqual([])
})

test.runIf(process.platform === 'linux')('ends the torn line of a file that takes no more, without a byte more, and goes on in a new one', async () => {
  fs.writeFileSync(file, `${'x'.repeat(limitBytes - 5)}\ntorn`)
  limitFiles()
  const { stream } = open()
  stream.write('next\n')
  await closed(stream)
  expect(archivesOf(file).map(({ content }) => content.toString())).toEqual([`${'x'.repeat(limitBytes - 5)}\ntor\n`])
  expect(fs.readFileSync(file, 'utf8')).toBe('next\n')
})

test('drops and counts a line that is longer than any file may be, and writes those after it', async () => {
  const { stream, failed, dropped, recovered } = open()
  limitFiles()
  stream.write(`before\n${'x'.repeat(2 * limitBytes)}\nafter\n`)
  await closed(stream)
  expect(kept(file).toString()).toBe('before\nafter\n')
  expect(failed).toMatchObject([{ step: 'write', code: 'EFBIG' }])
  expect(dropped).toMatchObject([{ lines: 1, bytes: 2 * limitBytes + 1 }])
  expect(recovered).toMatchObject([{ step: 'write', droppedLines: 1 }])
  expect(fs.readdirSync(dirname(file))).toHaveLength(2)
})

test('reopens the file when its descriptor is dead, and loses no line', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date', 'performance'] })
  onTestFinished(() => { vi.useRealTimers() })
  const { stream, dropped } = open()
  stream.write('before\n')
  const { writeSync } = fs
  const dead = vi.spyOn(fs, 'writeSync').mockImplementation(((descriptor: number, bytes: Buffer | string, ...rest: number[]) => {
    if (typeof bytes === 'string') return Reflect.apply(writeSync, fs, [descriptor, bytes, ...rest]) as number
    throw Object.assign(new Error('EBADF: injected'), { code: 'EBADF' })
  }) as typeof fs.writeSync)
  const { openSync } = fs
  stream.write('after\n')
  const opened = vi.spyOn(fs, 'openSync').mockImplementation((...given) => {
    if (given[0] === file) dead.mockRestore()
    return openSync(...given)
  })
  vi.advanceTimersByTime(5_000)
  opened.mockRestore()
  await closed(stream)
  expect(kept(file).toString()).toBe('before\nafter\n')
  expect(dropped).toEqual([])
})
