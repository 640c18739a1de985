// Which levels the filter line shows, and what a click on a chip writes into it.
import { expect, test } from 'vitest'
import { formatFilterLine, parseFilterLine, type Term } from '../../../../src/web/page/filter/filter-line.js'
import { isLevelTerm, levelName, onlyLevel, showsLevel, toggleLevel } from '../../../../src/web/page/filter/level-terms.js'

const present = ['error', 'warn', 'info', 'debug']
const terms = (line: string): readonly Term[] => {
  const parsed = parseFilterLine(line)
  return parsed.kind === 'terms' ? parsed.terms : []
}
const shown = (line: string): string[] => present.filter((level) => showsLevel(terms(line), level))

test.each([
  ['', present],
  ['level>=warn', ['error', 'warn']],
  ['level>30', ['error', 'warn']],
  ['level<warn a=1', ['info', 'debug']],
  ['level=info', ['info']],
  ['level!="info"', ['error', 'warn', 'debug']],
  ['level<=20', ['debug']],
  ['level~warn', present]
])('shows the levels of "%s"', (line, expected) => {
  expect(shown(line)).toEqual(expected)
})

test.each([
  ['', 'debug', 'level>=info'],
  ['level>=info', 'info', 'level>=warn'],
  ['level>=info a=1', 'debug', 'a=1'],
  ['', 'warn', 'level!=warn'],
  ['level!=warn', 'info', 'level!=warn level!=info'],
  ['level=info', 'info', ''],
  ['level=info', 'error', 'level!=warn level!=debug'],
  ['level>=warn', 'warn', 'level>=error']
])('a click on a chip of "%s", %s, leads to "%s"', (line, level, expected) => {
  expect(formatFilterLine(toggleLevel(terms(line), level, present))).toBe(expected)
})

test('two clicks on a chip lead back to the same levels', () => {
  for (const level of present) {
    for (const line of ['', 'level>=warn', 'level!=info', 'level>=info']) {
      const twice = toggleLevel(toggleLevel(terms(line), level, present), level, present)
      const isOnlyOne = shown(line).length === 1 && shown(line)[0] === level
      if (!isOnlyOne) expect(shown(formatFilterLine(twice))).toEqual(shown(line))
    }
  }
})

test('a double click leaves one level', () => {
  expect(formatFilterLine(onlyLevel(terms('level>=warn a=1'), 'info'))).toBe('level=info a=1')
})

test('names pino\'s levels, and leaves others as they are', () => {
  expect([10, 30, 60, 35, 'WARN', undefined].map(levelName)).toEqual(['trace', 'info', 'fatal', '35', 'warn', ''])
  expect(isLevelTerm(terms('level~warn')[0] as Term)).toBe(false)
})
