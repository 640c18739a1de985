// The code and message of a system error. Node has no name for some error numbers. It writes such a number in one way if the
// call blocks, and in another way if it does not.
import { constants } from 'node:os'
import { describe, expect, test } from 'vitest'
import { codeAndMessage, errnoOf, errorFacts } from '../../src/disk/errno.js'

const quota = constants.errno.EDQUOT

function systemError (code: string, message: string, errno: number): Error {
  return Object.assign(new Error(message), { code, errno })
}

describe('the code of a system error', () => {
  test.each([
    ['that Node names is Node\'s', systemError('ENOSPC', 'ENOSPC: no space left on device, write', -28), 'ENOSPC', 'ENOSPC: no space left on device, write'],
    ['that Node does not name is the system\'s, for a call that blocks', systemError('UNKNOWN', 'UNKNOWN: unknown error, write', -quota), 'EDQUOT', 'EDQUOT, write'],
    ['that Node does not name is the system\'s, for a call that does not block', systemError(`Unknown system error -${quota}`, `Unknown system error -${quota}: Unknown system error -${quota}, write`, -quota), 'EDQUOT', 'EDQUOT, write'],
    ['that has no name is UNKNOWN', systemError('UNKNOWN', 'UNKNOWN: unknown error, write', -4094), 'UNKNOWN', 'UNKNOWN, write']
  ])('%s', (_, error, code, message) => {
    expect(codeAndMessage(error)).toEqual({ code, message })
  })

  test.each([new Error('none'), 'none', null, { code: 'ENOSPC' }, Object.assign(new Error('none'), { code: 28 })])('is UNKNOWN for anything else: %s', (error) => {
    expect(errnoOf(error)).toBe('UNKNOWN')
  })
})

test('an error keeps its name, code, path and cause on its way between threads', () => {
  const cause = Object.assign(new Error('inner'), { code: 'EACCES', path: '/logs' })
  expect(errorFacts(Object.assign(new TypeError('outer', { cause }), { code: 'ERR_X' }))).toEqual({ name: 'TypeError', message: 'outer', code: 'ERR_X', cause: { name: 'Error', message: 'inner', code: 'EACCES', path: '/logs' } })
  expect(errorFacts(new Error('plain'))).toEqual({ name: 'Error', message: 'plain' })
  expect(errorFacts('text')).toEqual({ name: 'Error', message: 'text' })
})

test('a system error that Node has no name for is named on its way between threads', () => {
  const error = systemError(`Unknown system error -${quota}`, `Unknown system error -${quota}: Unknown system error -${quota}, open`, -quota)
  expect(errorFacts(error)).toMatchObject({ code: 'EDQUOT', message: 'EDQUOT, open' })
})

describe('what user code may throw', () => {
  const throwing = (name: string): Error => Object.defineProperty(new Error('odd'), name, { get () { throw new Error(`no ${name}`) } })
  const own = new Error('its own cause')
  own.cause = own

  test.each<[string, unknown]>([
    ['an object without a prototype', Object.create(null)],
    ['an object whose text throws', { toString () { throw new Error('no text') } }],
    ['a symbol', Symbol('odd')],
    ['an error with functions for members', Object.assign(new Error('odd'), { code: () => {}, path: Symbol('odd'), name: {}, message: { text () {} } })],
    ['an error without a text', Object.assign(new Error('odd'), { message: Object.create(null) as string, toString: null })],
    ['an error that is its own cause', own],
    ...['code', 'message', 'path', 'name', 'cause'].map((name): [string, unknown] => [`an error whose ${name} throws`, throwing(name)])
  ])('gets text that can be sent between threads: %s', (_, thrown) => {
    expect(codeAndMessage(thrown)).toEqual({ code: expect.any(String) as string, message: expect.any(String) as string })
    const facts = errorFacts(thrown)
    expect(structuredClone(facts)).toEqual(facts)
    expect(facts).toMatchObject({ name: expect.any(String) as string, message: expect.any(String) as string })
  })
})
