// One rule for every file that is made from others: the active file's successor, a compressed copy, a bundle. It gets their
// rights. If it cannot get one of them, the others are narrowed, so that no user can read it who could not read its sources.
// Lost rights are reported and stop nothing.
import { accessSync, chmodSync, chownSync, constants, fchmodSync, fchownSync, fstatSync } from 'node:fs'
import { dirname } from 'node:path'
import { isWindows } from '../../platform/operating-system.js'
import { errnoOf, unless } from '../errno.js'
import { askAhead, readAccessLists, readAccessListsAside, rememberNew, writeAccessList, type AccessList, type AccessLists, type Asked } from './access-list.js'

const { R_OK, W_OK } = constants

/** A file whose rights are copied. */
export interface Model {
  readonly path: string
  readonly stats: Readonly<Record<'mode' | 'uid' | 'gid' | 'size' | 'mtimeMs' | 'ctimeMs', number | bigint>>
}

/** The file that was made. Calls use its descriptor, since its name may lead elsewhere by now. Tools need the name. */
export interface MadeFile {
  readonly path: string
  readonly descriptor: number
}

/** What could not be kept. Its code is that of the first refusal, or `ERR_ROTOR_RIGHTS` if a tool is missing. */
export interface LostRights extends Error {
  readonly code: string
}

interface Rights {
  /** Null: the source files have no common owner. */
  readonly uid: number | null
  readonly gid: number
  /** What the owner, the group and all others may do, each from 0 to 7. */
  readonly user: number
  readonly group: number
  readonly other: number
  readonly list: AccessList
}

