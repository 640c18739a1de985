// The message and the exit status of a command that fails.
import { errnoOf } from '../../disk/errno.js'
import { isError, RotorOptionsError } from '../../errors.js'
import { remedyOf } from '../../policy/remedy.js'
import type { ExitStatus } from './command.js'
import { UsageError } from './usage-error.js'

const remedies: Readonly<Record<string, string>> = {
  EACCES: 'run it as the user that the application runs as',
  EPERM: 'run it as the user that the application runs as',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full: free some space, or run pino-rotor status to see what takes it',
  EMFILE: 'too many open files: raise ulimit -n',
  ERR_ROTOR_BUSY: 'another process is rotating or sweeping: try again, or run pino-rotor doctor to see which'
}

/** Codes of rotations that are impossible at this place of the file. The remedies are the application's. */
const rotationFailures = ['EBUSY', 'EXDEV']

/** Codes of errors that concern the call, not the log. */
const callFailures = ['EACCES', 'EPERM', 'EROFS', 'ENOENT', 'ENOTDIR', 'ENAMETOOLONG', 'ERR_ROTOR_DISABLED', 'ERR_ROTOR_FILE_TYPE']

/** Describes an error in one line, with its exit status. */
export function describeFailure (error: unknown): { line: string, status: ExitStatus } {
  if (error instanceof UsageError) return { line: error.message, status: 2 }
  if (error instanceof RotorOptionsError) return { line: faultsInOneLine(error), status: 2 }
  const code = errnoOf(error)
  const remedy = remedies[code] ?? (rotationFailures.includes(code) ? remedyOf(code) ?? undefined : undefined)
  const message = (isError(error) ? error.message : String(error)).replaceAll(/\s*\n\s*/g, ' ')
  return { line: remedy === undefined ? message : `${message} (${remedy})`, status: callFailures.includes(code) ? 2 : 1 }
}

/** Writes every fault of the options in one line. */
export function faultsInOneLine ({ faults }: RotorOptionsError): string {
  return faults.map(({ path, expected, received }) => `${path}: expected ${expected}, received ${received}`).join('; ')
}
