// Small ways to say which system error is expected where, so that nothing else is swallowed with it.
import { isError } from '../errors.js'

/** The error's system code, or `'UNKNOWN'` for what is not a system error. */
export function errnoOf (error: unknown): string {
  return isError(error) && 'code' in error && typeof error.code === 'string' ? error.code : 'UNKNOWN'
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
