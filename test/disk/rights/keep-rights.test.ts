// The rule is tried on a disk in memory, which refuses what it is told to refuse, and with users of every kind.
import fc from 'fast-check'
import type * as fs from 'node:fs'
import { beforeEach, expect, test, vi } from 'vitest'
import type { AccessList, Asked } from '../../../src/disk/rights/access-list.js'
import { keepRights, type LostRights } from '../../../src/disk/rights/keep-rights.js'

interface User { readonly uid: number, readonly gids: readonly number[] }
interface Owned { uid: number, gid: number, mode: number, list: readonly string[] }
type Refused = 'owner' | 'group' | 'mode' | 'list'

const descriptor = 7
const maker: User = { uid: 1, gids: [1, 2] }
const users: readonly User[] = [maker, { uid: 2, gids: [2] }, { uid: 3, gids: [3] }, { uid: 4, gids: [1, 3] }, { uid: 5, gids: [5] }]

interface Disk {
  readonly models: Map<string, Owned>
  made: Owned
  refused: Refused[]
  code: string
  calls: string[]
  chown: (uid: number, gid: number) => void
  chmod: (mode: number) => void
  mayAccess: (path: string, bits: number) => boolean
}

const disk = vi.hoisted((): Disk => ({
  models: new Map(),
  made: { uid: 0, gid: 0, mode: 0, list: [] },
  refused: [],
  code: 'EPERM',
  calls: [],
  chown: () => {},
  chmod: () => {},
  mayAccess: () => false
}))

vi.mock('node:fs', async (importOriginal) => ({
  ...await importOriginal<typeof fs>(),
  fstatSync: () => ({ ...disk.made, mode: 0o100000 | disk.made.mode }),
  fchownSync: (_descriptor: number, uid: number, gid: number) => { disk.chown(uid, gid) },
  fchmodSync: (_descriptor: number, mode: number) => { disk.chmod(mode) },
  accessSync: (path: string, bits: number) => { if (!disk.mayAccess(path, bits)) throw Object.assign(new Error('EACCES'), { code: 'EACCES' }) }
}))

vi.mock('../../../src/disk/rights/access-list.js', () => ({
  readAccessLists: (sources: readonly Asked[]): { lists: AccessList[], inherited: AccessList } => ({
    lists: sources.map(({ path }) => disk.models.get(path)?.list ?? []),
    inherited: disk.made.list
  }),
  writeAccessList: (_path: string, entries: readonly string[]): boolean => {
    if (disk.refused.includes('list')) return false
    disk.made.list = entries.some((entry) => entry.startsWith('mask:')) ? entries : []
    const shown = disk.made.list.length > 0 ? 'mask::' : 'group::'
    disk.made.mode = bitsOf(entries, 'user::') << 6 | bitsOf(entries, shown) << 3 | bitsOf(entries, 'other::')
    return true
  }
}))

function refuse (what: Refused): void {
  if (disk.refused.includes(what)) throw Object.assign(new Error(disk.code), { code: disk.code })
}

beforeEach(() => {
  disk.refused = []
  disk.code = 'EPERM'
  disk.calls = []
  disk.models.clear()
  disk.made = { uid: maker.uid, gid: maker.gids[0] ?? 0, mode: 0o600, list: [] }
  disk.chown = (uid, gid) => {
    disk.calls.push('chown')
    if (gid !== disk.made.gid) refuse('group')
    if (uid !== disk.made.uid) refuse('owner')
    Object.assign(disk.made, { uid, gid })
  }
  disk.chmod = (mode) => {
    disk.calls.push('chmod')
    // Without CAP_FOWNER only the owner may.
    if (disk.made.uid !== maker.uid) throw Object.assign(new Error('EPERM'), { code: 'EPERM' })
    refuse('mode')
    disk.made.mode = mode
    disk.made.list = disk.made.list.map((entry) => entry.startsWith('mask::') ? `mask::${letters(mode >> 3)}` : entry)
  }
  disk.mayAccess = (path, bits) => {
    const model = disk.models.get(path)
    return model !== undefined && (accessOf(maker, model) & bits) === bits
  }
})

