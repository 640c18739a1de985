import { expect, test } from 'vitest'
import { actAs } from '../../support/platform.js'
import { linkNameFor, parseLinkName } from '../../../src/options/values/link-name.js'

test.each([
  ['logs/app.log', false, null],
  ['logs/app.log', true, 'current.log'],
  ['logs/app.json', true, 'current.json'],
  ['logs/app', true, 'current'],
  ['logs/app.log', 'latest', 'latest']
])('names the link of %s with %j', (file, raw, name) => {
  const reading = parseLinkName(raw)
  expect('value' in reading && linkNameFor(file, reading.value)).toBe(name)
})

test.each(['', ' ', '.', '..', 'logs/current.log', '/current.log', 'a\\b', 'a\0b', 1, null, {}])('refuses %j', (raw) => {
  expect(parseLinkName(raw)).toHaveProperty('expected')
})

test.each(['NUL', 'con.log', 'a:b.log', 'current.log.', 'current.log '])('refuses %j on Windows, where it is no name of a link, and takes it elsewhere', (raw) => {
  expect(parseLinkName(raw)).toHaveProperty('value')
  actAs('win32')
  expect(parseLinkName(raw)).toHaveProperty('expected')
})
