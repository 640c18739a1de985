// Which blocks may be left out unread, as far as that depends on the blocks before them.
import { describe, expect, test } from 'vitest'
import { BlockChoice } from '../../../src/policy/blocks/block-choice.js'
import { BlockScan } from '../../../src/policy/blocks/block-scan.js'
import { levelAndAbove } from '../../../src/policy/filters/condition.js'
import { usualTimeKeys } from '../../../src/policy/lines/line-time.js'

const scan = new BlockScan([])
const window = { sinceMs: 1000, untilMs: 2000 }

/** For each block, whether it is unpacked for the errors of the window. */
function unpacked (blocks: readonly string[], timeKeys: readonly string[]): boolean[] {
  const choice = new BlockChoice({ conditions: [levelAndAbove(50)], window, timeKeys })
  return blocks.map((lines) => choice.of({ ...scan.factsOf(Buffer.from(lines)), filters: [] }).unpack)
}

describe('a block without a wanted level, before lines without a time,', () => {
  const withoutTime = '{"level":50}\n'

  test('is left out if its header says what its last time is', () => {
    expect(unpacked(['{"level":30,"time":1500}\n', withoutTime], usualTimeKeys)).toEqual([false, true])
    expect(unpacked(['{"level":30,"time":5000}\n', withoutTime], usualTimeKeys)).toEqual([false, false])
    expect(unpacked(['{"level":30}\n', withoutTime], ['time'])).toEqual([false, true])
  })

  test.each([
    ['the time is under a key that headers do not cover', '{"level":30,"at":1500}\n', ['at']],
    ['the header is about another key', '{"level":30,"time":5000,"ts":1500}\n', ['ts']],
    ['a time is unclear', '{"level":30,"time":5000}\n{"level":30,"ts":1500}\n', usualTimeKeys]
  ])('is unpacked if %s', (_, lines, timeKeys) => {
    expect(unpacked([lines, withoutTime], timeKeys)).toEqual([true, true])
  })
})
