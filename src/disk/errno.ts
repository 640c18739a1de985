// Small ways to say which system error is expected where, so that nothing else is swallowed with it.
import { constants } from 'node:os'
import { isError } from '../errors.js'

/** What Node says of a number that it has no name for, such as that of a quota that is used up. */
const nameless = /^UNKNOWN: unknown error|^Unknown system error -\d+(: Unknown system error -\d+)?/

/** The error's system code, or `'UNKNOWN'` for what is not a system error. */
export function errnoOf (error: unknown): string {
  if (!isError(error) || !('code' in error) || typeof error.code !== 'string') return 'UNKNOWN'
  return error.code === 'UNKNOWN' || nameless.test(error.code) ? nameOf(error) ?? error.code : error.code
}

/** The error's system code and what is to be said about it. */
export function codeAndMessage (error: unknown): { code: string, message: string } {
  const code = errnoOf(error)
  return { code, message: isError(error) ? error.message.replace(nameless, code) : String(error) }
}

// Node counts them down from zero.
function nameOf (error: object): string | null {
  if (!('errno' in error)) return null
  const [name] = Object.entries(constants.errno).find(([, number]) => number === -Number(error.errno)) ?? []
  return name ?? null
}

/** Runs the action; returns null instead of throwing where it fails with one of the codes named. */
export function unless<Result> (codes: readonly string[], action: () => Result): Result | null {
  try {
    return action()
  } catch (error) {
    if (codes.includes(errnoOf(error))) return null
    throw error
  }
}

/** Runs the action; returns null where its path is missing, which others may have brought about at any time. */
export function ignoreMissing<Result> (action: () => Result): Result | null {
  return unless(['ENOENT'], action)
}