function bitsOf (entries: readonly string[], kind: string): number {
  const entry = entries.find((text) => text.startsWith(kind)) ?? ''
  return [4, 2, 1].filter((_, place) => entry.charAt(kind.length + place) !== '-' && entry !== '').reduce((sum, bit) => sum + bit, 0)
}

function letters (bits: number): string {
  return `${bits & 4 ? 'r' : '-'}${bits & 2 ? 'w' : '-'}${bits & 1 ? 'x' : '-'}`
}

/** What the kernel lets the user do, as acl(5) says. */
function accessOf ({ uid, gids }: User, { uid: owner, gid, mode, list }: Owned): number {
  if (uid === owner) return mode >> 6 & 7
  const mask = list.length === 0 ? 7 : bitsOf(list, 'mask::')
  if (list.some((entry) => entry.startsWith(`user:${uid}:`))) return bitsOf(list, `user:${uid}:`) & mask
  const ofOwningGroup = gids.includes(gid) ? [list.length === 0 ? mode >> 3 & 7 : bitsOf(list, 'group::')] : []
  const ofNamedGroups = gids.filter((group) => list.some((entry) => entry.startsWith(`group:${group}:`))).map((group) => bitsOf(list, `group:${group}:`))
  const ofGroups = [...ofOwningGroup, ...ofNamedGroups]
  return ofGroups.length === 0 ? mode & 7 : ofGroups.reduce((sum, bits) => sum | bits, 0) & mask
}

function made (...models: readonly Owned[]): LostRights | null {
  models.forEach((model, index) => { disk.models.set(`/logs/${index}`, model) })
  return keepRights({ path: '/logs/made', descriptor }, models.map((stats, index) => ({ path: `/logs/${index}`, stats: { ...stats, size: 0, mtimeMs: 0, ctimeMs: 0 } })))
}

function plain (uid: number, gid: number, mode: number): Owned {
  return { uid, gid, mode, list: [] }
}

const bits = fc.nat(7)
const entries = fc.record({ user: fc.nat(5), group: fc.nat(5), userBits: bits, groupBits: bits, mask: bits, owning: bits })
const owned: fc.Arbitrary<Owned> = fc.record({ uid: fc.nat(5), gid: fc.nat(5), mode: fc.nat(0o777), named: fc.option(entries, { freq: 1 }) })
  .map(({ uid, gid, mode, named }) => named === null
    ? plain(uid, gid, mode)
    : {
        uid,
        gid,
        mode: mode & 0o707 | named.mask << 3,
        list: [
          `user::${letters(mode >> 6)}`, `user:${named.user}:${letters(named.userBits)}`, `group::${letters(named.owning)}`,
          `group:${named.group}:${letters(named.groupBits)}`, `mask::${letters(named.mask)}`, `other::${letters(mode)}`
        ]
      })

test('gives no user more rights than on its source files, whichever call fails', () => {
  fc.assert(fc.property(fc.array(owned, { minLength: 1, maxLength: 3 }), fc.subarray<Refused>(['owner', 'group', 'mode', 'list']), fc.boolean(), (models, refused, inherits) => {
    disk.models.clear()
    disk.made = { uid: maker.uid, gid: 1, mode: 0o600, list: inherits ? ['user::rw-', 'user:3:rwx', 'group::rwx', 'mask::---', 'other::---'] : [] }
    disk.refused = refused
    made(...models)
    for (const user of users) {
      const before = models.map((model) => accessOf(user, model)).reduce((a, b) => a & b)
      // The maker could read all of them, or nothing would have been made. Until it has other rights, the file is its own.
      const had = user === maker && refused.includes('mode') ? before | 6 : before
      expect(accessOf(user, disk.made) & ~had, `${JSON.stringify(user)} of ${JSON.stringify(models)} has ${JSON.stringify(disk.made)}`).toBe(0)
    }
  }), { numRuns: 3000 })
})

