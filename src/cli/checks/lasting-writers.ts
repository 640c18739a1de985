// Finds who writes in a folder. Right after a rotation a writer may still have the archive open. So a writer counts only if two looks
// find it there. A look visits every process of the machine, so the logs of a folder share it.
import { setTimeout } from 'node:timers/promises'
import { systemClock } from '../../clock.js'
import { findWriters, type WritersSeen } from '../../disk/writing-processes.js'
import { lookEveryMs } from '../../policy/settling.js'
import type { SeenWriter } from './finding.js'

export interface LastingWritersSeen extends WritersSeen {
  readonly writers: readonly SeenWriter[]
}

interface Look {
  readonly begunMs: number
  readonly seen: Promise<LastingWritersSeen>
}

/** An older look is done anew. */
const ageMsMax = 5_000

export class LastingWriters {
  readonly #looks = new Map<string, Look>()

  /** Resolves to the processes that write in the folder, seen at most five seconds ago. */
  async in (directory: string): Promise<LastingWritersSeen> {
    const nowMs = systemClock.monotonic()
    const last = this.#looks.get(directory)
    const look = last !== undefined && nowMs - last.begunMs < ageMsMax ? last : { begunMs: nowMs, seen: lookTwice(directory) }
    this.#looks.set(directory, look)
    return await look.seen
  }
}

async function lookTwice (directory: string): Promise<LastingWritersSeen> {
  const before = findWriters(directory)
  await setTimeout(3 * lookEveryMs)
  const after = findWriters(directory)
  const lasting = after.writers.flatMap((writer) => {
    const earlier = before.writers.find(({ pid, name }) => writer.pid === pid && writer.name === name)
    return earlier === undefined ? [] : [{ ...writer, isWriting: writer.sizeBytes !== earlier.sizeBytes }]
  })
  return { writers: lasting, isComplete: after.isComplete }
}
