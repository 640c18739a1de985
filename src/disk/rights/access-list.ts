// Reads and writes access control lists (ACLs), which Linux keeps beside the mode. Node has no call for them, so this file
// runs the tools of Debian's package `acl`. If they are missing, GNU `ls` still shows by a `+` that a file has a list.
// Starting a tool takes milliseconds. So a rotation asks at most once a second, a writer asks ahead when its file is nearly
// full, and a copy is not waited for. A file that this process has created and filled within a second is not asked about: the
// file made from it is new in the same folder too, so it gets the same list. A look after the rotation checks that. That answer is
// good for a second too, unless something else than a write changes the file. So an archive's copy usually needs no tool.
import { systemClock } from '../../clock.js'
import { runTool, runToolAside, type Answer, type ToolCall } from './access-tool.js'

/**
 * Entries such as `user:1000:r--` or `mask::r--`. Empty: only the mode counts. `hidden`: there is a list, but it cannot be
 * read.
 */
export type AccessList = readonly string[] | 'hidden'

/** For so long, a file without a list is not asked about again if only writes have changed it since. */
const plainForMs = 1_000
const plainFilesMax = 100
const pathsAtOnce = 500
/** A smaller file fills so slowly that asking about it delays nothing. */
const filledBytesMin = 1024 * 1024

interface Known {
  readonly key: string
  readonly ctimeMs: number
  readonly sinceMs: number
  /** The file was created then. Otherwise a tool told that it has no list. */
  readonly isNew: boolean
}

const plainFiles = new Map<string, Known>()
/** Paths that a tool is looking at now. */
const askedAhead = new Map<string, Promise<unknown>>()

export interface Asked {
  readonly path: string
  readonly mode: number
  readonly uid: number
  readonly gid: number
  readonly sizeBytes: number
  /** In whole milliseconds. */
  readonly ctimeMs: number
  /** Whether something else than a write has changed the file since its last write, perhaps its rights. */
  readonly isChanged: boolean
}

export interface AccessLists {
  /** Those of the sources, in their order. */
  readonly lists: readonly AccessList[]
  /** That of the file which is made from them. */
  readonly inherited: AccessList
}

/** Reads the lists of the files, and that of the file which is made from them. */
export function readAccessLists (sources: readonly Asked[], made: string): AccessLists {
  if (!sources.some(mayHaveList) || isKnownPlain(sources)) return none(sources)
  const asking = askTools([made, ...sources.map(({ path }) => path)])
  let step = asking.next()
  while (step.done !== true) step = asking.next(runTool(step.value))
  return toldOf(sources, step.value)
}

/** The same, without blocking the thread. */
export async function readAccessListsAside (sources: readonly Asked[], made: string): Promise<AccessLists> {
  if (!sources.some(mayHaveList) || isKnownPlain(sources)) return none(sources)
  const asking = askTools([made, ...sources.map(({ path }) => path)])
  let step = asking.next()
  while (step.done !== true) step = asking.next(await runToolAside(step.value))
  return toldOf(sources, step.value)
}

/** Asks ahead about a file from which another file in that folder will soon be made. The later call then need not wait for the answer. */
export async function askAhead (source: Asked, folder: string): Promise<void> {
  const asked = askedAhead.get(source.path) ?? readAccessListsAside([source], folder).finally(() => { askedAhead.delete(source.path) })
  askedAhead.set(source.path, asked)
  await asked
}

/**
 * Reads the lists of the files as they are now, without blocking the thread; null if one of them cannot be read. Copies of these files
 * will be made in that folder, so the answers are remembered.
 */
export async function readAccessListsNow (files: readonly Asked[], folder: string): Promise<readonly AccessList[] | null> {
  const asking = askTools([folder, ...files.map(({ path }) => path)])
  let step = asking.next()
  while (step.done !== true) step = asking.next(await runToolAside(step.value))
  if (step.value === null) return null
  const [inherited, ...lists] = step.value
  if (inherited?.length === 0) rememberPlain(files.filter((_, index) => lists[index]?.length === 0))
  return lists
}

