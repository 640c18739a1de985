import { expect, test } from 'vitest'
import { eachLog } from '../../../src/lifecycle/survey/each-log.js'

test('looks at four logs at a time, however many there are, and answers in their order', async () => {
  let [looking, most] = [0, 0]
  const seen = await eachLog(Array.from({ length: 50 }, (_, index) => index), async (log) => {
    looking++
    most = Math.max(most, looking)
    for (let turns = 50 - log; turns > 0; turns--) await Promise.resolve()
    looking--
    return log * 2
  })
  expect(seen).toEqual(Array.from({ length: 50 }, (_, index) => index * 2))
  expect(most).toBe(4)
})

test('rejects with the error of a look', async () => {
  await expect(eachLog([1, 2, 3, 4, 5, 6], async (log) => {
    await Promise.resolve()
    if (log === 5) throw new Error('cannot be read')
  })).rejects.toThrow('cannot be read')
})
