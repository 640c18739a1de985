// Every screen fits its width, whatever names and messages are in it.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { FindingState } from '../../../src/cli/checks/finding.js'
import { helpOf, overview } from '../../../src/cli/call/help.js'
import { commands } from '../../../src/cli/commands.js'
import { countScreen } from '../../../src/cli/screen/count-screen.js'
import { doctorScreen } from '../../../src/cli/screen/doctor-screen.js'
import { folderScreen } from '../../../src/cli/screen/folder-screen.js'
import { statusScreen } from '../../../src/cli/screen/status-screen.js'
import { showLines } from '../../../src/cli/terminal/visible.js'
import { wrapCommand } from '../../../src/cli/terminal/wrap.js'
import { readStatus } from '../../../src/lifecycle/survey/read-status.js'
import { parseOptions } from '../../../src/options/parse-options.js'

const paint = (_colour: string, text: string): string => text
const widths = fc.integer({ min: 60, max: 80 })
const names = fc.string({ minLength: 1, maxLength: 200, unit: fc.constantFrom('a', 'b', '-', '.', '/', 'log') })
const sentences = fc.array(names, { minLength: 1, maxLength: 20 }).map((words) => words.join(' '))
const files = fc.array(fc.record({ name: names, bytes: fc.nat() }), { maxLength: 8 })
const nothing = await readStatus(parseOptions({ file: '/nowhere/app.log' }), 0)

function widest (screen: string): number {
  return Math.max(...screen.split('\n').map((line) => line.length))
}

describe('fits its width', () => {
  test('the status of a log', () => {
    fc.assert(fc.property(widths, names, names, files, (columns, shown, name, foreign) => {
      const status = {
        ...nothing,
        largest: [{ name, kind: 'plain' as const, bytes: 2 ** 40 }],
        oldest: { name, bytes: 1, at: '1971-01-01T00:00:00.000Z' },
        retention: { due: { files: 3, bytes: 2 ** 40 }, next: { name, bytes: 1, reason: 'totalSize' as const, daysLeft: 9.5 } },
        compression: { archives: 100_000, measuredArchives: 99_999, originalBytes: 1, compressedBytes: 1, ratio: 0.123, savedBytes: 2 ** 40 },
        leftovers: [name]
      }
      expect(widest(statusScreen(status, shown, foreign, { paint, columns }))).toBeLessThanOrEqual(columns)
    }))
  })

  test('the status of a folder', () => {
    fc.assert(fc.property(widths, fc.array(names, { minLength: 1, maxLength: 4 }), files, (columns, shown, foreign) => {
      const status = { ...nothing, total: { files: 99_999, bytes: 2 ** 40 }, growth: { ...nothing.growth, storedBytesPerDay: 1023 * 2 ** 30 }, leftovers: ['x'] }
      expect(widest(folderScreen(shown.map((name) => ({ shown: name, status, foreign })), foreign, { paint, columns }))).toBeLessThanOrEqual(columns)
    }))
  })

  test('the findings of the doctor', () => {
    fc.assert(fc.property(widths, names, sentences, sentences, fc.constantFrom<FindingState>('ok', 'warning', 'problem'), (columns, shown, message, remedy, state) => {
      expect(widest(doctorScreen([{ check: 'compression', state, message, remedy }], shown, { paint, columns }))).toBeLessThanOrEqual(columns)
    }))
  })

  test('a sentence, whose words stay in their order', () => {
    fc.assert(fc.property(widths, sentences, (columns, sentence) => {
      const shown = showLines([sentence], columns)
      expect(widest(shown)).toBeLessThanOrEqual(columns)
      expect(shown.replaceAll(/\s/g, '')).toBe(sentence.replaceAll(/\s/g, ''))
    }))
  })

  test('a table of counts', () => {
    fc.assert(fc.property(widths, fc.dictionary(names, fc.nat(), { minKeys: 1 }), (columns, groups) => {
      expect(widest(countScreen(new Map(Object.entries(groups)), 'count', { isTerminal: true, columns }))).toBeLessThanOrEqual(columns)
    }))
  })

  test.each([60, 80])('the help of every command, in %i columns', async (columns) => {
    expect(widest(overview(commands, columns))).toBeLessThanOrEqual(columns)
    for (const { load } of commands) expect(widest(helpOf(await load(), columns))).toBeLessThanOrEqual(columns)
  })
})

test('a command on several lines can still be copied: the shell reads the same words', () => {
  const command = 'pino-rotor sweep logs/a-service-with-a-long-name.log --config deploy/production/rotor.json --dry-run'
  const lines = wrapCommand(command, 60)
  expect(widest(lines.join('\n'))).toBeLessThanOrEqual(60)
  expect(lines.join('\n').replaceAll(/ \\\n +/g, ' ')).toBe(command)
})
