// What is said when a command fails, and with which exit status.
import { errnoOf } from '../../disk/errno.js'
import { isError, RotorOptionsError } from '../../errors.js'
import type { ExitStatus } from './command.js'
import { UsageError } from './usage-error.js'

const remedies: Readonly<Record<string, string>> = {
  EACCES: 'run it as the user that the application runs as',
  EPERM: 'run it as the user that the application runs as',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full: remove something, or run pino-rotor status to see what takes the room',
  EMFILE: 'too many open files: raise ulimit -n',
  ERR_ROTOR_BUSY: 'another process is at it: try again, or run pino-rotor doctor to see who'
}

/** Failures of the call rather than of the log. */
const callFailures = ['EACCES', 'EPERM', 'EROFS', 'ENOENT', 'ENOTDIR', 'ENAMETOOLONG', 'ERR_ROTOR_DISABLED', 'ERR_ROTOR_FILE_TYPE']

/** Describes an error in one line, with the exit status that it stands for. */
export function describeFailure (error: unknown): { line: string, status: ExitStatus } {
  if (error instanceof UsageError) return { line: error.message, status: 2 }
  if (error instanceof RotorOptionsError) return { line: faultsInOneLine(error), status: 2 }
  const code = errnoOf(error)
  const remedy = remedies[code]
  const message = (isError(error) ? error.message : String(error)).replaceAll(/\s*\n\s*/g, ' ')
  return { line: remedy === undefined ? message : `${message} (${remedy})`, status: callFailures.includes(code) ? 2 : 1 }
}

/** Writes every fault of the options in one line. */
export function faultsInOneLine ({ faults }: RotorOptionsError): string {
  return faults.map(({ path, expected, received }) => `${path}: expected ${expected}, received ${received}`).join('; ')
}
