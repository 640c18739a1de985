// Reads and writes access control lists (ACLs), which Linux keeps beside the mode. Node has no call for them, so this file
// runs the tools of Debian's package `acl`. If they are missing, GNU `ls` still shows by a `+` that a file has a list. A
// rotation asks at most once a second, because starting a tool takes milliseconds.
import type * as ChildProcess from 'node:child_process'
import { createRequire } from 'node:module'
import { systemClock } from '../../clock.js'
import { errnoOf } from '../errno.js'

/**
 * Entries such as `user:1000:r--` or `mask::r--`. Empty: only the mode counts. `hidden`: there is a list, but it cannot be
 * read.
 */
export type AccessList = readonly string[] | 'hidden'

/** For so long, a file without a list is not asked about again if its path, mode and owner are the same. */
const plainForMs = 1_000
const plainFilesMax = 100
const toolTimeoutMs = 2_000
const pathsAtOnce = 500
/** The tool is missing, or this process may not start any. */
const unavailable = ['ENOENT', 'EACCES', 'EPERM', 'ENOSYS', 'ERR_ACCESS_DENIED']

const plainFiles = new Map<string, { readonly key: string, readonly sinceMs: number }>()
const missingTools = new Set<string>()

export interface Asked {
  readonly path: string
  readonly mode: number
  readonly uid: number
  readonly gid: number
}

/** Reads the lists of the files, in this order, and that of the file which is made from them. */
export function readAccessLists (sources: readonly Asked[], made: string): { readonly lists: readonly AccessList[], readonly inherited: AccessList } {
  const none = { lists: sources.map(() => []), inherited: [] }
  // If the group has no rights, the mask is empty and a list grants nothing.
  if (process.platform !== 'linux' || sources.every(({ mode }) => (mode & 0o077) === 0) || isKnownPlain(sources)) return none
  const [inherited = [], ...lists] = listsByTool([made, ...sources.map(({ path }) => path)]) ?? []
  if (lists.length === 0) return none
  if ([inherited, ...lists].every((list) => list.length === 0)) rememberPlain(sources)
  return { lists, inherited }
}

/** Gives the file exactly these entries; false if that fails. */
export function writeAccessList (path: string, entries: readonly string[]): boolean {
  return run('setfacl', ['--set-file=-', '--', path], `${entries.join('\n')}\n`).is === 'done'
}

// A log asks about its active file again and again, and about other files once.
function isKnownPlain ([source, ...others]: readonly Asked[]): boolean {
  const plain = source === undefined || others.length > 0 ? undefined : plainFiles.get(source.path)
  return plain?.key === keyOf(source) && systemClock.monotonic() - plain.sinceMs < plainForMs
}

function rememberPlain ([source, ...others]: readonly Asked[]): void {
  if (source === undefined || others.length > 0) return
  if (plainFiles.size >= plainFilesMax) plainFiles.clear()
  plainFiles.set(source.path, { key: keyOf(source), sinceMs: systemClock.monotonic() })
}

function keyOf (source: Asked | undefined): string {
  return `${source?.mode} ${source?.uid} ${source?.gid}`
}

// Null if no tool can tell. A file that a tool could not look at may have a list.
function listsByTool (paths: readonly string[]): AccessList[] | null {
  const told: AccessList[] = []
  for (let from = 0; from < paths.length; from += pathsAtOnce) {
    const some = paths.slice(from, from + pathsAtOnce)
    const found = listsByGetfacl(some) ?? marksByLs(some)
    if (found === null) return null
    told.push(...found.length === some.length ? found : some.map(() => 'hidden' as const))
  }
  return told
}

function listsByGetfacl (paths: readonly string[]): AccessList[] | null {
  const answer = run('getfacl', ['-cpnE', '--', ...paths])
  return answer.is === 'missing' ? null : answer.output.trim().split(/\n\n+/).map(extendedEntries)
}

function marksByLs (paths: readonly string[]): AccessList[] | null {
  const answer = run('ls', ['-dnUq', '--', ...paths])
  return answer.is === 'missing' ? null : answer.output.trim().split('\n').map(markOf)
}

// The `+` is the eleventh character of a line.
function markOf (line: string): AccessList {
  return line.charAt(10) === '+' ? 'hidden' : []
}

function extendedEntries (text: string): string[] {
  const entries = text.split('\n').filter((line) => /^(?:user|group|mask|other):/.test(line))
  return entries.some((entry) => entry.startsWith('mask:')) ? entries : []
}

interface Answer {
  readonly is: 'done' | 'failed' | 'missing'
  readonly output: string
}

/** Node always gives all of these. Other runtimes may not. */
interface Outcome {
  readonly error?: Error
  readonly status: number | null
  readonly stdout: string | null | undefined
}

function run (tool: string, toolArguments: readonly string[], input = ''): Answer {
  if (missingTools.has(tool)) return { is: 'missing', output: '' }
  try {
    // Loaded only when needed, which is rare.
    const { spawnSync } = createRequire(process.execPath)('node:child_process') as typeof ChildProcess
    const { error, status, stdout }: Outcome = spawnSync(tool, toolArguments, { input, encoding: 'utf8', timeout: toolTimeoutMs, env: { ...process.env, LC_ALL: 'C' } })
    if (error !== undefined) throw error
    // Deno gives neither an error nor an output if it may not start the program.
    if (typeof stdout !== 'string') throw Object.assign(new Error(`${tool} was not started`), { code: 'EACCES' })
    return { is: status === 0 ? 'done' : 'failed', output: stdout }
  } catch (error) {
    if (!unavailable.includes(errnoOf(error))) return { is: 'failed', output: '' }
    missingTools.add(tool)
    return { is: 'missing', output: '' }
  }
}