const listIsLost = 'ERR_ROTOR_RIGHTS'
/** A chown or chmod that a file system, a user namespace or a missing capability refuses. */
const refusals = ['EPERM', 'EACCES', 'EINVAL', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP', 'EOVERFLOW', 'EROFS']

/** Gives the file the rights that all the models have. Returns what could not be kept, or null. */
export function keepRights (made: MadeFile, models: readonly Model[]): LostRights | null {
  return giveRights(made, models, readAccessLists(models.map(askedOf), made.path))
}

/** The same, without blocking the thread. */
export async function keepRightsAside (made: MadeFile, models: readonly Model[]): Promise<LostRights | null> {
  return giveRights(made, models, await readAccessListsAside(models.map(askedOf), made.path))
}

/** Reads ahead what a later `keepRights` needs for a file in the model's folder, so that this call is quicker. */
export async function prepareRights (model: Model): Promise<void> {
  await askAhead(askedOf(model), dirname(model.path))
}

/** Gives the file the rights that all the models have, whose lists were read before. Returns what could not be kept, or null. */
export function giveRights (made: MadeFile, models: readonly Model[], lists: AccessLists): LostRights | null {
  // On Windows, Node only knows the read-only mark. A new file there inherits the rights of its folder.
  if (isWindows()) return null
  const before = fstatSync(made.descriptor)
  const [first, ...others] = models.map((model, index) => rightsOf(askedOf(model), lists.lists[index] ?? []))
  if (first === undefined) return null
  const wanted = others.reduce(common, first)
  const uid = wanted.uid ?? before.uid
  const hasList = lists.inherited.length > 0
  // This process can set rights only while it owns the file. So it sets the group first and the owner last.
  const ofGroup = before.gid === wanted.gid ? [] : giveTo(made, before.uid, wanted.gid)
  const { gid } = fstatSync(made.descriptor)
  const ofMode = grant(made, narrowed(wanted, { uid, gid }, models), hasList)
  // A file that could not be made narrow enough keeps its owner.
  const isNarrow = ofMode.every((code) => code === listIsLost)
  const ofOwner = before.uid === uid || !isNarrow ? [] : giveTo(made, uid, gid)
  const ofOwn = ofOwner.length === 0 ? [] : grant(made, narrowed(wanted, { uid: before.uid, gid }, models), hasList)
  return lossOf(made, wanted, [...ofGroup, ...ofMode, ...ofOwner, ...ofOwn])
}

/** What a tool is asked about the model, and what its answer depends on. */
export function askedOf ({ path, stats: { mode, uid, gid, size, mtimeMs, ctimeMs } }: Model): Asked {
  return { path, mode: Number(mode) & 0o777, uid: Number(uid), gid: Number(gid), sizeBytes: Number(size), ctimeMs: Math.floor(Number(ctimeMs)), isChanged: ctimeMs !== mtimeMs }
}

/** Notes that this process has created the file now, in the way in which each new file of its folder is created. */
export function noteNew (model: Model): void {
  rememberNew(askedOf(model))
}

function rightsOf ({ mode, uid, gid }: Asked, list: AccessList): Rights {
  if (list === 'hidden') return { uid, gid, user: mode >> 6, group: 0, other: 0, list }
  // With a list, the mode's group bits are the mask. The list holds the group's rights.
  return { uid, gid, user: mode >> 6, group: groupBits(list) ?? (mode >> 3) & 7, other: mode & 7, list }
}

// A bundle is made from several files. If their owners differ, it belongs to its maker, who could read them all.
function common (a: Rights, b: Rights): Rights {
  const both = { uid: a.uid === b.uid ? a.uid : null, gid: a.gid, user: a.user & b.user, group: a.group & b.group, other: a.other & b.other, list: a.list }
  if (String(a.list) !== String(b.list)) return { ...both, group: 0, other: 0, list: [] }
  const shared = sharedBits(both)
  return a.gid === b.gid ? both : { ...both, group: shared, other: shared }
}

function narrowed (wanted: Rights, made: Pick<Rights, 'uid' | 'gid'>, models: readonly Model[]): Rights {
  const shared = sharedBits(wanted)
  // With a list, its entries hold the rights of the new group's members.
  const grouped = made.gid === wanted.gid ? wanted : { ...wanted, gid: made.gid, group: wanted.list.length === 0 ? shared : 0, other: shared }
  if (made.uid === wanted.uid) return grouped
  // The former owner is one of the others now. The new owner gets the rights that this process had on the models.
  return {
    ...grouped,
    uid: made.uid,
    user: ownBits(models),
    group: grouped.group & wanted.user,
    other: grouped.other & wanted.user,
    list: grouped.list === 'hidden' ? 'hidden' : grouped.list.map((entry) => entry.startsWith('mask::') ? `mask::${letters(bitsOf(entry) & wanted.user)}` : entry)
  }
}

// The rights that both a member of the group and any other user had.
function sharedBits ({ group, other, list }: Pick<Rights, 'group' | 'other' | 'list'>): number {
  const mask = list === 'hidden' ? undefined : list.find((entry) => entry.startsWith('mask::'))
  return group & other & (mask === undefined ? 7 : bitsOf(mask))
}

function ownBits (models: readonly Model[]): number {
  const may = (mode: number): boolean => models.every(({ path }) => unless([...refusals, 'ENOENT'], () => { accessSync(path, mode); return true }) ?? false)
  return (may(R_OK) ? 4 : 0) | (may(W_OK) ? 2 : 0)
}

function giveTo ({ path, descriptor }: MadeFile, uid: number, gid: number): string[] {
  return refusalOf(() => { orByPath(() => { fchownSync(descriptor, uid, gid) }, () => { chownSync(path, uid, gid) }) })
}

function grant (made: MadeFile, { user, group, other, list }: Rights, hasList: boolean): string[] {
  if (list === 'hidden') return [...chmod(made, user << 6), listIsLost]
  if (list.length === 0 && !hasList) return chmod(made, modeOf({ user, group, other }))
  const entries = [...list.filter((entry) => !/^(?:user|group|other)::/.test(entry)), `user::${letters(user)}`, `group::${letters(group)}`, `other::${letters(other)}`]
  if (writeAccessList(made.path, entries)) return []
  return [...chmod(made, user << 6), listIsLost]
}

function chmod ({ path, descriptor }: MadeFile, mode: number): string[] {
  if ((fstatSync(descriptor).mode & 0o777) === mode) return []
  return refusalOf(() => { orByPath(() => { fchmodSync(descriptor, mode) }, () => { chmodSync(path, mode) }) })
}

function modeOf ({ user, group, other }: Pick<Rights, 'user' | 'group' | 'other'>): number {
  return user << 6 | group << 3 | other
}

function lossOf ({ path, descriptor }: MadeFile, wanted: Rights, refused: readonly string[]): LostRights | null {
  const { uid, gid, mode } = fstatSync(descriptor)
  const lost = [
    ...wanted.uid === null || uid === wanted.uid ? [] : [`the owner ${wanted.uid}`],
    ...gid === wanted.gid ? [] : [`the group ${wanted.gid}`],
    ...refused.includes(listIsLost) ? ['the access control list'] : [],
    ...uid === wanted.uid && gid === wanted.gid && wanted.list.length === 0 && (mode & 0o777) !== modeOf(wanted) ? ['the mode'] : []
  ]
  if (lost.length === 0) return null
  const message = `a file made at ${path} could not be given ${lost.join(' and ')}: it belongs to user ${uid} and group ${gid} with mode ${(mode & 0o777).toString(8).padStart(4, '0')}`
  return Object.assign(new Error(message), { code: refused[0] ?? listIsLost })
}

function refusalOf (action: () => void): string[] {
  try {
    action()
    return []
  } catch (error) {
    if (refusals.includes(errnoOf(error))) return [errnoOf(error)]
    throw error
  }
}

// Node's permission model judges by paths. It refuses to change a file by its descriptor.
function orByPath (byDescriptor: () => void, byPath: () => void): void {
  const isDone = unless(['ERR_ACCESS_DENIED'], () => {
    byDescriptor()
    return true
  })
  if (isDone === null) byPath()
}

function groupBits (list: readonly string[]): number | null {
  const entry = list.find((text) => text.startsWith('group::'))
  return entry === undefined ? null : bitsOf(entry)
}

// The last three characters of an entry, such as `r-x`.
function bitsOf (entry: string): number {
  return [4, 2, 1].filter((_, place) => entry.at(place - 3) !== '-').reduce((sum, bit) => sum + bit, 0)
}

function letters (bits: number): string {
  return `${bits & 4 ? 'r' : '-'}${bits & 2 ? 'w' : '-'}${bits & 1 ? 'x' : '-'}`
}
