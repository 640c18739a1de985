// The queue that lets one compression run at a time.
import { expect, test } from 'vitest'
import { CompressionQueue } from '../../../src/disk/compress/compression-queue.js'
import type { UserCompressor } from '../../../src/options/settings.js'

const never = new AbortController().signal
const module: UserCompressor = { module: 'own', suffix: '.own', create: () => expect.fail(), restore: null }

/** Work that is finished by hand. */
function work (): { started: boolean, run: () => Promise<void>, finish: () => void, fail: (error: Error) => void } {
  let finish = (): void => {}
  let fail = (_error: Error): void => {}
  const done = new Promise<void>((resolve, reject) => { [finish, fail] = [resolve, reject] })
  const self = { started: false, run: async () => { self.started = true; await done }, finish: () => { finish() }, fail: (error: Error) => { fail(error) } }
  return self
}

test('compressions run one after the other, in the order in which they were asked for', async () => {
  const queue = new CompressionQueue()
  const order: number[] = []
  let running = 0
  await Promise.all(Array.from({ length: 100 }, (_, number) => queue.inTurn(number % 2 === 0 ? 'gzip' : 'brotli', new AbortController().signal, async () => {
    expect(++running).toBe(1)
    await Promise.resolve()
    order.push(number)
    running--
  })))
  expect(order).toEqual(Array.from({ length: 100 }, (_, number) => number))
})

test('one that fails does not hold up the next', async () => {
  const queue = new CompressionQueue()
  await expect(queue.inTurn('gzip', never, async () => { throw new Error('no space') })).rejects.toThrow('no space')
  await expect(queue.inTurn('gzip', never, async () => 'done')).resolves.toBe('done')
})

test('a compression that is aborted while it waits never runs, rejects at once, and lets no later one pass', async () => {
  const queue = new CompressionQueue()
  const [first, second, third] = [work(), work(), work()]
  const abort = new AbortController()
  const firstDone = queue.inTurn('gzip', never, first.run)
  const secondDone = queue.inTurn('gzip', abort.signal, second.run)
  const thirdDone = queue.inTurn('gzip', never, third.run)
  abort.abort(new Error('closing'))
  await expect(secondDone).rejects.toThrow('closing')
  expect([first.started, second.started, third.started]).toEqual([true, false, false])
  third.finish()
  first.finish()
  await Promise.all([firstDone, thirdDone])
  expect(second.started).toBe(false)
})

test('a compression that is aborted before its request never runs', async () => {
  const asked = work()
  await expect(new CompressionQueue().inTurn('gzip', AbortSignal.abort(), asked.run)).rejects.toMatchObject({ name: 'AbortError' })
  expect(asked.started).toBe(false)
})

test('a module that hangs holds up no other compression', async () => {
  const queue = new CompressionQueue()
  const hanging = work()
  const hung = queue.inTurn(module, never, hanging.run)
  await expect(queue.inTurn('gzip', never, async () => 'done')).resolves.toBe('done')
  hanging.finish()
  await hung
})
