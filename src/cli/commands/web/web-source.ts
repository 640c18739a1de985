// The logs that the page shows: one, or every log of a folder. A folder is looked at again for each list, because logs come
// and go. Each log keeps its number.
import { readFileSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { systemClock } from '../../../clock.js'
import { readStatusOfAll } from '../../../lifecycle/survey/read-status.js'
import type { WebLog, WebSource } from '../../../web/logs/web-log.js'
import type { Call } from '../../call/command.js'
import { FolderWriters } from '../../checks/folder-writers.js'
import { describeFailure } from '../../call/failure.js'
import { readWindow, timezoneOf } from '../../call/since-and-until.js'
import { isOfFolder, rawOptions, targetFor, targetsInFolder, type LogTarget } from '../../targets/log-target.js'
import { logsIn } from '../../targets/logs-in.js'
import { UsageError } from '../../call/usage-error.js'
import { examine } from '../doctor.js'
import { sqlOver } from './sql.js'

/** Finds the logs of a call, or throws a UsageError. */
export async function webSource (call: Pick<Call, 'file' | 'values'>): Promise<WebSource> {
  if (call.file === null && !call.values.has('config')) throw new UsageError('which logs? Give a folder or an active file, such as logs/, or --config PATH')
  const raw = isOfFolder(call) ? null : await rawOptions(call)
  const timezone = timezoneOf(call, raw?.['timezone'])
  const found = new FoundLogs(call)
  if (raw === null) await found.addFolder(await targetsInFolder(call.file ?? ''))
  else found.addAll(await withRoutes(await targetFor(raw, call)))
  return {
    title: raw === null ? basename(resolve(call.file ?? '')) : found.logs[0]?.shown ?? '',
    timezone,
    version: version(),
    logs: async () => ({ refusal: await found.lookAgain(), logs: found.logs }),
    find: async (id) => await Promise.resolve(found.logs.find((log) => log.id === id) ?? null),
    window: (since, until) => readWindow(since, until, { nowMs: systemClock.now(), timezone }),
    query: sqlOver()
  }
}

async function withRoutes (target: LogTarget): Promise<LogTarget[]> {
  const files = new Map([[target.settings.file, target]])
  for (const { settings } of target.settings.routes) files.set(settings.file, { ...target, settings, shown: settings.file === target.settings.file ? target.shown : basename(settings.file) })
  return await Promise.resolve([...files.values()])
}

class FoundLogs {
  readonly logs: WebLog[] = []
  readonly #call: Pick<Call, 'file' | 'values'>
  readonly #writersOf = new FolderWriters()
  #folder: string | null = null

  constructor (call: Pick<Call, 'file' | 'values'>) {
    this.#call = call
  }

  async addFolder (targets: readonly LogTarget[]): Promise<void> {
    this.#folder = resolve(this.#call.file ?? '')
    this.addAll(await Promise.resolve(targets))
  }

  addAll (targets: readonly LogTarget[]): void {
    for (const target of targets) if (!this.logs.some(({ settings }) => settings.file === target.settings.file)) this.logs.push(this.#webLog(target))
  }

  /** Finds new logs in the folder. Resolves to the reason if it cannot be read. */
  async lookAgain (): Promise<string | null> {
    if (this.#folder === null) return null
    try {
      const folder = this.#folder
      const isNew = (await logsIn(folder)).some((base) => !this.logs.some(({ settings }) => settings.file === join(folder, base)))
      if (isNew) this.addAll(await targetsInFolder(folder))
      return null
    } catch (error) {
      return describeFailure(error).line
    }
  }

  #webLog (target: LogTarget): WebLog {
    return {
      id: this.logs.length + 1,
      ...target,
      status: async () => await readStatusOfAll({ ...target.settings, routes: [] }, systemClock.now(), target.isConfigured ? 'config' : 'defaults'),
      findings: async () => await examine(target, this.#call, this.#writersOf)
    }
  }
}

function version (): string {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }
  return version
}
