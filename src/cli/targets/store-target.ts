// Finds the log of a command that uses its store. Only the application's own options name the store.
import { RotorDisabledError } from '../../errors.js'
import type { Settings, Uploading } from '../../options/settings.js'
import type { Call } from '../call/command.js'
import { rawOptions, type LogTarget } from './log-target.js'
import { requireActivePath } from './active-target.js'
import { UsageError } from '../call/usage-error.js'

export interface StoreTarget {
  readonly settings: Settings
  readonly uploading: Uploading
  readonly shown: string
}

/** Finds the log and its store, or throws a UsageError. `find` decides whether the log's files must exist. */
export async function findStored (call: Call, command: string, find: (raw: Record<string, unknown>, call: Call) => Promise<LogTarget>): Promise<StoreTarget> {
  const config = call.values.get('config')
  if (config === undefined) throw new UsageError(`${command} needs the store: give --config PATH with the options of the application. Nothing was changed`)
  await requireActivePath(call)
  const { settings, shown } = await find(await rawOptions(call), call)
  if (settings.upload === null) throw new UsageError(`${config} has no "upload" for ${shown}: set it to { "to": "s3://bucket/prefix" }, or to { "module" } for your own store`)
  if (!settings.enabled) throw new RotorDisabledError(settings.file)
  return { settings, uploading: settings.upload, shown }
}
