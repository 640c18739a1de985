// Finds credentials: from a module that the options name, the environment, or the optional peer for roles, SSO and instance
// metadata. They are requested before each request, so rotated ones are used. They are never kept or printed.
import { isError } from '../errors.js'
import { StoreError } from './store-error.js'

export interface Credentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string | undefined
}

export type CredentialSource = () => Promise<Credentials>

const peer = '@aws-sdk/credential-provider-node'
/** A silent metadata service must not delay an upload for ever. */
const patienceMs = 30_000

/** Makes the source of credentials: the loaded module's function, or null for the environment and the peer. */
export function credentialSource (fromModule: unknown): CredentialSource {
  let provider: (() => Promise<unknown>) | null = typeof fromModule === 'function' ? async () => await (fromModule as () => unknown)() : null
  return async () => {
    if (provider === null) {
      const found = environmentCredentials(process.env)
      if (found !== null) return found
      provider = await peerProvider()
    }
    return checked(await withinPatience(provider()))
  }
}

function environmentCredentials (environment: NodeJS.ProcessEnv): Credentials | null {
  const accessKeyId = environment['AWS_ACCESS_KEY_ID'] ?? ''
  const secretAccessKey = environment['AWS_SECRET_ACCESS_KEY'] ?? ''
  if (accessKeyId === '' || secretAccessKey === '') return null
  return { accessKeyId, secretAccessKey, sessionToken: environment['AWS_SESSION_TOKEN'] }
}

async function peerProvider (): Promise<() => Promise<unknown>> {
  try {
    const { defaultProvider } = await import('@aws-sdk/credential-provider-node')
    return defaultProvider()
  } catch (cause) {
    throw new StoreError('ERR_ROTOR_CREDENTIALS', `there are no credentials in the environment, and ${peer} is not installed`, { cause })
  }
}

function checked (given: unknown): Credentials {
  const { accessKeyId, secretAccessKey, sessionToken } = typeof given === 'object' && given !== null ? given as Record<string, unknown> : {}
  if (typeof accessKeyId === 'string' && typeof secretAccessKey === 'string' && (sessionToken === undefined || typeof sessionToken === 'string')) {
    return { accessKeyId, secretAccessKey, sessionToken }
  }
  // The message does not contain the value, which may be a secret in the wrong place.
  throw new StoreError('ERR_ROTOR_CREDENTIALS', 'the source of credentials gave no { accessKeyId, secretAccessKey } of texts')
}

async function withinPatience (credentials: Promise<unknown>): Promise<unknown> {
  let timer: NodeJS.Timeout | undefined
  const timeout = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => { reject(new StoreError('ERR_ROTOR_CREDENTIALS', `the source of credentials did not answer for ${patienceMs / 1000} s`)) }, patienceMs).unref()
  })
  try {
    return await Promise.race([credentials, timeout])
  } catch (cause) {
    if (cause instanceof StoreError) throw cause
    // Neither its message nor itself is shown: it may contain a secret.
    throw new StoreError('ERR_ROTOR_CREDENTIALS', `the source of credentials failed: ${isError(cause) ? cause.name : typeof cause}`)
  } finally {
    clearTimeout(timer)
  }
}
