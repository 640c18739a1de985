// The handle and the in-process stream are used as a stream.Writable is: by what writes, ends, pipes, and waits for them.
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable, finished as finishedCallback } from 'node:stream'
import { finished, pipeline } from 'node:stream/promises'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { runApplication } from '../support/application.js'
import { rotor, transport } from '../support/built-package.js'
import { closed } from '../support/events.js'
import { kept } from '../support/kept.js'
import { temporaryFolder } from '../support/temporary-folder.js'

const options = { size: false, compress: false, limit: false } as const

const faces = [
  { face: 'handle', open: async (file: string) => transport({ file, ...options }) },
  { face: 'stream', open: async (file: string) => await rotor({ file, ...options }) }
]

function logFile (): string {
  return join(temporaryFolder(), 'app.log')
}

describe.each(faces)('the $face', ({ face, open }) => {
  test('keeps text and bytes byte for byte, cut anywhere, in the order in which they were written', async () => {
    const chunk = fc.oneof(
      fc.string({ unit: 'grapheme' }).map((text) => ({ given: text, bytes: Buffer.from(text) })),
      fc.uint8Array({ maxLength: 50 }).map((bytes) => ({ given: bytes, bytes: Buffer.from(bytes) })),
      fc.uint8Array({ maxLength: 50 }).map((bytes) => ({ given: Buffer.from(bytes), bytes: Buffer.from(bytes) })),
      fc.constant({ given: 'line\n', bytes: Buffer.from('line\n') })
    )
    await fc.assert(fc.asyncProperty(fc.array(chunk, { maxLength: 40 }), async (chunks) => {
      const file = logFile()
      const destination = await open(file)
      for (const { given } of chunks) destination.write(given)
      await closed(destination)
      expect(kept(file).equals(Buffer.concat(chunks.map(({ bytes }) => bytes)))).toBe(true)
    }), { numRuns: 8 })
  })

  test('keeps bytes as they were when they were written, for a caller that uses the same Buffer again', async () => {
    const file = logFile()
    const destination = await open(file)
    const memory = Buffer.alloc(50_000)
    const written: Buffer[] = []
    // More than the worker can be given at once, in pieces that end within a line.
    for (let n = 0; n < 200; n++) {
      memory.fill(`${n} of the reused memory\n`)
      const piece = memory.subarray(0, memory.length - n * 7)
      written.push(Buffer.from(piece))
      destination.write(n % 2 === 0 ? piece : new Uint8Array(piece.buffer, piece.byteOffset, piece.length))
    }
    memory.fill('end\n')
    written.push(Buffer.from(memory))
    destination.end(memory)
    memory.fill('!')
    await once(destination, 'close')
    expect(kept(file).equals(Buffer.concat(written))).toBe(true)
  })

  test('joins the two halves of a character that are written one after the other', async () => {
    const file = logFile()
    const destination = await open(file)
    const [first, second] = ['😀'.slice(0, 1), '😀'.slice(1)]
    destination.write(`a${first}`)
    await new Promise(setImmediate)
    destination.write(`${second}b\n`)
    await closed(destination)
    expect(kept(file).toString()).toBe('a😀b\n')
  })

  test('calls back for each chunk once it is in the file, with and without an encoding', async () => {
    const file = logFile()
    const destination = await open(file)
    const order: string[] = []
    await new Promise<void>((resolve) => {
      destination.write('one\n', (error) => { order.push(`one ${String(error)}`) })
      destination.write('74776f0a', 'hex', (error) => { order.push(`two ${String(error)}`) })
      destination.write(Buffer.from('three\n'), undefined, (error) => {
        order.push(`three ${String(error)}`)
        expect(readFileSync(file, 'utf8')).toBe('one\ntwo\nthree\n')
        resolve()
      })
    })
    expect(order).toEqual(['one null', 'two null', 'three null'])
    await closed(destination)
  })

  test.each<[string, unknown[], string]>([
    ['nothing', [], ''],
    ['a last chunk', ['last\n'], 'last\n'],
    ['bytes', [Buffer.from('last\n')], 'last\n'],
    ['a chunk and its encoding', ['6c6173740a', 'hex'], 'last\n']
  ])('ends with %s, and calls back when the file is closed', async (_what, given, last) => {
    for (const hasCallback of [true, false]) {
      const file = logFile()
      const destination = await open(file)
      destination.write('first\n')
      const end = destination.end.bind(destination) as (...given: unknown[]) => unknown
      const isClosed = once(destination, 'close')
      if (hasCallback) await new Promise((resolve) => { expect(end(...given, resolve)).toBe(destination) })
      else expect(end(...given)).toBe(destination)
      await isClosed
      expect(kept(file).toString()).toBe(`first\n${last}`)
      await new Promise((resolve) => { end(resolve) })
    }
  })

  test('emits finish before close, and says in its properties how far it has come', async () => {
    const destination = await open(logFile())
    const order: string[] = []
    const finishedAt: boolean[] = []
    for (const name of ['finish', 'close'] as const) {
      destination.on(name, () => {
        order.push(name)
        finishedAt.push(destination.writableFinished)
      })
    }
    expect(destination).toMatchObject({ writable: true, writableEnded: false, writableFinished: false, closed: false, destroyed: false, writableNeedDrain: false })
    destination.write('line\n')
    destination.end()
    expect(destination).toMatchObject({ writable: false, writableEnded: true, writableFinished: false, closed: false })
    await once(destination, 'close')
    expect(order).toEqual(['finish', 'close'])
    expect(finishedAt).toEqual([true, true])
    expect(destination).toMatchObject({ writable: false, writableEnded: true, writableFinished: true, closed: true, destroyed: true })
  })

  test('is waited for by finished(), also after it has closed', async () => {
    const destination = await open(logFile())
    setImmediate(() => { destination.end('line\n') })
    await finished(destination)
    await new Promise<void>((resolve, reject) => {
      finishedCallback(destination, (error) => {
        if (error) reject(error)
        else resolve()
      })
    })
  })

  test('ends a pipeline with every byte of its source', async () => {
    const file = logFile()
    const source = Array.from({ length: 3_000 }, (_, number) => Buffer.from(`{"number":${number},"pad":"${'é'.repeat(number % 700)}"}\n`))
    await pipeline(Readable.from(source), await open(file))
    expect(kept(file).equals(Buffer.concat(source))).toBe(true)
  })

  test('keeps what a source gave before it failed, and emits no error of its own', async () => {
    const file = logFile()
    const destination = await open(file)
    const isClosed = once(destination, 'close')
    async function * failing (): AsyncGenerator<string> {
      yield 'before\n'
      throw new Error('on purpose')
    }
    await expect(pipeline(Readable.from(failing()), destination)).rejects.toThrow('on purpose')
    await isClosed
    expect(kept(file).toString()).toBe('before\n')
  })

  test('throws at once for what is neither text nor bytes, and tells a late chunk\'s callback', async () => {
    const destination = await open(logFile())
    for (const chunk of [null, undefined, 1, {}, ['line']]) {
      expect(() => destination.write(chunk as string)).toThrow(expect.objectContaining({ code: 'ERR_INVALID_ARG_TYPE' }))
    }
    await closed(destination)
    expect(await new Promise((resolve) => { destination.write('late\n', resolve) })).toMatchObject({ code: 'ERR_ROTOR_CLOSED' })
    expect(await new Promise((resolve) => { destination.end('late\n', resolve) })).toMatchObject({ code: 'ERR_ROTOR_CLOSED' })
    expect(await new Promise((resolve) => { destination.flush(resolve) })).toBeUndefined()
  })

  test('may be ended again: each callback is called, and tells of a chunk that came too late', async () => {
    const file = logFile()
    const destination = await open(file)
    const end = async (...given: [] | ['late\n']): Promise<unknown> => await new Promise((resolve) => { destination.end(...given as ['late\n'], resolve) })
    expect(await Promise.all([end(), end(), end('late\n')])).toEqual([null, null, expect.objectContaining({ code: 'ERR_ROTOR_CLOSED' })])
    expect(await end()).toBeNull()
    expect(kept(file).length).toBe(0)
  })

  test.each([
    ['awaits drain', "for (let n = 0; n < 20000; n++) if (!destination.write(line)) await once(destination, 'drain'); destination.end()"],
    ['pipes', 'Readable.from((function * () { for (let n = 0; n < 20000; n++) yield line })()).pipe(destination)'],
    ['awaits the callback of each write', 'for (let n = 0; n < 500; n++) await new Promise((resolve) => destination.write(line.repeat(40), resolve)); destination.end()'],
    ['awaits flush', 'for (let n = 0; n < 20000; n++) destination.write(line); await new Promise((resolve) => destination.flush(resolve)); destination.end()']
  ])('stays alive for a process that %s, and keeps everything', async (_what, body) => {
    const folder = temporaryFolder()
    const { code, stderr } = await runApplication(folder, `
      import { once } from 'node:events'
      import { Readable } from 'node:stream'
      import rotor, { transport } from 'pino-rotor'
      const line = 'x'.repeat(999) + '\\n'
      const destination = ${face === 'handle' ? 'transport' : 'await rotor'}({ file: 'app.log', size: false, compress: false, limit: false, buffer: '1m' })
      ${body}
    `).ended
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(readFileSync(join(folder, 'app.log')).length).toBe(20_000_000)
  })
})

test('the handle asks its producer to pause when half of `buffer` waits, and emits drain afterwards', async () => {
  // Nothing is read before the worker has started, which takes longer than this.
  const destination = transport({ file: logFile(), ...options, buffer: '1m' })
  const line = `${'x'.repeat(999)}\n`
  let lines = 1
  while (lines < 1_000 && destination.write(line)) lines++
  expect(lines).toBeGreaterThan(500)
  expect(lines).toBeLessThan(1_000)
  expect(destination.writableNeedDrain).toBe(true)
  await once(destination, 'drain')
  expect(destination.writableNeedDrain).toBe(false)
  await closed(destination)
})
