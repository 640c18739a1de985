// The text of one row.
import { expect, test } from 'vitest'
import { shortened } from '../../../../src/web/page/lines/line-row.js'

test.each([
  ['one\ntwo', 'one↵two'],
  ['one\r\ntwo\u2028three\u2029four', 'one↵two↵three↵four'],
  ['\u001b[31mred\u0000', '\u241b[31mred\u2400'],
  ['\u007f\u0085\u009b', '\ufffd\ufffd\ufffd'],
  ['a\tb', 'a\tb'],
  ['مرحبا 👋🏽', 'مرحبا 👋🏽']
])('shows a picture of each character of %j that would end the row or show nothing', (text, shown) => {
  expect(shortened(text)).toBe(shown)
})

test('cuts a long text', () => {
  expect(shortened('x'.repeat(1_000_000))).toBe(`${'x'.repeat(600)}…`)
})
