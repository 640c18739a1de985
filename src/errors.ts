// The errors that a caller can get. Each has a code that never changes; its message may.
import { isNativeError } from 'node:util/types'

/**
 * Whether the value is an error, of any realm. Test runners load modules in a context of their own, where Node's errors are not instances of
 * `Error`.
 */
export function isError (value: unknown): value is Error {
  return isNativeError(value)
}

/** The text of anything that was thrown. User code may throw values that cannot be turned into text. */
export function textOf (value: unknown): string {
  try {
    return String(value)
  } catch {
    return 'a value without text'
  }
}

/** One wrong option. */
export interface OptionFault {
  /** The option's path, for example `limit.count`. */
  path: string
  /** What was expected. */
  expected: string
  /** What came instead, as it would be written in code. */
  received: string
}

/** Options are wrong. Thrown before any file is touched. Lists every fault at once. */
export class RotorOptionsError extends Error {
  override readonly name = 'RotorOptionsError'
  readonly code = 'ERR_ROTOR_OPTIONS'
  readonly faults: readonly OptionFault[]

  constructor (faults: readonly OptionFault[]) {
    super(faults.map(({ path, expected, received }) => `${path}: expected ${expected}, received ${received}`).join('\n'))
    this.faults = faults
  }
}

/** This line of Node is not supported. Thrown when the package is loaded. */
export class RotorNodeError extends Error {
  override readonly name = 'RotorNodeError'
  readonly code = 'ERR_ROTOR_NODE'

  constructor (version: string, oldestLine: number) {
    super(`pino-rotor needs Node ${oldestLine} or later, and this is Node ${version}`)
  }
}

/** The active file could not be opened at the start. `code` is the system's, for example `EACCES`. */
export class RotorOpenError extends Error {
  override readonly name = 'RotorOpenError'
  readonly code: string
  readonly path: string

  constructor (path: string, cause: unknown, { code, message }: { readonly code: string, readonly message: string }) {
    super(`cannot open ${path}: ${message}`, { cause })
    this.code = code
    this.path = path
  }
}

/** Another kind of file, such as a folder or a symbolic link, has the name of a log's file. It is left alone. */
export class RotorFileTypeError extends Error {
  override readonly name = 'RotorFileTypeError'
  readonly code = 'ERR_ROTOR_FILE_TYPE'
  readonly path: string

  constructor (path: string, expected = 'a regular file') {
    super(`${path} is not ${expected}`)
    this.path = path
  }
}

/** A user's module has not finished loading in time. The log goes on without it. */
export class ModuleLoadingError extends Error {
  override readonly name = 'ModuleLoadingError'
  readonly code = 'ERR_ROTOR_MODULE'
  readonly path: string

  constructor (path: string, afterMs: number) {
    super(`${path} has not finished loading within ${afterMs / 1000} s: the log goes on without it until the next start; does its top level await something that never comes?`)
    this.path = path
  }
}

/** The options name a level, and the logger has not told its number. Until it does, no line matches that level. */
export class RotorLevelError extends Error {
  override readonly name = 'RotorLevelError'
  readonly code = 'ERR_ROTOR_LEVEL'

  constructor (level: string, told: readonly string[]) {
    super(told.length === 0
      ? `the options name the level "${level}", but no logger has told its levels: write the level's number, or give this destination to pino()`
      : `the options name the level "${level}", which the logger does not have (it has ${told.join(', ')}): write one of these names, or the level's number`)
  }
}

/**
 * A rotation cannot be done now, because another process holds the lock, the disk refuses writes, or a line of more than 16 MiB has
 * begun and not ended. Try again later.
 */
export class RotorBusyError extends Error {
  override readonly name = 'RotorBusyError'
  readonly code = 'ERR_ROTOR_BUSY'
  readonly path: string

  constructor (path: string) {
    super(`cannot rotate ${path} now: another process holds its lock, the disk refuses writes, or a very long line is being written; try again later`)
    this.path = path
  }
}

/** The path leads to another file at each look. Writing continues, and the rotation is tried again later. */
export class RotorUnsettledError extends Error {
  override readonly name = 'RotorUnsettledError'
  readonly code = 'ERR_ROTOR_UNSETTLED'
  readonly path: string

  constructor (path: string) {
    super(`${path} was a different file at each look: another process keeps replacing it, or the file system gives it a new inode number each time`)
    this.path = path
  }
}

/** Removals have freed no space, so `minFree` removes no more. */
export class RotorSpaceError extends Error {
  override readonly name = 'RotorSpaceError'
  readonly code = 'ERR_ROTOR_SPACE_NOT_FREED'
  readonly path: string

  constructor (path: string) {
    super(`removing archives frees no space in ${path}: a snapshot, or a process that has them open, keeps their bytes; "limit.minFree" removes no more until space becomes free`)
    this.path = path
  }
}

/** Something else than text or bytes was written. Thrown by `write`, with the code that a stream.Writable uses. */
export class RotorChunkError extends TypeError {
  override readonly name = 'TypeError'
  readonly code = 'ERR_INVALID_ARG_TYPE'

  constructor (chunk: unknown) {
    super(`a chunk must be a string, a Buffer or a Uint8Array, received ${chunk === null ? 'null' : typeof chunk}`)
  }
}

/** The disk has not taken lines for 2 s. They wait in memory and are written as soon as it takes them again. */
export class RotorStalledError extends Error {
  override readonly name = 'RotorStalledError'
  readonly code = 'ERR_ROTOR_STALLED'
  readonly path: string

  constructor (path: string) {
    super(`${path}: the disk has taken no lines for 2 s; they wait in memory`)
    this.path = path
  }
}

/** An error as plain data, to pass between threads: a thread's message keeps only the text of an Error. */
export interface ErrorFacts {
  readonly name: string
  readonly message: string
  readonly code?: string
  readonly path?: string
  readonly cause?: ErrorFacts
}

/** An error of the worker, in the application's thread. `code`, `path` and `cause` are those of the original error. */
export class RotorWorkerError extends Error {
  override readonly name: string
  readonly code: string
  readonly path: string | undefined

  /** @internal Made by the handle. */
  constructor ({ name, message, code, path, cause }: ErrorFacts) {
    super(message, cause === undefined ? {} : { cause: workerError(cause) })
    this.name = name
    this.code = code ?? 'ERR_ROTOR_WORKER'
    this.path = path
  }
}

// If the class itself called its constructor, the bundler would rename the class, and a printed error would show that name.
function workerError (facts: ErrorFacts): RotorWorkerError {
  return new RotorWorkerError(facts)
}

/** The log is already closed. */
export class RotorClosedError extends Error {
  override readonly name = 'RotorClosedError'
  readonly code = 'ERR_ROTOR_CLOSED'
  readonly path: string

  constructor (path: string) {
    super(`${path} is already closed`)
    this.path = path
  }
}

/** The log only appends, because its option `enabled` is `false`: it can be neither rotated nor swept. */
export class RotorDisabledError extends Error {
  override readonly name = 'RotorDisabledError'
  readonly code = 'ERR_ROTOR_DISABLED'
  readonly path: string

  constructor (path: string) {
    super(`cannot rotate or sweep ${path}: the option "enabled" is false`)
    this.path = path
  }
}
