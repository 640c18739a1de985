// What a terminal shows during long work, on a clock that the test moves.
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Progress } from '../../../src/cli/terminal/progress.js'

const clear = '\r\u001b[K'

let written: string[]
let progress: Progress

beforeEach(() => {
  written = []
  vi.useFakeTimers()
  progress = new Progress((text) => { written.push(text) })
  progress.begin()
})

afterEach(() => {
  progress.end()
  expect(vi.getTimerCount()).toBe(0)
  vi.useRealTimers()
})

test('work of an unknown amount shows within a second that it goes on, and then for how long', () => {
  vi.advanceTimersByTime(2900)
  progress.end()
  expect(written).toEqual([`${clear}working for 0 s`, `${clear}working for 1 s`, `${clear}working for 2 s`, clear])
})

test('a bar appears within a second, before any part is done, and goes on with each part', () => {
  progress.expect(200)
  vi.advanceTimersByTime(1000)
  expect(written).toEqual([`${clear}${'░'.repeat(30)} 0 %`])
  progress.add(100)
  expect(written.at(-1)).toBe(`${clear}${'█'.repeat(15)}${'░'.repeat(15)} 50 %`)
  progress.add(900)
  expect(written.at(-1)).toBe(`${clear}${'█'.repeat(30)} 100 %`)
  progress.expect(50)
  vi.advanceTimersByTime(500)
  expect(written.at(-1)).toBe(`${clear}${'░'.repeat(30)} 0 %`)
})

test('an amount of nothing is no bar', () => {
  progress.expect(0)
  vi.advanceTimersByTime(500)
  expect(written).toEqual([`${clear}working for 0 s`])
})

test('the line gives way to what is printed, and comes back within a second after it', () => {
  vi.advanceTimersByTime(500)
  progress.giveWay()
  expect(written).toEqual([`${clear}working for 0 s`, clear])
  vi.advanceTimersByTime(1000)
  expect(written.slice(2)).toEqual([`${clear}working for 1 s`])
})

test('nothing comes between lines that are printed without a pause', () => {
  for (let line = 0; line < 50; line++) {
    progress.giveWay()
    vi.advanceTimersByTime(100)
  }
  expect(written).toEqual([])
})

test('nothing is shown for work that takes no half a second, nor after the end', () => {
  vi.advanceTimersByTime(499)
  progress.end()
  progress.add(5)
  vi.advanceTimersByTime(5000)
  expect(written).toEqual([])
})
