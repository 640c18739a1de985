// The answer of a store, or an error on the way to it. The code is the store's own or the system's.

/** What a person can do, by the code. */
const remedies: Readonly<Record<string, string>> = {
  AccessDenied: 'allow s3:PutObject, s3:GetObject and s3:ListBucket for these credentials',
  InvalidAccessKeyId: 'check AWS_ACCESS_KEY_ID and the endpoint',
  SignatureDoesNotMatch: 'check AWS_SECRET_ACCESS_KEY and "upload.region"',
  RequestTimeTooSkewed: "set this machine's clock",
  ExpiredToken: 'renew the credentials: their session token has expired',
  InvalidToken: 'renew the credentials: AWS_SESSION_TOKEN belongs to other keys, or is damaged',
  NoSuchBucket: 'create the bucket, or correct "upload.to"',
  PermanentRedirect: 'set "upload.region" or "upload.endpoint" to where the bucket is',
  AuthorizationHeaderMalformed: 'set "upload.region" to the region of the bucket',
  NoSuchKey: 'a lifecycle rule may have removed it',
  InvalidObjectState: 'restore it from its cold storage class first',
  EntityTooLarge: 'rotate at a smaller "size"',
  QuotaExceeded: 'raise the quota of the bucket',
  ENOTFOUND: 'check the host name in "upload.endpoint" and the DNS of this machine',
  EAI_AGAIN: 'check the DNS of this machine',
  ECONNREFUSED: 'check that the store runs and that "upload.endpoint" is right',
  ERR_ROTOR_STORE_SILENT: 'check the network on the way to the store',
  ERR_ROTOR_STORE_EARLY: 'look at the proxy in front of the store: it answered without the body',
  ERR_ROTOR_STORE_FOREIGN: 'check "upload.endpoint", and look at the proxy in front of the store',
  ERR_ROTOR_STORE_UNPROVEN: 'use a store that checks Content-MD5 or the signed SHA-256',
  ERR_ROTOR_CREDENTIALS: 'set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, name a module in "upload.credentials", or install @aws-sdk/credential-provider-node'
}

export class StoreError extends Error {
  override readonly name = 'StoreError'
  readonly code: string
  /** The HTTP status; null if no answer came. */
  readonly status: number | null
  /** How long the store asks to wait. */
  readonly retryAfterMs: number | null

  constructor (code: string, message: string, { status = null, retryAfterMs = null, cause }: { status?: number | null, retryAfterMs?: number | null, cause?: unknown } = {}) {
    super(message, cause === undefined ? {} : { cause })
    this.code = code
    this.status = status
    this.retryAfterMs = retryAfterMs
  }
}

/** Returns what to do about an error with that code; null if its message is enough. */
export function remedyFor (code: string): string | null {
  return Object.hasOwn(remedies, code) ? remedies[code] ?? null : null
}