/** Gives the file exactly these entries; false if that fails. */
export function writeAccessList (path: string, entries: readonly string[]): boolean {
  plainFiles.delete(path)
  return runTool({ tool: 'setfacl', toolArguments: ['--set-file=-', '--', path], input: `${entries.join('\n')}\n` }).is === 'done'
}

function none (sources: readonly Asked[]): AccessLists {
  return { lists: sources.map(() => []), inherited: [] }
}

function toldOf (sources: readonly Asked[], told: readonly AccessList[] | null): AccessLists {
  const [inherited = [], ...lists] = told ?? []
  if (lists.length === 0) return none(sources)
  if ([inherited, ...lists].every((list) => list.length === 0)) rememberPlain(sources)
  return { lists, inherited }
}

// If the group has no rights, the mask is empty and a list grants nothing.
/** Whether a list may grant rights to a file of that mode. */
export function mayHaveList ({ mode }: Pick<Asked, 'mode'>): boolean {
  return process.platform === 'linux' && (mode & 0o077) !== 0
}

function isKnownPlain (sources: readonly Asked[]): boolean {
  return sources.every((source) => {
    const plain = plainFiles.get(source.path)
    if (plain?.key !== keyOf(source)) return false
    if (source.isChanged && (plain.isNew || plain.ctimeMs !== source.ctimeMs)) return false
    return systemClock.monotonic() - plain.sinceMs < plainForMs && (!plain.isNew || source.sizeBytes >= filledBytesMin)
  })
}

function rememberPlain (sources: readonly Asked[]): void {
  for (const source of sources) remember(source, false)
}

/** Notes that this process has created the file now. */
export function rememberNew (source: Asked): void {
  remember(source, true)
}

function remember (source: Asked, isNew: boolean): void {
  plainFiles.delete(source.path)
  const [oldest] = plainFiles.keys()
  if (oldest !== undefined && plainFiles.size >= plainFilesMax) plainFiles.delete(oldest)
  plainFiles.set(source.path, { key: keyOf(source), ctimeMs: source.ctimeMs, sinceMs: systemClock.monotonic(), isNew })
}

function keyOf ({ mode, uid, gid }: Asked): string {
  return `${mode} ${uid} ${gid}`
}

// Returns null if no tool can tell. A file that a tool could not look at may have a list.
function * askTools (paths: readonly string[]): Generator<ToolCall, AccessList[] | null, Answer> {
  const told: AccessList[] = []
  for (let from = 0; from < paths.length; from += pathsAtOnce) {
    const some = paths.slice(from, from + pathsAtOnce)
    const found = listsByGetfacl(yield { tool: 'getfacl', toolArguments: ['-cpnE', '--', ...some] }) ?? marksByLs(yield { tool: 'ls', toolArguments: ['-dnUq', '--', ...some] })
    if (found === null) return null
    for (const list of found.length === some.length ? found : some.map(() => 'hidden' as const)) told.push(list)
  }
  return told
}

function listsByGetfacl (answer: Answer): AccessList[] | null {
  return answer.is === 'missing' ? null : answer.output.trim().split(/\n\n+/).map(extendedEntries)
}

function marksByLs (answer: Answer): AccessList[] | null {
  return answer.is === 'missing' ? null : answer.output.trim().split('\n').map(markOf)
}

// The `+` is the eleventh character of a line.
function markOf (line: string): AccessList {
  return line.charAt(10) === '+' ? 'hidden' : []
}

// Only a folder has a list that new files in it get.
function extendedEntries (text: string): AccessList {
  if (/^default:/m.test(text)) return 'hidden'
  const entries = text.split('\n').filter((line) => /^(?:user|group|mask|other):/.test(line))
  return entries.some((entry) => entry.startsWith('mask:')) ? entries : []
}
