// Small functions for system errors. All but `attempt` name the expected error, so that no other one is swallowed with it.
import { constants } from 'node:os'
import { isError, textOf, type ErrorFacts } from '../errors.js'

/** An error may be its own cause. */
const causesMax = 4

/** The errors of file systems that have no hard links, or refuse one to this file. */
export const linkRefused = ['EPERM', 'EACCES', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'EXDEV']

/** How often a call is tried that signals interrupt. */
const interruptionsMax = 100

/** Node's message for an error number without a name, such as that of an exceeded quota. */
const nameless = /^UNKNOWN: unknown error|^Unknown system error -\d+(: Unknown system error -\d+)?/

/** Returns the error's system code, or `'UNKNOWN'` if it has none. */
export function errnoOf (error: unknown): string {
  const code = isError(error) ? textIn(error, 'code') : undefined
  if (!isError(error) || code === undefined) return 'UNKNOWN'
  return code === 'UNKNOWN' || nameless.test(code) ? nameOf(error) ?? code : code
}

/** Whether the disk, or a quota on it, has no room. */
export function isOutOfRoom (error: unknown): boolean {
  return ['ENOSPC', 'EDQUOT'].includes(errnoOf(error))
}

/** Returns the error's system code and the message to report. */
export function codeAndMessage (error: unknown): { code: string, message: string } {
  const code = errnoOf(error)
  return { code, message: (isError(error) ? textIn(error, 'message') : undefined)?.replace(nameless, code) ?? textOf(error) }
}

/** The parts of an error that can be sent between threads. */
export function errorFacts (error: unknown, causesLeft = causesMax): ErrorFacts {
  if (!isError(error)) return { name: 'Error', message: textOf(error) }
  const { code, message } = codeAndMessage(error)
  const path = textIn(error, 'path')
  const cause = memberOf(error, 'cause')
  return {
    name: textIn(error, 'name') ?? 'Error',
    message,
    ...(memberOf(error, 'code') !== undefined && { code }),
    ...(path !== undefined && { path }),
    ...(cause !== undefined && causesLeft > 0 && { cause: errorFacts(cause, causesLeft - 1) })
  }
}

function textIn (error: Error, name: string): string | undefined {
  const value = memberOf(error, name)
  return typeof value === 'string' ? value : undefined
}

// User code may throw errors whose members throw, or are anything but text.
function memberOf (error: Error, name: string): unknown {
  try {
    return (error as Error & Readonly<Record<string, unknown>>)[name]
  } catch {
    return undefined
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

/** Runs the action, which reads, again while a signal interrupts it. Node itself does that for every call but reads. */
export function uninterrupted<Result> (action: () => Result): Result {
  for (let attempts = 1; attempts < interruptionsMax; attempts++) {
    try {
      return action()
    } catch (error) {
      if (errnoOf(error) !== 'EINTR') throw error
    }
  }
  return action()
}

/** Does the same with an action that resolves later. */
export async function uninterruptedLater<Result> (action: () => Promise<Result>): Promise<Result> {
  for (let attempts = 1; attempts < interruptionsMax; attempts++) {
    try {
      return await action()
    } catch (error) {
      if (errnoOf(error) !== 'EINTR') throw error
    }
  }
  return await action()
}

/** Runs the action. Returns null if its path leads to nothing, also if symbolic links lead round in a circle or through a file. */
export function ignoreUnreachable<Result> (action: () => Result): Result | null {
  return unless(['ENOENT', 'ELOOP', 'ENOTDIR'], action)
}

/** Runs the action. Its failure is no news: an earlier one is reported, or a later step finds the same. */
export function attempt (action: () => void): void {
  try {
    action()
  } catch {
    // The caller goes on with what is there.
  }
}
