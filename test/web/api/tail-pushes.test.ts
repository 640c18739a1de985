// What is pushed of new lines, and what is only counted.
import { expect, test } from 'vitest'
import { activePlace } from '../../../src/policy/lines/line-cursor.js'
import type { PlacedLine } from '../../../src/reading/lines/placed-lines.js'
import { TailPushes } from '../../../src/web/api/tail-pushes.js'
import type { ServerEvent } from '../../../src/web/server/event-stream.js'

interface Sent {
  readonly lines: ReadonlyArray<{ readonly text: string }>
  readonly skipped: number
}

/** A client that takes a push when the test says so. */
class SlowClient {
  readonly #waiting: Array<(push: Sent) => void> = []
  #release: () => void = () => {}

  async send ({ data }: ServerEvent): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#release = resolve
      this.#waiting.shift()?.(data as Sent)
    })
  }

  /** Takes the last push. Resolves with the next one. */
  async next (): Promise<Sent> {
    const push = new Promise<Sent>((resolve) => { this.#waiting.push(resolve) })
    this.#release()
    return await push
  }
}

function lines (from: number, count: number): PlacedLine[] {
  return Array.from({ length: count }, (_, index) => ({ offset: from + index, bytes: Buffer.from(`line ${from + index}\n`) }))
}

test('sends only the newest lines in a flood, counts the others, and sends every line again after it', async () => {
  const client = new SlowClient()
  const pushes = new TailPushes(client)
  let written = 0
  const add = (count: number): void => {
    pushes.add(activePlace(null), 0, lines(written, count))
    written += count
  }
  const begin = client.next()
  add(1)
  expect(await begin).toMatchObject({ skipped: 0 })
  for (let part = 0; part < 100; part++) add(500)
  const flooded = await client.next()
  expect([flooded.lines.length, flooded.skipped, flooded.lines.at(-1)?.text]).toEqual([300, 49_700, 'line 50000'])
  add(5_000)
  expect(await client.next()).toMatchObject({ skipped: 4_700 })
  add(200)
  const calm = await client.next()
  expect([calm.lines.length, calm.skipped]).toEqual([200, 0])
  add(2_500)
  const counts: number[] = []
  for (let push = 0; push < 3; push++) counts.push((await client.next()).lines.length)
  expect(counts).toEqual([1_000, 1_000, 500])
  pushes.stop()
})

test('loses no line of a burst', async () => {
  const client = new SlowClient()
  const pushes = new TailPushes(client)
  const begin = client.next()
  pushes.add(activePlace(null), 0, lines(0, 10_000))
  let count = (await begin).lines.length
  for (let push = 1; push < 10; push++) {
    const { lines: sent, skipped } = await client.next()
    expect(skipped).toBe(0)
    count += sent.length
  }
  expect(count).toBe(10_000)
  pushes.stop()
})
