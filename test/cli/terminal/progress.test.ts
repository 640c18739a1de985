// What a terminal shows during long work, on a clock that the test moves.
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Progress, showing } from '../../../src/cli/terminal/progress.js'

let written: string[]
const screen = (showsProgress = true) => ({ showsProgress, say: (line: string) => { written.push(`${line}\n`) }, sayPart: (text: string) => { written.push(text) } })

beforeEach(() => {
  written = []
  vi.useFakeTimers()
})
afterEach(() => { vi.useRealTimers() })

test('a bar appears within a second, before any part is done, and goes on with each part', () => {
  const progress = new Progress(screen(), 200)
  vi.advanceTimersByTime(1000)
  expect(written).toEqual([`\r\u001b[K${'░'.repeat(30)} 0 %`])
  progress.add(100)
  expect(written.at(-1)).toBe(`\r\u001b[K${'█'.repeat(15)}${'░'.repeat(15)} 50 %`)
  progress.end()
  expect(written.at(-1)).toBe('\r\u001b[K')
  expect(vi.getTimerCount()).toBe(0)
})

test('work of an unknown amount shows within a second that it goes on, and then for how long', async () => {
  const work = showing(screen(), async () => await new Promise<string>((resolve) => { setTimeout(() => { resolve('done') }, 2900) }))
  await vi.advanceTimersByTimeAsync(1000)
  expect(written[0]).toMatch(/working/)
  await vi.advanceTimersByTimeAsync(2000)
  expect(await work).toBe('done')
  expect(written.map((text) => text.replace('\r\u001b[K', ''))).toEqual(['working for 0 s', 'working for 1 s', 'working for 2 s', ''])
  expect(vi.getTimerCount()).toBe(0)
})

test('a message stands on a line of its own', () => {
  const progress = new Progress(screen(), null)
  vi.advanceTimersByTime(500)
  progress.say('something is damaged')
  expect(written).toEqual(['\r\u001b[Kworking for 0 s', '\r\u001b[K', 'something is damaged\n'])
  progress.end()
})

test('work that fails leaves no line and no timer behind', async () => {
  const work = showing(screen(), async () => await new Promise((resolve, reject) => { setTimeout(() => { reject(new Error('no')) }, 700) }))
  const failed = expect(work).rejects.toThrow('no')
  await vi.advanceTimersByTimeAsync(700)
  await failed
  expect(written.at(-1)).toBe('\r\u001b[K')
  expect(vi.getTimerCount()).toBe(0)
})

test('nothing is shown where stderr is no terminal, or for work that takes no half a second', async () => {
  const progress = new Progress(screen(false), 10)
  vi.advanceTimersByTime(5000)
  progress.add(5)
  progress.end()
  await showing(screen(), async () => { await Promise.resolve() })
  expect(written).toEqual([])
})
