// Looks at the logs of a command, of which a folder may hold thousands: a few at a time, and with few listings of the folder.
import { keepingListings } from '../../disk/archive-folder.js'
import { eachLog } from '../../lifecycle/survey/each-log.js'
import type { LogTarget } from './log-target.js'

/** Looks at each log. The results come in the order of the logs. */
export async function ofEachLog<Result> (targets: readonly LogTarget[], look: (target: LogTarget) => Promise<Result>): Promise<Result[]> {
  const lookAtAll = async (): Promise<Result[]> => await eachLog(targets, look)
  return await (targets.length > 1 ? keepingListings(lookAtAll) : lookAtAll())
}
