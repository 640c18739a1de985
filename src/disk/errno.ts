// Small functions that name the expected system error, so that no other error is swallowed with it.
import { constants } from 'node:os'
import { isError, type ErrorFacts } from '../errors.js'

/** Node's message for an error number without a name, such as that of an exceeded quota. */
const nameless = /^UNKNOWN: unknown error|^Unknown system error -\d+(: Unknown system error -\d+)?/

/** Returns the error's system code, or `'UNKNOWN'` if it has none. */
export function errnoOf (error: unknown): string {
  if (!isError(error) || !('code' in error) || typeof error.code !== 'string') return 'UNKNOWN'
  return error.code === 'UNKNOWN' || nameless.test(error.code) ? nameOf(error) ?? error.code : error.code
}

/** Whether the disk, or a quota on it, has no room. */
export function isOutOfRoom (error: unknown): boolean {
  return ['ENOSPC', 'EDQUOT'].includes(errnoOf(error))
}

/** Returns the error's system code and the message to report. */
export function codeAndMessage (error: unknown): { code: string, message: string } {
  const code = errnoOf(error)
  return { code, message: isError(error) ? error.message.replace(nameless, code) : String(error) }
}

/** The parts of an error that can be sent between threads. */
export function errorFacts (error: unknown): ErrorFacts {
  if (!isError(error)) return { name: 'Error', message: String(error) }
  const { name, code, path, cause }: NodeJS.ErrnoException = error
  const known = codeAndMessage(error)
  return {
    name,
    message: known.message,
    ...(code !== undefined && { code: known.code }),
    ...(path !== undefined && { path }),
    ...(cause !== undefined && { cause: errorFacts(cause) })
  }
}

// Node counts error numbers down from zero.
function nameOf (error: object): string | null {
  if (!('errno' in error)) return null
  const [name] = Object.entries(constants.errno).find(([, number]) => number === -Number(error.errno)) ?? []
  return name ?? null
}

/** Runs the action. Returns null instead of throwing if it fails with one of these codes. */
export function unless<Result> (codes: readonly string[], action: () => Result): Result | null {
  try {
    return action()
  } catch (error) {
    if (codes.includes(errnoOf(error))) return null
    throw error
  }
}

/** Runs the action. Returns null if its path is missing, since other programs may remove it at any time. */
export function ignoreMissing<Result> (action: () => Result): Result | null {
  return unless(['ENOENT'], action)
}
