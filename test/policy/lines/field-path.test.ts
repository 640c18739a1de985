// What a dotted path means, in objects within objects and in keys that contain dots.
import { expect, test } from 'vitest'
import { fieldAt } from '../../../src/policy/lines/field-path.js'

test.each<[string, object, unknown]>([
  ['a', { a: 1 }, 1],
  ['req.url', { req: { url: '/x' } }, '/x'],
  ['trace.id', { 'trace.id': 'x' }, 'x'],
  ['http.request.method', { 'http.request': { method: 'GET' } }, 'GET'],
  ['http.request.method', { http: { 'request.method': 'GET' } }, 'GET'],
  ['http.request.method', { 'http.request.method': 'GET' }, 'GET'],
  ['a.b', { 'a.b': 1, a: { b: 2 } }, 2],
  ['a.b', { 'a.b': 1, a: { c: 2 } }, 1],
  ['a.b', { a: [{ b: 1 }] }, undefined],
  ['a.b', { a: 'b' }, undefined],
  ['a.b', { a: { b: null } }, null],
  ['a', { b: 1 }, undefined],
  ['a.toString', { a: {} }, undefined]
])('%s of %j', (path, record, value) => {
  expect(fieldAt(record, path.split('.'))).toBe(value)
})
