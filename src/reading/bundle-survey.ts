// Surveys the folder of the bundles without changing anything: how many there are, what a crash left, and which archives the
// latest ones hold.
import { join } from 'node:path'
import { listBundle } from '../disk/bundle/bundle.js'
import { errnoOf } from '../disk/errno.js'
import { readFrom } from '../disk/open-file.js'
import type { Settings } from '../options/settings.js'
import { parseArchiveName, type LogName } from '../policy/names/archive-name.js'
import { bundleEnd } from '../policy/names/bundle-name.js'
import { daysShown } from '../policy/status/growth.js'
import type { SurveyedBundles } from '../policy/status/survey.js'
import { ageFrom } from '../policy/retention/sweep-plan.js'
import { bundleDirectory, readBundleFolder } from './bundle-folder.js'

const dayMs = 86_400_000

/** Surveys the folder. A missing one counts as empty. */
export async function surveyBundles (settings: Settings, log: LogName, nowMs: number): Promise<SurveyedBundles> {
  const directory = bundleDirectory(settings, log)
  try {
    const { bundles, leftovers } = readBundleFolder(directory, log)
    const recent = bundles.filter(({ stamp }) => bundleEnd(stamp, settings.timezone) > nowMs - (daysShown + 1) * dayMs)
    const members = await Promise.all(recent.map(({ name }) => membersOf(join(directory, name), log, settings.timezone)))
    return {
      directory,
      files: bundles,
      leftovers: settings.bundle === null ? [] : leftovers.map((name) => join(directory, name)),
      refused: null,
      members: members.flat()
    }
  } catch (error) {
    return { directory, files: [], leftovers: [], refused: errnoOf(error), members: [] }
  }
}

async function membersOf (path: string, log: LogName, timezone: string): Promise<SurveyedBundles['members']> {
  const { entries } = await readFrom(path, listBundle).catch(() => ({ entries: [] })) // its size counts anyway
  return entries.flatMap(({ name, from, to, packedBytes }) => {
    const archive = parseArchiveName(name, log)
    if (archive === null) return []
    const ageFromMs = ageFrom(archive, timezone)
    return [{ archive: { ...archive, suffix: '.gz' }, bytes: packedBytes, writtenBytes: to - from, ageFromMs, rotatedAtMs: ageFromMs, modifiedMs: ageFromMs, settled: true }]
  })
}
