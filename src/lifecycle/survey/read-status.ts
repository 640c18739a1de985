// Reads the status of a log, and of the logs of its routes, from the disk.
import type { Settings } from '../../options/settings.js'
import { statusOf } from '../../policy/status/status.js'
import type { LogStatus, OptionsSource } from '../../policy/status/status-shape.js'
import { uploadStatus } from '../../policy/status/upload-status.js'
import { readUploadRecord } from '../uploading/upload-record-file.js'
import { readForwardStatus } from './forward-status.js'
import { eachLog } from './each-log.js'
import { surveyLog } from './log-survey.js'

/** Reads the log's folder and sums up its content. It changes nothing. A missing file counts as empty. */
export async function readStatus (settings: Settings, nowMs: number, from: OptionsSource = 'application'): Promise<LogStatus> {
  const survey = await surveyLog(settings, nowMs)
  const status = statusOf(survey, settings, nowMs, from)
  const forward = await readForwardStatus(survey, settings, nowMs)
  return {
    ...status,
    ...settings.upload !== null && { upload: uploadStatus(survey, settings, readUploadRecord(survey.log)) },
    ...forward !== null && { forward }
  }
}

/** Reads the status of the log and of every other log of its routes, each once. */
export async function readStatusOfAll (settings: Settings, nowMs: number, from: OptionsSource): Promise<LogStatus> {
  const main = await readStatus(settings, nowMs, from)
  if (settings.routes.length === 0) return main
  const others = new Map(settings.routes.map((route) => [route.settings.file, route.settings]))
  others.delete(settings.file)
  return { ...main, routes: await eachLog([...others.values()], async (own) => await readStatus(own, nowMs, from)) }
}
