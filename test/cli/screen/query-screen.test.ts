// The result of a query as text. It comes in parts, and the text is that of all rows.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Rows } from '../../../src/cli/commands/query/duckdb.js'
import { queryCsv, queryJson, queryTable } from '../../../src/cli/screen/query-screen.js'
import { showJson } from '../../../src/cli/terminal/visible.js'

const pipe = { isTerminal: false, lineColumns: Infinity, paint: (_colour: string, text: string): string => text }
const columns = ['n', 'msg']

async function * inPartsOf (values: Rows['values'], size: number): AsyncGenerator<Rows, void> {
  for (let from = 0; from === 0 || from < values.length; from += size) yield await Promise.resolve({ columns, values: values.slice(from, from + size) })
}

async function textOf (parts: AsyncIterable<string>): Promise<string> {
  let text = ''
  for await (const part of parts) text += part
  return text
}

const cells = fc.oneof(fc.constant(null), fc.string(), fc.integer(), fc.constantFrom('a,b', '"', 'x\ny', '\u001b[31m'))
const rows = fc.array(fc.tuple(fc.integer(), cells), { maxLength: 12 })

describe('is the same however many parts the rows come in', () => {
  test('as JSON', async () => {
    await fc.assert(fc.asyncProperty(rows, fc.integer({ min: 1, max: 5 }), async (values, size) => {
      expect(await textOf(queryJson(inPartsOf(values, size)))).toBe(showJson(values.map(([n, msg]) => ({ n, msg }))))
    }))
  })

  test('as CSV', async () => {
    await fc.assert(fc.asyncProperty(rows, fc.integer({ min: 1, max: 5 }), async (values, size) => {
      expect(await textOf(queryCsv(inPartsOf(values, size)))).toBe(await textOf(queryCsv(inPartsOf(values, 100))))
    }))
  })

  test('as a table', async () => {
    await fc.assert(fc.asyncProperty(rows, fc.integer({ min: 1, max: 5 }), async (values, size) => {
      expect(await textOf(queryTable(inPartsOf(values, size), pipe))).toBe(await textOf(queryTable(inPartsOf(values, 100), pipe)))
    }))
  })
})

describe('as a table of 300,000 rows', () => {
  const values = Array.from({ length: 300_000 }, (_, n) => [n, n === 250_000 ? 'longer than the others' : 'done'])

  test('has every row, and keeps a late cell whole in a pipe', async () => {
    const lines = (await textOf(queryTable(inPartsOf(values, 2048), pipe))).split('\n')
    expect(lines.length).toBe(300_002)
    expect([lines[0], lines[1], lines[250_001], lines[300_000]]).toEqual(['    n  msg', '    0  done', '250000  longer than the others', '299999  done'])
  })

  test('fits a terminal, also where a late cell is longer', async () => {
    const lines = (await textOf(queryTable(inPartsOf(values, 2048), { ...pipe, isTerminal: true, lineColumns: 60 }))).split('\n')
    expect(lines.length).toBe(300_002)
    expect(lines.reduce((most, line) => Math.max(most, line.length), 0)).toBeLessThanOrEqual(60)
  })
})

test('shortens the widest columns first on a terminal, and leaves the others whole', async () => {
  const terminal = { ...pipe, isTerminal: true, lineColumns: 60 }
  async function * rowsOf (row: readonly unknown[]): AsyncGenerator<Rows, void> {
    yield await Promise.resolve({ columns: row.map((_, column) => 'abcd'[column] ?? ''), values: [row] })
  }
  const lineOf = async (...row: string[]): Promise<string[]> => ((await textOf(queryTable(rowsOf(row), terminal))).split('\n')[1] ?? '').split('  ')
  const [id, url, message, state] = ['req', 'u'.repeat(40), 'm'.repeat(30), 'unfinished']
  // Of 60 columns, 6 are gaps and 13 go to the narrow columns. The wide ones share the rest.
  const cut = await lineOf(id, url, message, state)
  expect([cut[0], cut[3]]).toEqual([id, state])
  expect(cut.map((cell) => cell.length).slice(1, 3).sort()).toEqual([20, 21])
  expect(cut[1]).toMatch(/^u+…u*$/)
  expect(cut[2]).toMatch(/^m+…m*$/)
  // One wide column alone makes room for all others.
  expect((await lineOf(id, url, 'short', state)).map((cell) => cell.length)).toEqual([3, 36, 5, 10])
  expect(await lineOf(id, 'fits', 'short', state)).toEqual([id, 'fits', 'short', state])
})
