import { describe, expect, test } from 'vitest'
import { settleAccount } from '../../demo/account.js'

type Evidence = Parameters<typeof settleAccount>[0]

const lines = ['a', 'b', 'c', 'd'].map((id) => `{"reqId":"${id}","msg":"request completed"}\n`)
const [a = '', b = '', c = '', d = ''] = lines

function archive (name: string, content: string, removedFor: string | null = null) {
  return { name, bytes: content.length, content, removedFor }
}

function file (name: string, content: string, isActive = false) {
  return { name, bytes: content.length, content, isActive }
}

const complete: Evidence = {
  lines,
  requests: ['a', 'b', 'c', 'd'],
  answered: 4,
  archives: [archive('app.20251001_121111.log', a, 'count'), archive('app.20251001_121112.log', b + c)],
  kept: [file('app.20251001_121112.log.gz', b + c), file('app.log', d, true)],
  fileBytesMax: 100,
  archivesMax: 1,
  totalBytesMax: 1_000,
  faults: []
}

function faultsOf (change: Partial<Evidence>) {
  return settleAccount({ ...complete, ...change }).faults
}

function withActive (content: string) {
  return { kept: [file('app.20251001_121112.log.gz', b + c), file('app.log', content, true)] }
}

describe('the account of the demo', () => {
  test('adds up if each line is kept once or was removed by a limit', () => {
    const account = settleAccount(complete)
    expect(account.faults).toEqual([])
    expect(account.lines).toEqual({ kept: 3, removed: new Map([['count', 1]]) })
    expect(account.requests).toEqual({ kept: 3, removed: new Map([['count', 1]]) })
  })

  test('names a line that is missing, and the request that it was about', () => {
    expect(faultsOf(withActive(''))).toEqual(expect.arrayContaining(['1 lines are missing', '1 requests do not have exactly one line']))
  })

  test('names a line that is doubled', () => {
    expect(faultsOf(withActive(d + d))).toEqual(expect.arrayContaining(['1 lines are doubled', '1 requests do not have exactly one line']))
  })

  test('names a line that is kept although it was in an archive that was removed', () => {
    expect(faultsOf(withActive(d + a))).toContain('1 lines are doubled')
  })

  test('names an archive whose content was lost on the way to its compressed copy', () => {
    expect(faultsOf({ kept: [file('app.20251001_121112.log.gz', b), file('app.log', d, true)] })).toContain('1 lines are missing')
  })

  test('names an archive that is gone although no limit removed it', () => {
    expect(faultsOf({ kept: [file('app.log', d, true)] })).toContain('2 lines are missing')
  })

  test('lists lines that were never logged, and a file that no process made', () => {
    const faults = faultsOf({ kept: [...complete.kept, file('.app.log.rotor.next', 'x\n')] })
    expect(faults).toEqual(expect.arrayContaining(['1 lines were never logged', '.app.log.rotor.next should not be there']))
  })

  test('names a wrong order', () => {
    const kept = [file('app.20251001_121112.log.gz', c + b), file('app.log', d, true)]
    expect(faultsOf({ kept })).toEqual(['the files, put together in order, do not equal what was logged, byte for byte'])
  })

  test('names a file that ends within a line, is too large, or is more than a limit allows', () => {
    expect(faultsOf(withActive(d.slice(0, -1)))).toContain('app.log ends within a line')
    expect(faultsOf({ fileBytesMax: a.length })).toContain('app.20251001_121112.log.gz is larger than a file may be')
    expect(faultsOf({ archivesMax: 0 })).toContain('1 archives too many are left')
    expect(faultsOf({ totalBytesMax: lines.join('').length - a.length - 1 })).toContain('1 bytes too many are left')
  })

  test('names a difference between what the client and the server counted', () => {
    expect(faultsOf({ answered: 5 })).toEqual(['1 requests were counted by one side only'])
  })
})
