// Checks whether the store of the option "upload" answers and accepts the credentials, to list and to store. Nothing is stored:
// the object that it offers does not have its checksums, so a store that allows it refuses it for that.
import { systemClock } from '../../clock.js'
import { codeAndMessage } from '../../disk/errno.js'
import type { Settings } from '../../options/settings.js'
import { openBucket } from '../../lifecycle/uploading/open-store.js'
import { readUploadRecord } from '../../lifecycle/uploading/upload-record-file.js'
import { logOf } from '../../policy/names/archive-name.js'
import { commonPrefix } from '../../policy/uploading/object-key.js'
import { remedyFor } from '../../remote/store-error.js'
import { showCount, showTime } from '../screen/units.js'
import { ok, problem, warning, type Finding } from './finding.js'

/** Stores accept signatures that are up to 15 minutes off. A clock that is set by NTP is off by less than this. */
const soundSkewMs = 60_000
/** The key of the object that no store should take. */
const triedName = '.pino-rotor-doctor'
/** A person waits for the answer. */
const silenceMs = 10_000
const stayMs = 60_000

/** Asks the store, and lists files that were set aside. */
export async function checkStore (settings: Settings): Promise<Finding[]> {
  if (settings.upload === null || !settings.enabled) return []
  const { place, keyTemplate } = settings.upload
  const answered = place.kind === 'module' ? [ok('upload', 'your own store: try it with pino-rotor upload')] : await askBucket(place, commonPrefix(keyTemplate))
  return [...answered, ...refused(settings)]
}

async function askBucket (place: Parameters<typeof openBucket>[0], prefix: string): Promise<Finding[]> {
  const never = new AbortController().signal
  const stay = setInterval(() => {}, stayMs)
  try {
    const store = await openBucket(place, systemClock, silenceMs)
    const { value: first } = await store.list(prefix, never).next()
    if (first !== undefined) await store.head(first.key, never)
    await store.tryPut(`${prefix}${triedName}`, never)
    const { clockSkewMs } = store
    if (Math.abs(clockSkewMs) > soundSkewMs) return [warning('upload', `this machine's clock is ${showTime(Math.abs(clockSkewMs))} different from that of ${place.endpoint}: requests are signed with the store's time`, 'set the clock by NTP (timedatectl)')]
    return [ok('upload', `${store.urlOf(prefix)} at ${place.endpoint} answers, and the credentials may list it and store into it`)]
  } catch (error) {
    const { code, message } = codeAndMessage(error)
    return [problem('upload', `the store cannot be used: ${message}`, remedyFor(code) ?? 'check the store\'s message and the application\'s "failed" events')]
  } finally {
    clearInterval(stay)
  }
}

function refused (settings: Settings): Finding[] {
  const [first, ...more] = readUploadRecord(logOf(settings)).refused
  if (first === undefined) return []
  const [name, { code, message }] = first
  return [problem('upload', `${showCount(more.length + 1, 'file')} set aside, the first ${name}: ${message}`, `${remedyFor(code) ?? 'remove the reason'}; then: pino-rotor upload`)]
}
