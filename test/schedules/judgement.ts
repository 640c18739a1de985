// What must hold when a schedule is over, read from the disk without the code under test, but for the names.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { compareArchives, logName, parseArchiveName } from '../../src/policy/names/archive-name.js'
import type { Result } from './actor.js'
import { lineOf, type Reading } from './roles.js'
import { sceneOptions, type Scene } from './scenes.js'
import type { Schedule } from './schedule.js'

export interface Verdict {
  /** What does not hold. */
  readonly faults: readonly string[]
  /** Lines that were kept more than once, which the docs allow where a cause is named. */
  readonly twice: number
}

/** With one more line, a file of so many bytes would be above `size`. */
function fullBytesOf ({ options }: Scene): number {
  return Number.parseInt(options?.size === undefined ? sceneOptions.size : String(options.size)) - lineOf(0, 100).length
}

export const bystander = 'app.other.log'

/** Judges what is in the folder by what the actors tell. */
export function judge (folder: string, scene: Scene, results: readonly Result[], { isStuck, isHeldUp }: Pick<Schedule, 'isStuck'> & { readonly isHeldUp: boolean }): Verdict {
  const faults = results.flatMap(({ failures }) => failures.map((failure) => `an actor met ${failure}`))
  if (isStuck) faults.push('the actors wait for each other, or one never ends')
  const kept = keptLines(folder)
  const wasKilled = results.some(({ kills }) => kills > 0)
  const isTroubled = wasKilled || results.some(({ report }) => report.failed.length > 0)
  const removed = results.map(({ report }) => report.removed).join('')
  const mayBeOutOfOrder = scene.roles.some(({ is }) => is === 'move')
  let twice = 0
  for (const [actor, { report }] of results.entries()) {
    const written = kept.lines.filter((line) => line.startsWith(`{"w":${actor},`))
    const parts = written.filter((line) => isPart(line, actor, report.handedOver))
    // A short write leaves one part at most. Any other part is a torn line.
    const found = parts.length > (scene.failures ?? 0) ? written : written.filter((line) => !parts.includes(line))
    const numbers = found.map(numberIn)
    const torn = found.filter((line, index) => line !== lineOf(actor, numbers[index] ?? 0))
    const lost = report.flushed.filter((number) => !numbers.includes(number) && !removed.includes(lineOf(actor, number)))
    if (lost.length > report.dropped) faults.push(`lines ${lost.join(' ')} of actor ${actor} are lost, ${report.dropped} were told to be dropped`)
    if (torn.length > 0) faults.push(`actor ${actor} has torn lines: ${torn.join('')}`)
    const first = numbers.filter((number, index) => numbers.indexOf(number) === index)
    if (first.some((number, index) => index > 0 && number < (first[index - 1] ?? 0)) && !mayBeOutOfOrder) faults.push(`the lines of actor ${actor} are out of order: ${numbers.join(' ')}`)
    twice += numbers.length - first.length
    for (const read of report.reads) faults.push(...readingFaults(read, kept.lines))
  }
  // The writer could not ask for some eight seconds whether its lines are kept, because others that held the lock were held up.
  const couldNotAsk = isHeldUp && results.some(({ report }) => report.failed.includes('write ERR_ROTOR_BUSY'))
  if (twice > 0 && scene.twiceBecause === undefined && !couldNotAsk) faults.push(`${twice} lines were kept twice`)
  faults.push(...kept.faults)
  if (kept.foreign.length > 0 && !isTroubled && scene.failures === undefined) faults.push(`left behind: ${kept.foreign.join(' ')}`)
  const linesMax = Math.max(...results.map(({ report }) => report.handedOver)) + 1
  // Who is held up in a rotation holds up that of the others. The first attempt that this fails is tried again, and not reported.
  const mayGrow = isTroubled || (isHeldUp && scene.strangers === true)
  const bytesMax = scene.bytesMax ?? (mayGrow ? Infinity : 400 + scene.roles.length * lineOf(0, linesMax).length)
  if (kept.largestBytes > bytesMax) faults.push(`a file of ${kept.largestBytes} bytes`)
  // One rotation for one cause: who finds the file full after another writer rotated it leaves the new one alone.
  const haveOneCause = scene.roles.every(({ is }) => is === 'writer') && !isTroubled && scene.failures === undefined && scene.strangers !== true
  if (haveOneCause && kept.smallestArchiveBytes < fullBytesOf(scene)) faults.push(`an archive of ${kept.smallestArchiveBytes} bytes is not full`)
  if (!existsSync(join(folder, bystander)) || readFileSync(join(folder, bystander), 'utf8') !== bystander) faults.push('a file of another program was touched')
  return { faults, twice }
}

interface Kept {
  readonly lines: readonly string[]
  readonly faults: readonly string[]
  readonly foreign: readonly string[]
  readonly largestBytes: number
  readonly smallestArchiveBytes: number
}

/** What readers read, in the order of names: of an archive that is there plain and compressed, the plain one. */
function keptLines (folder: string): Kept {
  const log = logName(join(folder, 'app.log'))
  const names = readdirSync(folder)
  const archives = names.flatMap((name) => parseArchiveName(name, log) ?? []).sort(compareArchives)
  const files = [...archives.map(({ name }) => name), ...names.filter((name) => name === 'app.log' || name === 'app.log.moved').reverse()]
  const seen = new Set<number>()
  const lines: string[] = []
  const faults: string[] = []
  let largestBytes = 0
  let smallestArchiveBytes = Infinity
  for (const name of files) {
    const path = join(folder, name)
    const { ino, size } = statSync(path)
    const isCopy = name.endsWith('.gz') && names.includes(name.slice(0, -3)) && statSync(path.slice(0, -3)).size > 0
    if (seen.has(ino) || isCopy) continue
    seen.add(ino)
    largestBytes = Math.max(largestBytes, name.endsWith('.gz') ? 0 : size)
    try {
      const text = (name.endsWith('.gz') ? gunzipSync(readFileSync(path)) : readFileSync(path)).toString()
      lines.push(...text.split(/(?<=\n)/))
      if (!name.startsWith('app.log')) smallestArchiveBytes = Math.min(smallestArchiveBytes, text.length)
    } catch (error) {
      faults.push(`${name} is no whole archive: ${String(error)}`)
    }
  }
  const foreign = names.filter((name) => name.startsWith('.'))
  return { lines, faults, foreign, largestBytes, smallestArchiveBytes }
}

// At whichever instant it reads, a reader is given a beginning of what each writer wrote, and all that was flushed before.
function readingFaults ({ lines, flushed }: Reading, kept: readonly string[]): string[] {
  return flushed.flatMap((least, actor) => {
    const [given, all] = [lines, kept].map((each) => each.filter((line) => line.startsWith(`{"w":${actor},`)).map(numberIn))
    const isBeginning = given?.every((number, index) => number === all?.[index])
    return isBeginning === true && (given?.length ?? 0) >= least ? [] : [`a reader was given the lines ${String(given)} of actor ${actor}, which are ${String(all)}, and ${least} of them flushed`]
  })
}

// A short write leaves the beginning of a line. If another writer writes behind it, it is ended there, and the whole line follows.
function isPart (line: string, actor: number, linesMax: number): boolean {
  return !line.endsWith('}\n') && Array.from({ length: linesMax }, (_, index) => lineOf(actor, index + 1)).some((whole) => whole.startsWith(line.slice(0, -1)))
}

function numberIn (line: string): number {
  return Number(/"n":(\d+)/.exec(line)?.[1])
}
