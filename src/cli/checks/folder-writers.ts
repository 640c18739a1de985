// Finds who writes in a folder. Right after a rotation a writer may still have the archive open. So two looks are compared: a writer
// that follows has moved in between. A look visits every process of the machine, so the logs of a folder share it.
import { setTimeout } from 'node:timers/promises'
import { systemClock } from '../../clock.js'
import { findWriters, type Writer, type WritersSeen } from '../../disk/writing-processes.js'
import { lookEveryMs } from '../../policy/settling.js'
import type { SeenWriter } from './finding.js'

export interface SeenWriters extends WritersSeen {
  readonly writers: readonly SeenWriter[]
}

interface Look {
  readonly begunMs: number
  readonly seen: Promise<SeenWriters>
}

/** An older look is done anew. */
const ageMsMax = 5_000

export class FolderWriters {
  readonly #looks = new Map<string, Look>()

  /** Resolves to the processes that write in the folder, seen at most five seconds ago. */
  async in (directory: string): Promise<SeenWriters> {
    const nowMs = systemClock.monotonic()
    const last = this.#looks.get(directory)
    const look = last !== undefined && nowMs - last.begunMs < ageMsMax ? last : { begunMs: nowMs, seen: lookTwice(directory) }
    this.#looks.set(directory, look)
    return await look.seen
  }
}

async function lookTwice (directory: string): Promise<SeenWriters> {
  const before = findWriters(directory)
  await setTimeout(3 * lookEveryMs)
  const after = findWriters(directory)
  return { writers: compareLooks(before.writers, after.writers), isComplete: after.isComplete }
}

/** Joins two looks. A process that has ended in between is left out. */
export function compareLooks (before: readonly Writer[], after: readonly Writer[]): SeenWriter[] {
  const now = after.map((writer) => {
    const earlier = before.find((other) => isSameFile(other, writer))
    return { ...writer, isLasting: earlier !== undefined, isWriting: earlier !== undefined && earlier.sizeBytes !== writer.sizeBytes }
  })
  const moved = before.filter((writer) => after.some(({ pid }) => pid === writer.pid) && !after.some((other) => isSameFile(other, writer)))
  return [...now, ...moved.map((writer) => ({ ...writer, isLasting: false, isWriting: false }))]
}

function isSameFile (one: Writer, other: Writer): boolean {
  return one.pid === other.pid && one.name === other.name && one.isRemoved === other.isRemoved
}
