// Failures with compressed files that the system does not report as errors.

export type CompressErrorCode = 'ERR_ROTOR_COPY_DAMAGED' | 'ERR_ROTOR_COPY_EMPTY' | 'ERR_ROTOR_SOURCE_SHRANK' | 'ERR_ROTOR_ZSTD_MISSING' | 'ERR_ROTOR_COMPRESSOR' | 'ERR_ROTOR_WRITE_STALLED'

/** A copy could not be made or proven although the system reported no error. */
export class CompressError extends Error {
  override readonly name = 'CompressError'
  readonly code: CompressErrorCode
  readonly path: string

  constructor (code: CompressErrorCode, path: string, message: string, cause?: unknown) {
    super(`${path} ${message}`, { cause })
    this.code = code
    this.path = path
  }
}