test('keeps everything if nothing is refused, without a call that changes nothing', () => {
  expect(made(plain(1, 1, 0o600))).toBeNull()
  expect(disk.calls).toEqual([])
  expect(made(plain(1, 2, 0o640))).toBeNull()
  expect(disk.made).toMatchObject({ uid: 1, gid: 2, mode: 0o640 })
})

test('sets the owner last, since what belongs to another cannot be changed', () => {
  expect(made(plain(3, 2, 0o640))).toBeNull()
  expect(disk.calls).toEqual(['chown', 'chmod', 'chown'])
  expect(disk.made).toMatchObject({ uid: 3, gid: 2, mode: 0o640 })
})

test.each(['EPERM', 'EINVAL', 'ENOSYS', 'ENOTSUP'])('continues if the file system answers %s to everything, and reports it', (code) => {
  disk.code = code
  disk.refused = ['owner', 'group', 'mode', 'list']
  const lost = made(plain(3, 4, 0o664))
  expect(lost).toMatchObject({ code, message: expect.stringContaining('the owner 3 and the group 4') as string })
  expect(disk.made.mode).toBe(0o600)
})

test('reports any other failure', () => {
  disk.code = 'EIO'
  disk.refused = ['group']
  expect(() => made(plain(1, 4, 0o640))).toThrow(expect.objectContaining({ code: 'EIO' }))
})

test('gives no other group the rights of a group that the new file cannot get', () => {
  disk.refused = ['group']
  expect(made(plain(1, 4, 0o664))).toMatchObject({ code: 'EPERM' })
  expect(disk.made).toMatchObject({ gid: 1, mode: 0o644 })
})

test('gives the group of one source file no rights that its members did not have on the other', () => {
  expect(made(plain(1, 2, 0o640), plain(1, 3, 0o640))).toBeNull()
  expect(disk.made).toMatchObject({ gid: 2, mode: 0o600 })
})

test('gives a group what others had too, if only their groups differ', () => {
  expect(made(plain(1, 2, 0o664), plain(1, 3, 0o664))).toBeNull()
  expect(disk.made).toMatchObject({ gid: 2, mode: 0o644 })
})

test('tells of a mode that could not be kept', () => {
  disk.refused = ['mode']
  expect(made(plain(1, 1, 0o640))).toMatchObject({ code: 'EPERM', message: expect.stringContaining('could not be given the mode: it belongs to user 1 and group 1 with mode 0600') as string })
})

test('keeps an access control list, and does not take its mask for the rights of the group', () => {
  const list = ['user::rw-', 'user:3:rw-', 'group::---', 'mask::rw-', 'other::---']
  expect(made({ uid: 1, gid: 5, mode: 0o660, list })).toBeNull()
  expect(accessOf({ uid: 3, gids: [3] }, disk.made)).toBe(6)
  expect(accessOf({ uid: 5, gids: [5] }, disk.made)).toBe(0)
})

test('leaves only the owner if an access control list cannot be kept', () => {
  disk.refused = ['list']
  const list = ['user::rw-', 'user:3:rw-', 'group::---', 'mask::rw-', 'other::r--']
  expect(made({ uid: 1, gid: 5, mode: 0o664, list })).toMatchObject({ message: expect.stringContaining('the access control list') as string })
  expect(disk.made.mode).toBe(0o600)
})

test('removes a list that the folder gave to the new file if the old one had none', () => {
  disk.made.list = ['user::rw-', 'user:3:rwx', 'group::r-x', 'mask::---', 'other::---']
  expect(made(plain(1, 1, 0o640))).toBeNull()
  expect(disk.made).toEqual({ uid: 1, gid: 1, mode: 0o640, list: [] })
})
