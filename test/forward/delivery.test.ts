// The delivery of a batch: one line that a receiver refuses holds up none of the others.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Delivery, type Delivered } from '../../src/forward/delivery.js'
import type { Sender, SendOutcome } from '../../src/forward/sender.js'
import type { ForwardedLines } from '../../src/policy/forwarding/forwarded-lines.js'
import { forwardedLines } from '../support/forwarded-lines.js'

const never = new AbortController().signal
const accepted: SendOutcome = { verdict: 'accepted', rejected: 0, answer: '200', retryAfterMs: null }

async function deliver (sender: Sender, batch: ForwardedLines, reject: (line: string) => void): Promise<Delivered> {
  return await new Delivery(batch).run(sender, reject, never)
}

function refusing (isBad: (text: string) => boolean): { sender: Sender, taken: string[], requests: () => number } {
  const taken: string[] = []
  let requests = 0
  return {
    taken,
    requests: () => requests,
    sender: {
      target: 'test',
      send: async (batch) => {
        requests++
        if (batch.texts().some(isBad)) return { ...accepted, verdict: 'refused', answer: '400' }
        taken.push(...batch.texts())
        return accepted
      }
    }
  }
}

test('delivers every line that the receiver takes, in order, and names each that it does not', async () => {
  await fc.assert(fc.asyncProperty(fc.array(fc.constantFrom('good', 'bad'), { maxLength: 40 }), async (kinds) => {
    const texts = kinds.map((kind, index) => `${kind}${index}`)
    const { sender, taken } = refusing((text) => text.startsWith('bad'))
    const rejected: string[] = []
    const result = await deliver(sender, forwardedLines(texts), (line) => { rejected.push(line) })
    expect(taken).toEqual(texts.filter((text) => text.startsWith('good')))
    expect(rejected).toEqual(texts.filter((text) => text.startsWith('bad')))
    const answer = texts.length === 0 ? '' : texts.at(-1)?.startsWith('bad') === true ? '400' : accepted.answer
    expect(result).toEqual({ lines: taken.length, bytes: Buffer.byteLength(taken.join('')) + taken.length, rejected: rejected.length, answer })
  }))
})

test('finds one bad line among a thousand in some twenty requests', async () => {
  const texts = Array.from({ length: 1000 }, (_, index) => `line ${index}`)
  const { sender, requests } = refusing((text) => text === 'line 613')
  await deliver(sender, forwardedLines(texts), () => {})
  expect(requests()).toBeLessThan(25)
})

test('counts what a receiver rejects of a batch that it takes', async () => {
  const sender: Sender = { target: 'test', send: async () => ({ ...accepted, rejected: 2 }) }
  expect(await deliver(sender, forwardedLines(['a', 'b', 'c']), () => {})).toEqual({ lines: 1, bytes: 6, rejected: 2, answer: accepted.answer })
})

test('rejects what must be sent again, with the pause that the receiver asks for', async () => {
  const sender: Sender = { target: 'test', send: async () => ({ ...accepted, verdict: 'retry', answer: '429 slow down', retryAfterMs: 7000 }) }
  await expect(deliver(sender, forwardedLines(['a']), () => {})).rejects.toMatchObject({ code: 'ERR_ROTOR_FORWARD_ANSWER', retryAfterMs: 7000 })
})

test('goes on after a failure with the part that failed, and sends nothing again that was taken', async () => {
  const { sender: picky, taken } = refusing((text) => text === 'c')
  let requests = 0
  const sender: Sender = { target: 'test', send: async (batch, signal) => ++requests % 2 === 0 ? { ...accepted, verdict: 'retry', answer: '503' } : await picky.send(batch, signal) }
  const delivery = new Delivery(forwardedLines(['a', 'b', 'c', 'd', 'e', 'f']))
  const rejected: string[] = []
  let result: Delivered | null = null
  while (result === null) result = await delivery.run(sender, (line) => { rejected.push(line) }, never).catch(() => null)
  expect({ taken, rejected, lines: result.lines }).toEqual({ taken: ['a', 'b', 'd', 'e', 'f'], rejected: ['c'], lines: 5 })
})
