// What pino-roll's own tests promise to its users, tested with this library, for users who come from there.
import { existsSync, mkdirSync, readFileSync, readdirSync, readlinkSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { systemClock, type Clock } from '../../src/clock.js'
import type { RotorOptions } from '../../src/options/options.js'
import { parseOptions } from '../../src/options/parse-options.js'
import { LogStream } from '../../src/stream.js'
import { archivesOf, filesOf } from '../support/kept.js'
import { temporaryFolder } from '../support/temporary-folder.js'

/** A clock that a test moves. */
class MovedClock implements Clock {
  #ms = Date.parse('2025-10-01T12:00:00Z')
  readonly now = (): number => this.#ms
  readonly monotonic = (): number => this.#ms
  move (ms: number): void { this.#ms += ms }
}

const clock = (): MovedClock => new MovedClock()
const names = (file: string): string[] => filesOf(file).map(({ name }) => name)
const contents = (file: string): string[] => filesOf(file).map(({ content }) => content.toString())

function open (options: RotorOptions, time: Clock): LogStream {
  return new LogStream(parseOptions({ report: false, compress: false, ...options }), time)
}

async function end (stream: LogStream): Promise<void> {
  const closed = new Promise<void>((resolve) => { stream.once('close', () => { resolve() }) })
  stream.end()
  await closed
}

describe('a file', () => {
  test('rotates by time', async () => {
    const [time, file] = [clock(), join(temporaryFolder(), 'app.log')]
    const stream = open({ file, frequency: '1s' }, time)
    stream.write('first\n')
    time.move(1000)
    stream.write('second\n')
    await end(stream)
    expect(contents(file)).toEqual(['first\n', 'second\n'])
  })

  test('rotates by size, and never passes it', async () => {
    const [time, file] = [clock(), join(temporaryFolder(), 'app.log')]
    const stream = open({ file, size: '20b' }, time)
    for (let n = 0; n < 9; n++) stream.write(`line ${n}\n`)
    await end(stream)
    expect(contents(file)).toEqual(Array.from({ length: 5 }, (_, n) => n < 4 ? `line ${2 * n}\nline ${2 * n + 1}\n` : 'line 8\n'))
  })

  test('has the day in its archives\' names, with numbers where a day has several', async () => {
    const [time, file] = [clock(), join(temporaryFolder(), 'app.log')]
    const stream = open({ file, size: '10b', frequency: 'daily', stamp: 'date' }, time)
    stream.write('line one\n')
    stream.write('line two\n')
    stream.write('line 3\n')
    time.move(86_400_000)
    stream.write('next day\n')
    await end(stream)
    expect(names(file)).toEqual(['app.20251001.log', 'app.20251001.1.log', 'app.20251001.2.log', 'app.log'])
  })

  test('is resumed where the last process stopped, also in its size', async () => {
    const [time, file] = [clock(), join(temporaryFolder(), 'app.log')]
    const first = open({ file, size: '20b' }, time)
    first.write('line one\n')
    await end(first)
    const second = open({ file, size: '20b' }, time)
    second.write('line two\n')
    second.write('line 3\n')
    await end(second)
    expect(contents(file)).toEqual(['line one\nline two\n', 'line 3\n'])
  })

  test('may be named for the process instead of by a function', async () => {
    const folder = temporaryFolder()
    await end(open({ file: join(folder, 'app.{pid}.log') }, clock()))
    expect(readdirSync(folder)).toEqual([`app.${process.pid}.log`])
  })

  test('is made with its folder, unless that is forbidden', async () => {
    const file = join(temporaryFolder(), 'logs', 'app.log')
    expect(() => open({ file, mkdir: false }, clock())).toThrow('"mkdir" is false')
    await end(open({ file }, clock()))
    expect(existsSync(file)).toBe(true)
  })
})

describe('limit.count', () => {
  test('keeps that many archives, including those of earlier processes, and leaves other files alone', async () => {
    const folder = temporaryFolder()
    const file = join(folder, 'app.log')
    const foreign = ['app.1.log', 'app.2025-10-01.1.log', 'app.20250901.log.bak', 'other.20250901.log']
    for (const name of foreign) writeFileSync(join(folder, name), 'not ours')
    writeFileSync(join(folder, 'app.20250901.log'), 'of an earlier process\n')
    const stream = open({ file, size: '10b', limit: { count: 2, age: false } }, systemClock)
    for (let n = 0; n < 5; n++) stream.write(`line ${n}\n`)
    await stream.sweep()
    await end(stream)
    expect(archivesOf(file).map(({ content }) => content.toString())).toEqual(['line 2\n', 'line 3\n'])
    expect(readFileSync(file, 'utf8')).toBe('line 4\n')
    expect(readdirSync(folder)).toEqual(expect.arrayContaining(foreign))
  })

  test.each([{ count: 0 }, { count: -1 }, { count: 'five' }])('is refused where it is %j', (limit) => {
    expect(() => open({ file: join(temporaryFolder(), 'app.log'), limit: limit as { count: number } }, clock())).toThrow('limit.count')
  })
})

describe('options', () => {
  test.each([
    ['no file', {}],
    ['an unreadable size', { file: 'app.log', size: '50 apples' }],
    ['an unreadable frequency', { file: 'app.log', frequency: 'sometimes' }],
    ['limits that are no object', { file: 'app.log', limit: 10 }],
    ['a format of names', { file: 'app.log', dateFormat: 'yyyy/MM/dd' }]
  ])('are refused: %s', (_, options) => {
    expect(() => parseOptions(options)).toThrow(expect.objectContaining({ code: 'ERR_ROTOR_OPTIONS' }))
  })
})

describe('symlink', () => {
  test('points current.log to the active file, and takes over the link that pino-roll left', async () => {
    const [time, folder] = [clock(), temporaryFolder()]
    const file = join(folder, 'app.log')
    mkdirSync(folder, { recursive: true })
    symlinkSync('app.3.log', join(folder, 'current.log'))
    const stream = open({ file, symlink: true, size: '10b' }, time)
    stream.write('first\n')
    stream.write('second\n')
    expect(readlinkSync(join(folder, 'current.log'))).toBe('app.log')
    expect(readFileSync(join(folder, 'current.log'), 'utf8')).toBe('second\n')
    await end(stream)
  })
})
