// Identifies the holder of a lock: a thread of a process on a host. Process ids are reused after a reboot and in other
// containers, so the owner also names its start time and its process namespace.
import { readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'
import { threadId } from 'node:worker_threads'
import { hasProc } from '../../platform/operating-system.js'
import { errnoOf } from '../errno.js'

export interface Owner {
  readonly host: string
  readonly pid: number
  /** The operating system's thread id on Linux, and Node's own id elsewhere. */
  readonly thread: number
  /** When the thread started, in clock ticks since boot; empty if the system does not tell. */
  readonly started: string
}

export type Liveness = 'alive' | 'gone' | 'unknown'

/** Replaces the start time of a thread that has ended but was not yet reaped. It does nothing any more. */
const ended = 'ended'

// A log has several locks, and a process may have hundreds of logs. These two facts stay as they are while the thread lives.
let bootId: string | null = null
let threadStart: { readonly thread: number, readonly started: string } | null = null

/** Identifies the calling thread. */
export function currentOwner (): Owner {
  const thread = systemThreadId() ?? threadId
  return { host: hostIdentity(), pid: process.pid, thread, started: ownStart(thread) ?? '' }
}

/** Tells whether the owner can still act. `unknown`: it cannot be asked, and only its touches show that it is alive. */
export function livenessOf (owner: Owner): Liveness {
  if (owner.host !== hostIdentity()) return 'unknown'
  // A process id alone may be reused, and in a jail without `/proc` it is the same after each start. A missing process is
  // proof.
  if (owner.started === '') return hasProc() || isRunning(owner.pid) ? 'unknown' : 'gone'
  if (startOf(owner.pid, owner.thread) === owner.started) return 'alive'
  return isHidden(owner.pid) ? 'unknown' : 'gone'
}

// A system may hide the processes of other users while they are alive.
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

// Containers may share a host name, but never both a boot and a process namespace.
function hostIdentity (): string {
  bootId ??= readText('/proc/sys/kernel/random/boot_id')
  return [hostname(), hasProc() ? bootId : null, readLink('/proc/self/ns/pid')]
    .filter((part) => part !== null)
    .join('/')
    .replaceAll(/\s/g, '')
}

function systemThreadId (): number | null {
  const id = Number(readLink('/proc/thread-self')?.split('/').at(-1))
  return Number.isSafeInteger(id) ? id : null
}

function ownStart (thread: number): string | null {
  if (!hasProc()) return null
  if (threadStart?.thread === thread) return threadStart.started
  const started = startOf(process.pid, thread)
  if (started !== null) threadStart = { thread, started }
  return started
}

// The start time is field 22. The name in field 2 may contain spaces and brackets, so fields are counted from the name's
// end.
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

// If /proc cannot be read for any reason, the system does not tell.
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
