// Two processes that write one file on a disk that fills and is freed, again and again, so that each cuts the other's
// lines off. What they keep and what they say to have dropped is all that was logged.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { SmallDisk, canMount } from '../support/small-disk.js'
import { WritersProcess } from '../support/writers.js'

const rounds = 6
const linesAtOnce = 12
/** No divisor of a page, so that the disk is full in the middle of a line. */
const lineBytes = 777
const pageBytes = 4_096

async function start (name: string, file: string): Promise<WritersProcess> {
  const options = { file, size: '50m', buffer: '16k', limit: { count: false, age: false }, report: false } as const
  const started = await WritersProcess.start({ options, writers: [{ name, kind: 'stream', lines: 0 }], lineBytes })
  onTestFinished(async () => { await started.kill() })
  return started
}

interface Found { readonly whole: Map<string, number[]>, readonly torn: string[] }

/** The whole lines of each writer, and what stands on lines of its own besides. */
function readLines (file: string): Found {
  const found: Found = { whole: new Map(), torn: [] }
  for (const text of readFileSync(file, 'utf8').split('\n')) {
    const line = /^\{"writer":"(\w+)","number":(\d+),"pad":"x*"\}$/.exec(text)
    if (line === null) found.torn.push(text)
    else found.whole.set(line[1] ?? '', [...found.whole.get(line[1] ?? '') ?? [], Number(line[2])])
  }
  return found
}

/** Gives one of them room that ends in the middle of a line, while the others stand still. */
async function cutOff (disk: SmallDisk, writing: WritersProcess, all: readonly WritersProcess[]): Promise<void> {
  for (const process of all) process.signal(process === writing ? 'SIGCONT' : 'SIGSTOP')
  disk.giveBack(pageBytes)
  await vi.waitUntil(() => disk.freeBytes === 0, { timeout: 30_000, interval: 5 })
}

test.runIf(canMount)('keeps each line whole and once, or counts it as dropped, if two processes share a disk that fills again and again', async () => {
  const disk = new SmallDisk('size=1m')
  const file = join(disk.directory, 'app.log')
  const writers = await Promise.all(['a', 'b'].map(async (name) => ({ name, process: await start(name, file), logged: 0 })))
  const processes = writers.map(({ process }) => process)
  const writeAll = async (): Promise<unknown> => await Promise.all(writers.map(async (writer) => {
    writer.logged += linesAtOnce
    return await writer.process.ask('write', { lines: linesAtOnce })
  }))
  for (let round = 0; round < rounds; round++) {
    const refused = processes.map(async (process) => await process.until(({ event }) => event === 'failed', process.told.length))
    disk.fillUp()
    const written = [writeAll(), writeAll(), writeAll()]
    await Promise.all(refused)
    for (const writing of round % 2 === 0 ? processes : processes.toReversed()) await cutOff(disk, writing, processes)
    for (const process of processes) process.signal('SIGCONT')
    disk.empty()
    await Promise.all(written)
  }
  await Promise.all(processes.map(async (process) => { await process.end() }))

  const { whole, torn } = readLines(file)
  for (const { name, process, logged } of writers) {
    const numbers = whole.get(name) ?? []
    const dropped = process.events('dropped').reduce((sum, { lines }) => sum + Number(lines), 0)
    expect(numbers, name).toEqual([...new Set(numbers)].sort((a, b) => a - b))
    expect(numbers.length + dropped, `${name}: ${torn.map((text) => text.slice(0, 60)).join(' | ')}`).toBe(logged)
    expect(dropped).toBeGreaterThan(0)
  }
  // What was cut off stands alone: it is the beginning, the middle or the end of one line. The last text is what follows
  // the last newline: nothing.
  expect(torn.length - 1, 'parts of lines that were closed').toBeGreaterThanOrEqual(rounds)
  for (const text of torn) expect(text.length).toBeLessThan(lineBytes)
})
