// The error of a wrong call: one line on stderr, exit status 2, nothing changed.

export class UsageError extends Error {
  override readonly name = 'UsageError'
}
