// Makes the store that the options name, with its client and the user's modules.
import type { Clock } from '../../clock.js'
import { RotorOptionsError } from '../../errors.js'
import type { Uploading } from '../../options/settings.js'
import { credentialSource } from '../../remote/credentials.js'
import { ModuleStore, storeModuleOf } from '../../remote/module-store.js'
import { S3Store } from '../../remote/s3-store.js'
import type { ObjectStore } from '../../remote/store.js'
import { importModule } from '../import-module.js'

/** How long both sides may be silent. By the kernel's buffers, a store that takes 1 KB a second moves once a minute. */
const usualSilenceMs = 120_000

/** Opens the store without a request, until the signal is aborted. Throws a RotorOptionsError if a module is missing or wrong. */
export async function openStore ({ place }: Uploading, clock: Clock, signal?: AbortSignal, silenceMs = usualSilenceMs): Promise<ObjectStore> {
  if (place.kind === 'bucket') return await openBucket(place, clock, silenceMs, signal)
  const loaded = await importModule(place.module, 'upload.module', signal)
  const module = storeModuleOf(loaded['default'] ?? loaded) ?? storeModuleOf(loaded)
  if (module === null) throw new RotorOptionsError([{ path: 'upload.module', expected: `a module that exports put(key, stream, facts) and head(key) (${place.module})`, received: typeof loaded['default'] }])
  return new ModuleStore(module, place.module, silenceMs)
}

/** Opens the bucket, which can also be read. */
export async function openBucket (place: Extract<Uploading['place'], { kind: 'bucket' }>, clock: Clock, silenceMs = usualSilenceMs, signal?: AbortSignal): Promise<S3Store> {
  const source = place.credentialsModule === null ? null : await credentialsFunction(place.credentialsModule, signal)
  return new S3Store({ place, credentials: credentialSource(source), now: clock.now, silenceMs })
}

async function credentialsFunction (module: string, signal: AbortSignal | undefined): Promise<unknown> {
  const { default: exported } = await importModule(module, 'upload.credentials.module', signal)
  if (typeof exported === 'function') return exported
  throw new RotorOptionsError([{ path: 'upload.credentials.module', expected: `a module whose default export is a function that returns { accessKeyId, secretAccessKey } (${module})`, received: typeof exported }])
}
