// What a person can put right by calling differently: one line on stderr, exit status 2, nothing changed.

export class UsageError extends Error {
  override readonly name = 'UsageError'
}
