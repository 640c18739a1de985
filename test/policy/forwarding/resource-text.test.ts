import { expect, test } from 'vitest'
import { ResourceText } from '../../../src/policy/forwarding/resource-text.js'

function textOf (resource: ResourceText, lines: string, ...fields: string[]): string {
  resource.begin(Buffer.from(lines))
  for (const field of fields) resource.add(lines.indexOf(field), lines.indexOf(field) + field.length)
  return resource.text
}

test('gives the fields of each line, whatever the line before had', () => {
  const resource = new ResourceText()
  expect(textOf(resource, '{"pid":1,"name":"a"}', '"pid":1', '"name":"a"')).toBe('"pid":1"name":"a"')
  expect(textOf(resource, '{"x":0,"pid":1,"name":"a"}', '"pid":1', '"name":"a"')).toBe('"pid":1"name":"a"')
  expect(textOf(resource, '{"pid":1}', '"pid":1')).toBe('"pid":1')
  expect(textOf(resource, '{"pid":12}', '"pid":12')).toBe('"pid":12')
  expect(textOf(resource, '{}')).toBe('')
  expect(textOf(resource, '{"name":"b","pid":1}', '"name":"b"', '"pid":1')).toBe('"name":"b""pid":1')
})
