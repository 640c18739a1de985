// The turn of a process: one compression at a time, for any number of workers, whatever becomes of one of them.
import { expect, test } from 'vitest'
import { createTurnMemory, inProcessTurn, joinTurns, leaveTurns, type TurnMemory } from '../../src/platform/process-turn.js'

function workers (count: number): TurnMemory[] {
  const state = createTurnMemory()
  const turns = Array.from({ length: count }, (_, index) => ({ state, id: index + 1 }))
  for (const turn of turns) joinTurns(turn)
  return turns
}

const { signal } = new AbortController()
const never = async (): Promise<never> => await new Promise(() => {})
const nothing = async (): Promise<void> => {}

test('a hundred workers compress one after the other, and each ends its thread before the next begins', async () => {
  const running = { now: 0, most: 0, done: 0 }
  await Promise.all(workers(100).map((turn) => inProcessTurn(turn, new AbortController().signal, async () => {
    running.most = Math.max(running.most, ++running.now)
    await new Promise(setImmediate)
    running.done++
  }, async () => {
    await new Promise(setImmediate)
    running.now--
  })))
  expect(running).toEqual({ now: 0, most: 1, done: 100 })
})

test('a worker that dies while it has the turn loses it', async () => {
  const [first, second] = workers(3)
  if (first === undefined || second === undefined) throw new Error('no workers')
  void inProcessTurn(first, signal, never, nothing)
  const later = inProcessTurn(second, signal, async () => 'done', nothing)
  leaveTurns(first)
  expect(await later).toBe('done')
})

test('a wait for the turn ends at once when it is cancelled', async () => {
  const [first, second] = workers(2)
  if (first === undefined || second === undefined) throw new Error('no workers')
  void inProcessTurn(first, signal, never, nothing)
  const calledOff = new AbortController()
  const waiting = inProcessTurn(second, calledOff.signal, nothing, nothing)
  calledOff.abort(new Error('closed'))
  await expect(waiting).rejects.toThrow('closed')
})
