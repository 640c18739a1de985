// What a system error is called, also where Node has no name for it: it says so in one way of calls that block and in another
// of calls that do not.
import { constants } from 'node:os'
import { describe, expect, test } from 'vitest'
import { codeAndMessage, errnoOf } from '../../src/disk/errno.js'

const quota = constants.errno.EDQUOT

function systemError (code: string, message: string, errno: number): Error {
  return Object.assign(new Error(message), { code, errno })
}

describe('the code of a system error', () => {
  test.each([
    ['that Node names', systemError('ENOSPC', 'ENOSPC: no space left on device, write', -28), 'ENOSPC', 'ENOSPC: no space left on device, write'],
    ['that it does not, of a call that blocks', systemError('UNKNOWN', 'UNKNOWN: unknown error, write', -quota), 'EDQUOT', 'EDQUOT, write'],
    ['that it does not, of a call that does not', systemError(`Unknown system error -${quota}`, `Unknown system error -${quota}: Unknown system error -${quota}, write`, -quota), 'EDQUOT', 'EDQUOT, write'],
    ['with a number without a name', systemError('UNKNOWN', 'UNKNOWN: unknown error, write', -4094), 'UNKNOWN', 'UNKNOWN, write']
  ])('%s', (_, error, code, message) => {
    expect(codeAndMessage(error)).toEqual({ code, message })
  })

  test.each([new Error('none'), 'none', null, { code: 'ENOSPC' }, Object.assign(new Error('none'), { code: 28 })])('is unknown of what is none: %s', (error) => {
    expect(errnoOf(error)).toBe('UNKNOWN')
  })
})
