// Compares what a log keeps with what several writers logged.
import { readdirSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import { expect } from 'vitest'
import { kept } from './kept.js'

/** The lines that the log keeps. Fails where the last one is cut off. */
function linesOf (file: string): string[] {
  const text = kept(file).toString()
  expect(text === '' || text.endsWith('\n'), 'the last line is whole').toBe(true)
  return text.split('\n').slice(0, -1)
}

/** The numbers of each writer's lines, in the order in which they stand. Fails for a line that is not whole. */
function numbersByWriter (file: string): Map<string, number[]> {
  const numbers = new Map<string, number[]>()
  for (const line of linesOf(file)) {
    const { writer, number } = parseLine(line)
    const known = numbers.get(writer) ?? []
    known.push(number)
    numbers.set(writer, known)
  }
  return numbers
}

/** Whose line each line is, in the order in which they stand. */
export function writersInOrder (file: string): string[] {
  return linesOf(file).map((line) => parseLine(line).writer)
}

function parseLine (line: string): { writer: string, number: number } {
  try {
    return JSON.parse(line) as { writer: string, number: number }
  } catch {
    throw new Error(`not a whole line: ${JSON.stringify(line)}`)
  }
}

/** Every line of every writer stands there once and in its writer's order. */
export function expectAllOnce (file: string, writers: ReadonlyArray<{ name: string, lines: number }>): void {
  const numbers = numbersByWriter(file)
  for (const { name, lines } of writers) expect(firstGap(numbers.get(name) ?? [], lines), `lines of ${name}`).toBe('none')
  expect([...numbers.keys()].sort()).toEqual(writers.map(({ name }) => name).sort())
}

// Comparing a hundred thousand numbers at once would say less about what is wrong, and take longer.
function firstGap (numbers: readonly number[], count: number): string {
  for (let index = 0; index < Math.max(count, numbers.length); index++) {
    if (numbers[index] !== index + 1) {
      return `line ${index + 1} of ${count} is not where it belongs: ${numbers.slice(Math.max(index - 3, 0), index + 3).join(' ')} (${numbers.length} in all)`
    }
  }
  return 'none'
}

/** Hidden files of a log, which are not needed when no process runs. */
export function leftoversOf (file: string): string[] {
  return readdirSync(dirname(file)).filter((name) => name.startsWith(`.${basename(file)}.rotor`))
}
