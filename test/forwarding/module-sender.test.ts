// Sending by a module of the user's own: a promise that resolves acknowledges, `rejected: true` refuses, and one that never settles is
// given up.
import { expect, test } from 'vitest'
import { Delivery } from '../../src/forward/delivery.js'
import { ModuleSender } from '../../src/forward/module-sender.js'
import { forwardedLines } from '../support/forwarded-lines.js'

const never = new AbortController().signal
const lines = forwardedLines(['a', 'b', 'c'])

test('hands over the lines as they are in the file, and takes a promise that resolves for an acknowledgement', async () => {
  const sent: string[] = []
  const sender = new ModuleSender('./send.js', async (batch) => { sent.push(...batch) }, 1000)
  expect(await new Delivery(lines).run(sender, () => {}, never)).toEqual({ lines: 3, bytes: 6, rejected: 0, answer: 'taken' })
  expect(sent).toEqual(['a', 'b', 'c'])
})

test('finds the line that a module refuses', async () => {
  const sender = new ModuleSender('./send.js', (batch) => { if (batch.includes('b')) throw Object.assign(new Error('no'), { rejected: true }) }, 1000)
  const rejected: string[] = []
  expect(await new Delivery(lines).run(sender, (line) => { rejected.push(line) }, never)).toEqual({ lines: 2, bytes: 4, rejected: 1, answer: 'taken' })
  expect(rejected).toEqual(['b'])
})

test('passes every other error on, to be tried again', async () => {
  const sender = new ModuleSender('./send.js', async () => { throw new Error('away') }, 1000)
  await expect(sender.send(lines, never)).rejects.toThrow('away')
})

test('gives up a promise that never settles, and aborts its signal', async () => {
  let isTold = false
  const sender = new ModuleSender('./send.js', async (_, signal) => {
    signal.addEventListener('abort', () => { isTold = true })
    await new Promise(() => {})
  }, 20)
  await expect(sender.send(lines, never)).rejects.toMatchObject({ code: 'ERR_ROTOR_FORWARD_SILENT' })
  expect(isTold).toBe(true)
})
