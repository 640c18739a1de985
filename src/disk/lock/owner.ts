// Who holds a lock: a thread of a process on a host. A process id alone comes back after a reboot and means another
// process in another container, so the owner also names its start and the process namespace.
import { readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'
import { threadId } from 'node:worker_threads'
import { hasProc } from '../../platform.js'
import { errnoOf } from '../errno.js'

export interface Owner {
  readonly host: string
  readonly pid: number
  /** The operating system's thread id on Linux, Node's own elsewhere. */
  readonly thread: number
  /** When the thread started, in clock ticks since boot; empty where the system does not tell. */
  readonly started: string
}

export type Liveness = 'alive' | 'gone' | 'unknown'

/** In place of the start of a thread that has ended, whose parent has not taken note of it: it acts no more. */
const ended = 'ended'

/** Names the calling thread. */
export function currentOwner (): Owner {
  const thread = systemThreadId() ?? threadId
  return { host: hostIdentity(), pid: process.pid, thread, started: startOf(process.pid, thread) ?? '' }
}

/** Tells whether the owner can still act. `unknown`: it cannot be asked, and only its touches show that it lives. */
export function livenessOf (owner: Owner): Liveness {
  if (owner.host !== hostIdentity()) return 'unknown'
  // A process id alone may come back, and in a jail without `/proc` it is the same in each life. No process at all tells more.
  if (owner.started === '') return hasProc() || isRunning(owner.pid) ? 'unknown' : 'gone'
  if (startOf(owner.pid, owner.thread) === owner.started) return 'alive'
  return isHidden(owner.pid) ? 'unknown' : 'gone'
}

// A system may hide the processes of other users, so that nothing of them is to be seen while they live.
function isHidden (pid: number): boolean {
  return startOf(pid, pid) === null && isRunning(pid)
}

export function parseOwner (text: string): Owner | null {
  const parts = /^host=(\S+) pid=(\d+) thread=(\d+) started=(\d*)$/m.exec(text)
  if (parts === null) return null
  return { host: parts[1] ?? '', pid: Number(parts[2]), thread: Number(parts[3]), started: parts[4] ?? '' }
}

export function formatOwner ({ host, pid, thread, started }: Owner): string {
  return `host=${host} pid=${pid} thread=${thread} started=${started}`
}

// Containers may share a host name, never a boot and a process namespace.
function hostIdentity (): string {
  return [hostname(), readText('/proc/sys/kernel/random/boot_id'), readLink('/proc/self/ns/pid')]
    .filter((part) => part !== null)
    .join('/')
    .replaceAll(/\s/g, '')
}

function systemThreadId (): number | null {
  const id = Number(readLink('/proc/thread-self')?.split('/').at(-1))
  return Number.isSafeInteger(id) ? id : null
}

// The start time is field 22; the name in field 2 may hold spaces and brackets, so fields are counted from its end.
function startOf (pid: number, thread: number): string | null {
  const stat = readText(`/proc/${pid}/task/${thread}/stat`)
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ')
  return fields?.[0] === 'Z' ? ended : fields?.[19] ?? null
}

function isRunning (pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return errnoOf(error) !== 'ESRCH'
  }
}

// Whatever keeps /proc from being read, the answer is the same: the system does not tell.
function readText (path: string): string | null {
  if (!hasProc()) return null
  try {
    return readFileSync(path, 'latin1').trim()
  } catch {
    return null
  }
}

function readLink (path: string): string | null {
  if (!hasProc()) return null
  try {
    return readlinkSync(path)
  } catch {
    return null
  }
}
