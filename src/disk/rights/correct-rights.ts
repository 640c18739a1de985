// A rotation may trust an answer that is up to a second old. If an access control list was set meanwhile, the new file was
// made without it. This looks again afterwards, and gives the list to the files that miss it.
import { constants, openSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { closeQuietly } from '../close.js'
import { ignoreMissing } from '../errno.js'
import { mayHaveList, readAccessListsNow, type AccessList, type Asked } from './access-list.js'
import { askedOf, giveRights, type LostRights } from './keep-rights.js'

const { O_NOFOLLOW, O_NONBLOCK, O_RDONLY } = constants

/**
 * Each file was made from the one before it, in the same folder. Gives it that file's rights if only that file has a list. Returns what could
 * not be kept, or null. Does not block the thread.
 */
export async function correctRights (paths: readonly string[]): Promise<LostRights | null> {
  const present = paths.flatMap(presentOf)
  const [first, ...others] = present
  if (first === undefined || others.length === 0 || !present.some(mayHaveList)) return null
  const lists = await readAccessListsNow(present, dirname(first.path))
  const presentPaths = present.map(({ path }) => path)
  // The tool gives no answer for any file if one of them was removed meanwhile.
  if (lists === null || !presentPaths.every(isPresent)) return null
  return correct(presentPaths, lists)
}

function correct (paths: readonly string[], lists: readonly AccessList[]): LostRights | null {
  let model = { path: '', list: [] as AccessList }
  let lost: LostRights | null = null
  for (const [index, path] of paths.entries()) {
    const list = lists[index] ?? []
    if (list.length > 0 || model.list.length === 0) model = { path, list }
    else lost ??= giveList(path, model)
  }
  return lost
}

function giveList (path: string, model: { readonly path: string, readonly list: AccessList }): LostRights | null {
  const descriptor = openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
  try {
    return giveRights({ path, descriptor }, [{ path: model.path, stats: statSync(model.path) }], { lists: [model.list], inherited: [] })
  } finally {
    closeQuietly(descriptor)
  }
}

function presentOf (path: string): Asked[] {
  const stats = ignoreMissing(() => statSync(path))
  return stats === null ? [] : [askedOf({ path, stats })]
}

function isPresent (path: string): boolean {
  return presentOf(path).length > 0
}
