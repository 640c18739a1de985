import { constants } from 'node:os'
import { expect, test } from 'vitest'
import { errorFacts } from '../../src/worker/channel.js'

test('an error keeps its name, code, path and cause on its way between threads', () => {
  const cause = Object.assign(new Error('inner'), { code: 'EACCES', path: '/logs' })
  expect(errorFacts(Object.assign(new TypeError('outer', { cause }), { code: 'ERR_X' }))).toEqual({ name: 'TypeError', message: 'outer', code: 'ERR_X', cause: { name: 'Error', message: 'inner', code: 'EACCES', path: '/logs' } })
  expect(errorFacts(new Error('plain'))).toEqual({ name: 'Error', message: 'plain' })
  expect(errorFacts('text')).toEqual({ name: 'Error', message: 'text' })
})

test('a system error that Node has no name for has the name of the system', () => {
  const { EDQUOT } = constants.errno
  const error = Object.assign(new Error(`Unknown system error -${EDQUOT}: Unknown system error -${EDQUOT}, open`), { code: `Unknown system error -${EDQUOT}`, errno: -EDQUOT })
  expect(errorFacts(error)).toMatchObject({ code: 'EDQUOT', message: 'EDQUOT, open' })
})
