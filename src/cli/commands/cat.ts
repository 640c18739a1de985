// `pino-rotor cat`: every line of a log in order, as one stream.
import { systemClock } from '../../clock.js'
import { describe } from '../../disk/archive-folder.js'
import type { CompressError } from '../../disk/compress/compress-error.js'
import { unpackWhatCanBe } from '../../disk/compress/salvage.js'
import { logOf, type LogName } from '../../policy/names/archive-name.js'
import type { Selection, Window } from '../../policy/lines/line-window.js'
import { commonOptions, type Call, type Command, type ExitStatus } from '../call/command.js'
import { describeFailure } from '../call/failure.js'
import { readInstant } from '../call/instant.js'
import { findLog } from '../call/log-target.js'
import { UsageError } from '../call/usage-error.js'
import { holdArchive, readArchive, withoutCopies } from '../../reading/archive-reading.js'
import { findBundles, withoutBundled, type BundleFile } from '../../reading/bundle-reading.js'
import { selectForWindow, type FileSelection } from '../../reading/file-selection.js'
import { Follower } from '../../reading/follower.js'
import { HeldFile } from '../../reading/held-file.js'
import { LineSink } from '../../reading/line-sink.js'
import { takeSnapshot, type ListedArchive } from '../../reading/log-snapshot.js'
import { notRead, packedUnknown } from '../../reading/look-alikes.js'
import { OutputClosedError } from '../screen/output.js'
import { showBytes } from '../screen/units.js'

export const cat: Command = {
  name: 'cat',
  description: 'Prints every line in order: bundles, then archives of every compression, the active file last. What is damaged is said on ' +
    'stderr, what can be saved of it is printed, and the rest still comes.',
  options: {
    config: commonOptions.config,
    since: { type: 'string', placeholder: 'TIME', help: 'only lines of this time or later: 2025-10-01T12:00:00Z, 2025-10-01, or 2h for two hours ago' },
    until: { type: 'string', placeholder: 'TIME', help: 'only lines of this time or earlier' },
    follow: { type: 'boolean', help: 'goes on with what is written, across rotations' },
    help: commonOptions.help
  },
  example: 'pino-rotor cat logs/app.log --since 2h | pino-pretty',
  run
}

interface Reading {
  readonly log: LogName
  readonly sink: LineSink
  readonly window: Window
  readonly bundles: readonly BundleFile[]
  readonly archives: readonly ListedArchive[]
  readonly selected: FileSelection
  readonly say: (line: string) => void
}

async function run (call: Call): Promise<ExitStatus> {
  const window = windowOf(call)
  const target = await findLog(call)
  const log = logOf(target.settings)
  const isFollowing = call.flags.has('follow')
  if (isFollowing && describe(target.settings.file) === null) throw new UsageError(`${target.shown} does not exist: there is nothing to follow`)
  const { active, archives: listed } = await takeSnapshot(log)
  if (!target.isConfigured) for (const name of packedUnknown(target.settings)) call.face.say(notRead(name))
  // After the archives, so that one that is joined meanwhile is met in one place at least.
  const { bundles, refusal } = findBundles(log, target.settings)
  if (refusal !== null) call.face.say(describeFailure(refusal).line)
  const archives = await withoutBundled(log, bundles, await withoutCopies(log, listed))
  const sink = new LineSink((lines) => call.face.out.write(lines))
  const selected = await selectForWindow(log, bundles, archives, window, target)
  const reading: Reading = { log, sink, window, bundles, archives, selected, say: call.face.say }
  if (active !== null && isFollowing) return await follow(reading, active)
  const isWhole = await readArchives(reading)
  if (active !== null && beginFile(reading, selected.files.at(-1))) await active.readOn((piece) => sink.add(piece))
  await sink.endFile(true)
  await active?.close()
  return isWhole && refusal === null ? 0 : 1
}

async function follow (reading: Reading, active: HeldFile): Promise<never> {
  const { log, sink, archives, selected, say } = reading
  const newest = archives.at(-1)?.value ?? null
  return await new Follower(log, active, newest, sink, systemClock, say).follow(async () => {
    await readArchives(reading)
    beginFile(reading, selected.files.at(-1))
  })
}

async function readArchives (reading: Reading): Promise<boolean> {
  let isWhole = true
  const { bundles, archives, selected } = reading
  for (const [index, bundle] of bundles.entries()) {
    if (beginFile(reading, selected.bundles[index])) isWhole = await readBundle(reading, bundle) && isWhole
  }
  for (const [index, { value }] of archives.entries()) {
    if (beginFile(reading, selected.files[index])) isWhole = await readArchiveOf(reading, value) && isWhole
  }
  return isWhole
}

function beginFile ({ sink, window }: Reading, selection: Selection = 'edge'): boolean {
  if (selection === 'skip') sink.skipFile()
  else sink.beginFile(selection === 'edge' ? window : null)
  return selection !== 'skip'
}

async function readBundle (reading: Reading, { path }: BundleFile): Promise<boolean> {
  return await readOne(reading, async () => {
    const held = await HeldFile.open(path)
    return held === null ? null : { held, read: async (take) => await unpackWhatCanBe(held.file, 'gzip', take) }
  })
}

async function readArchiveOf (reading: Reading, archive: ListedArchive['value']): Promise<boolean> {
  return await readOne(reading, async () => {
    const found = await holdArchive(reading.log, archive)
    return found === null ? null : { held: found.held, read: async (take) => await readArchive(reading.log, found, take) }
  })
}

interface Readable {
  readonly held: HeldFile
  readonly read: (take: (piece: Buffer) => Promise<void>) => Promise<CompressError | null>
}

// One file that cannot be read does not keep the user from the others.
async function readOne ({ sink, say }: Reading, open: () => Promise<Readable | null>): Promise<boolean> {
  const opened = await open().catch((error: unknown) => { say(describeFailure(error).line) })
  if (opened === undefined) return false
  if (opened === null) return true // retention has removed it a moment ago, as it would have before
  try {
    const damage = await opened.read((piece) => sink.add(piece))
    if (damage === null) {
      await sink.endFile(false)
      return true
    }
    const cutBytes = await sink.breakOff()
    say(`${damage.message}; ${cutBytes === 0 ? 'every whole line before that is printed' : `the lines before that are printed, without the last, which is cut after ${showBytes(cutBytes)}`}`)
  } catch (error) {
    if (error instanceof OutputClosedError) throw error
    await sink.breakOff()
    say(describeFailure(error).line)
  } finally {
    await opened.held.close()
  }
  return false
}

function windowOf ({ values, flags }: Call): Window {
  const nowMs = systemClock.now()
  const [since, until] = ['since', 'until'].map((name) => {
    const text = values.get(name)
    return text === undefined ? null : readInstant(`--${name}`, text, nowMs)
  })
  if (typeof until === 'number' && flags.has('follow')) throw new UsageError('--follow has no end: leave out --until')
  const window = { sinceMs: since ?? -Infinity, untilMs: until ?? Infinity }
  if (window.sinceMs > window.untilMs) throw new UsageError('--since is later than --until: nothing could be in between')
  return window
}
