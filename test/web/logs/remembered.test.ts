import { setImmediate } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { remembered } from '../../../src/web/logs/remembered.js'
import type { WebLog } from '../../../src/web/logs/web-log.js'

const logs = Array.from({ length: 6 }, (_, id) => ({ id, settings: {} })) as unknown as WebLog[]
const noPatience = Promise.resolve()

test('works for two logs at a time, and answers at once with what is known of the others', async () => {
  const begun: number[] = []
  const finish: Array<() => void> = []
  const nameOf = remembered(60_000, 'unknown', async ({ id }) => {
    begun.push(id)
    await new Promise<void>((resolve) => { finish.push(resolve) })
    return `log ${id}`
  })
  const asked = async (): Promise<string[]> => await Promise.all(logs.map(async (log) => await nameOf(log, noPatience)))
  expect(await asked()).toEqual(logs.map(() => 'unknown'))
  expect(begun).toEqual([0, 1])
  for (let round = 0; round < logs.length; round++) {
    finish[round]?.()
    await setImmediate()
    expect(begun.length).toBe(Math.min(logs.length, round + 3))
  }
  expect(await asked()).toEqual(logs.map(({ id }) => `log ${id}`))
  expect(begun.length).toBe(logs.length)
})
