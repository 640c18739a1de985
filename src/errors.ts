// The errors that a caller can meet. Each has a code that never changes; messages may.
import { isNativeError } from 'node:util/types'

/**
 * Whether the value is an error, of whichever realm: to a module that is loaded in a context of its own, as test runners
 * do, Node's errors are no instances of its `Error`.
 */
export function isError (value: unknown): value is Error {
  return isNativeError(value)
}

/** One thing that is wrong with the options. */
export interface OptionFault {
  /** Where in the options, for example `limit.count`. */
  path: string
  /** What was expected there. */
  expected: string
  /** What came, as it would be written in code. */
  received: string
}

/** The options are wrong. Thrown before any file is touched; lists every fault at once. */
export class RotorOptionsError extends Error {
  override readonly name = 'RotorOptionsError'
  readonly code = 'ERR_ROTOR_OPTIONS'
  readonly faults: readonly OptionFault[]

  /** The options in this library's words, where they were written for another one; else null. */
  readonly suggestion: string | null

  constructor (faults: readonly OptionFault[], suggestion: string | null = null) {
    const lines = faults.map(({ path, expected, received }) => `${path}: expected ${expected}, received ${received}`)
    super([...lines, ...suggestion === null ? [] : [`These look like the options of another library. Here they are: ${suggestion}`]].join('\n'))
    this.faults = faults
    this.suggestion = suggestion
  }
}

/** The active file could not be opened when the transport started. `code` is the system's, for example `EACCES`. */
export class RotorOpenError extends Error {
  override readonly name = 'RotorOpenError'
  readonly code: string
  readonly path: string

  constructor (path: string, cause: unknown) {
    const { code, message }: NodeJS.ErrnoException = isError(cause) ? cause : new Error(String(cause))
    super(`cannot open ${path}: ${message}`, { cause })
    this.code = code ?? 'ERR_ROTOR_OPEN'
    this.path = path
  }
}

/** Something else stands where a file, or the link, of ours belongs. It is left alone. */
export class RotorFileTypeError extends Error {
  override readonly name = 'RotorFileTypeError'
  readonly code = 'ERR_ROTOR_FILE_TYPE'
  readonly path: string

  constructor (path: string, expected = 'a regular file') {
    super(`${path} is not ${expected}`)
    this.path = path
  }
}

/** A rotation could not be done now: somebody else holds the lock, or the disk refuses writes. Try again. */
export class RotorBusyError extends Error {
  override readonly name = 'RotorBusyError'
  readonly code = 'ERR_ROTOR_BUSY'
  readonly path: string

  constructor (path: string) {
    super(`cannot rotate at the moment: ${path} is in use`)
    this.path = path
  }
}

/** An error as it survives the way between threads, which keeps only its text otherwise. */
export interface ErrorFacts {
  readonly name: string
  readonly message: string
  readonly code?: string
  readonly path?: string
  readonly cause?: ErrorFacts
}

/** What went wrong in the worker, as the application is told: `code`, `path` and `cause` are those of the error over there. */
export class RotorWorkerError extends Error {
  override readonly name: string
  readonly code: string
  readonly path: string | undefined

  /** @internal The handle makes these, of what came from the worker. */
  constructor ({ name, message, code, path, cause }: ErrorFacts) {
    super(message, cause === undefined ? {} : { cause: workerError(cause) })
    this.name = name
    this.code = code ?? 'ERR_ROTOR_WORKER'
    this.path = path
  }
}

// Were it made within the class, the bundle would give the class another name, which a printed error shows.
function workerError (facts: ErrorFacts): RotorWorkerError {
  return new RotorWorkerError(facts)
}

/** Something was asked of a log that is closed already. */
export class RotorClosedError extends Error {
  override readonly name = 'RotorClosedError'
  readonly code = 'ERR_ROTOR_CLOSED'
  readonly path: string

  constructor (path: string) {
    super(`${path} is closed`)
    this.path = path
  }
}

/** A rotation or a sweep was asked of a log that only appends: its option `enabled` is `false`. */
export class RotorDisabledError extends Error {
  override readonly name = 'RotorDisabledError'
  readonly code = 'ERR_ROTOR_DISABLED'
  readonly path: string

  constructor (path: string) {
    super(`${path} is neither rotated nor swept: the option "enabled" is false`)
    this.path = path
  }
}
