// Finds in /proc which processes have files of a log open for writing. It knows nothing without /proc, or about processes of
// other users.
import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { hasProc } from '../platform/operating-system.js'

export interface Writer {
  readonly pid: number
  /** Its command, cut short. */
  readonly command: string
  /** The name of the file in the log's folder. */
  readonly name: string
  /** Whether no name leads to the file any more. */
  readonly isRemoved: boolean
  /** The file's size when it was looked at. */
  readonly sizeBytes: number
}

export interface WritersSeen {
  readonly writers: readonly Writer[]
  /** Whether every process could be looked at. */
  readonly isComplete: boolean
}

interface Target {
  readonly descriptor: string
  readonly target: string
}

const commandLengthMax = 40
/** A process that opens and closes files all the time is looked at no more often. */
const listsMax = 3
const removedMark = ' (deleted)'
const accessMask = 0o3

/** Finds the processes, other than this one, that have a file in the folder open for writing. */
export function findWriters (directory: string): WritersSeen {
  const pids = !hasProc() ? null : read(() => readdirSync('/proc').filter((name) => /^\d+$/.test(name)).map(Number))
  if (pids === null) return { writers: [], isComplete: false }
  let isComplete = true
  const writers = pids.filter((pid) => pid !== process.pid).flatMap((pid) => {
    const descriptors = targetsOf(pid)
    // A process that has ended meanwhile writes nothing.
    if (descriptors === null && read(() => readdirSync(`/proc/${pid}`)) !== null) isComplete = false
    return (descriptors ?? []).flatMap(({ descriptor, target }) => writerAt(pid, descriptor, target, directory))
  })
  return { writers: withoutRepeats(writers), isComplete }
}

// A rotation between the list and the look at its descriptors would hide the new file. So a descriptor that has closed asks for a new list.
function targetsOf (pid: number): Target[] | null {
  for (let listsLeft = listsMax; ; listsLeft--) {
    const descriptors = read(() => readdirSync(`/proc/${pid}/fd`))
    if (descriptors === null) return null
    const targets = descriptors.flatMap((descriptor) => {
      const target = read(() => readlinkSync(`/proc/${pid}/fd/${descriptor}`))
      return target === null ? [] : [{ descriptor, target }]
    })
    if (targets.length === descriptors.length || listsLeft === 1) return targets
  }
}

function writerAt (pid: number, descriptor: string, target: string, directory: string): Writer[] {
  if (!target.startsWith(join(directory, '/')) || !isForWriting(pid, descriptor)) return []
  const isRemoved = target.endsWith(removedMark)
  const name = target.slice(join(directory, '/').length, isRemoved ? -removedMark.length : undefined)
  return name.includes('/') ? [] : [{ pid, command: commandOf(pid), name, isRemoved, sizeBytes: read(() => statSync(`/proc/${pid}/fd/${descriptor}`).size) ?? 0 }]
}

function isForWriting (pid: number, descriptor: string): boolean {
  const flags = /^flags:\s*([0-7]+)$/m.exec(read(() => readFileSync(`/proc/${pid}/fdinfo/${descriptor}`, 'latin1')) ?? '')?.[1]
  return flags !== undefined && (parseInt(flags, 8) & accessMask) !== 0
}

function commandOf (pid: number): string {
  const command = (read(() => readFileSync(`/proc/${pid}/cmdline`, 'utf8')) ?? '').replaceAll('\0', ' ').trim()
  return command.length > commandLengthMax ? `${command.slice(0, commandLengthMax - 1)}…` : command
}

function withoutRepeats (writers: readonly Writer[]): Writer[] {
  const byKey = new Map(writers.map((writer) => [`${writer.pid} ${writer.isRemoved} ${writer.name}`, writer]))
  return [...byKey.values()]
}

// A process may end at any moment. Those of other users may be unreadable.
function read<Result> (look: () => Result): Result | null {
  try {
    return look()
  } catch {
    return null
  }
}
