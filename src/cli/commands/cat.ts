// `pino-rotor cat`: prints the lines of logs in order, all of them or a selection.
import { availableParallelism } from 'node:os'
import { statSync } from 'node:fs'
import { keepingListings } from '../../disk/archive-folder.js'
import type { Grouping } from '../../policy/filters/line-grouping.js'
import { lastLines } from '../../reading/lines/last-lines.js'
import { LineReader, type LineCounts, type ReadRequest } from '../../reading/lines/line-reader.js'
import { mergedByTime } from '../../reading/lines/time-merge.js'
import { notRead, packedUnknown } from '../../reading/look-alikes.js'
import { hasPattern } from '../../reading/scan/scan-pool.js'
import { commonOptions, type Call, type Command, type ExitStatus } from '../call/command.js'
import { describeFailure } from '../call/failure.js'
import { inputsOf, openInputs, type OpenInput } from '../targets/inputs.js'
import { countOf, filterOptions, lineQueryOf } from '../call/line-options.js'
import { timeOptions, timezoneOf } from '../call/since-and-until.js'
import { UsageError } from '../call/usage-error.js'
import { countScreen, type GroupOrder } from '../screen/count-screen.js'
import { describeTrouble } from '../screen/trouble.js'
import { followInputs } from './cat/follow.js'
import { LinePrinter } from './cat/line-printer.js'

export const cat: Command = {
  name: 'cat',
  takes: 'FILE...',
  description: 'Prints every line in order: bundles, then archives of every compression, the active file last. FILE may be an active file, an archive, ' +
    'a folder, or - for standard input; several are merged by the time of their lines. Damage is reported on stderr. The lines around it are still printed.',
  options: {
    config: commonOptions.config,
    ...timeOptions,
    ...filterOptions,
    context: { type: 'string', short: 'C', placeholder: 'N', help: 'also prints N lines before and after each match' },
    head: { type: 'string', placeholder: 'N', help: 'prints only the first N lines' },
    tail: { type: 'string', short: 'n', placeholder: 'N', help: 'prints only the last N lines, read from the end' },
    count: { type: 'boolean', help: 'prints only the number of lines' },
    by: { type: 'string', placeholder: 'GROUP', help: 'with --count: the number for each minute, hour, day, level or value of a field' },
    pretty: { type: 'boolean', help: 'formats lines with pino-pretty, if it is installed' },
    follow: { type: 'boolean', short: 'f', help: 'continues with new lines, across rotations' },
    help: commonOptions.help
  },
  example: 'pino-rotor cat logs/app.log --since 2h --level error --pretty',
  run
}

/** A table with more different values is useless. */
const groupsMax = 100_000
/** Below this, starting threads takes longer than the work. */
const bytesForThreads = 4 * 1024 * 1024
const threadsMax = 4

interface Asked {
  readonly request: ReadRequest
  readonly head: number | null
  readonly tail: number | null
  readonly timezone: string
}

async function run (call: Call): Promise<ExitStatus> {
  refuseContradictions(call)
  const inputs = await inputsOf(call, call.files)
  const named = inputs.map((input) => input.kind === 'log' ? input.timezone : undefined).find((zone) => zone !== undefined)
  const timezone = timezoneOf(call, named)
  const stopped = new AbortController()
  const query = lineQueryOf(call, timezone)
  const [context, head, tail] = [countOf(call, 'context', 0) ?? 0, countOf(call, 'head', 0), countOf(call, 'tail', 0)]
  const opened = await openInputs(inputs, query, stopped.signal)
  try {
    const threads = threadsFor(opened, hasPattern(query.conditions))
    const asked = { request: { ...query, context, threads, signal: stopped.signal }, head, tail, timezone }
    const said = await keepingListings(async () => await Promise.resolve(sayWhatIsNotRead(call, opened)))
    return call.flags.has('count') ? await count(call, opened, asked, said) : await print(call, opened, asked, said, () => { stopped.abort() })
  } finally {
    stopped.abort()
    for (const input of opened) await input.close()
  }
}

function refuseContradictions ({ flags, values, lists }: Call): void {
  if (flags.has('follow') && values.has('until')) throw new UsageError('--follow never ends: leave out --until')
  if (values.has('by') && !flags.has('count')) throw new UsageError('--by needs --count: add --count')
  const others = ['follow', 'pretty'].filter((name) => flags.has(name)).concat(['head', 'tail', 'context'].filter((name) => values.has(name)))
  if (flags.has('count') && others[0] !== undefined) throw new UsageError(`--count prints a number, not lines: leave out --${others[0]}`)
  if (values.has('head') && values.has('tail')) throw new UsageError('--head and --tail exclude each other')
  const isFiltered = values.has('level') || lists.has('match') || lists.has('grep')
  if (values.has('context') && !isFiltered) throw new UsageError('--context needs matches: add --level, --match or --grep')
}

function threadsFor (opened: readonly OpenInput[], hasPatterns: boolean): number {
  const bytes = opened.flatMap(({ sources }) => sources).reduce((sum, { name, selection }) => selection === 'skip' ? sum : sum + (statSync(name, { throwIfNoEntry: false })?.size ?? 0), 0)
  const threads = bytes < bytesForThreads || opened.length > 2 ? 0 : Math.ceil(Math.min(threadsMax, availableParallelism()) / opened.length)
  return Math.max(threads, hasPatterns ? 1 : 0)
}

/** Says what is not read. Returns whether everything could be found. */
function sayWhatIsNotRead ({ face }: Call, opened: readonly OpenInput[]): boolean {
  for (const { target, log } of opened) {
    if (target !== null && !target.isConfigured) for (const name of packedUnknown(target.settings)) face.say(notRead(name))
    if (log !== null && log.refusal !== null) face.say(describeFailure(log.refusal).line)
  }
  return opened.every(({ log }) => log === null || log.refusal === null)
}

async function print (call: Call, opened: readonly OpenInput[], { request, head, tail }: Asked, isAllFound: boolean, stop: () => void): Promise<ExitStatus> {
  const printer = await LinePrinter.of(call, head, stop)
  const readers = opened.map(({ sources }) => new LineReader(sources, request))
  if (call.flags.has('follow')) return await followInputs(opened, request, tail, printer, call.face)
  if (tail !== null) {
    const batches = await Promise.all(opened.map(async ({ sources }) => await lastLines(sources, request, tail, printer.trouble)))
    await printer.printLast(merged(batches.map((each) => each.values()), request), tail)
  } else if (head !== 0) {
    const [first] = readers
    if (readers.length === 1 && first !== undefined) await printer.printAll(first.read())
    else await printer.printMerged(mergedByTime(readers.map((reader) => printer.linesOf(reader.read())), request.timeKeys))
    if (!printer.isFull) sayWhereNoTimes(call, opened, readers, request)
  }
  return isAllFound && !printer.hasTrouble && !missesTimes(readers, request, tail !== null || head !== null) ? 0 : 1
}

async function * merged (logs: ReadonlyArray<Iterable<Buffer>>, { timeKeys }: ReadRequest): AsyncGenerator<Buffer, void> {
  const [first] = logs
  if (logs.length === 1 && first !== undefined) yield * first
  else yield * mergedByTime(logs.map(asyncOf), timeKeys)
}

async function * asyncOf (batches: Iterable<Buffer>): AsyncGenerator<Buffer, void> {
  for (const batch of batches) yield await Promise.resolve(batch)
}

async function count (call: Call, opened: readonly OpenInput[], { request, timezone }: Asked, isAllFound: boolean): Promise<ExitStatus> {
  const { face, values } = call
  let isWhole = isAllFound
  const by = values.get('by')
  const grouping = by === undefined ? null : groupingOf(by, timezone)
  const readers = opened.map(({ sources }) => new LineReader(sources, request))
  const all: LineCounts[] = []
  for (const reader of readers) {
    all.push(await reader.count(grouping, groupsMax, (trouble) => {
      isWhole = false
      face.say(describeTrouble(trouble))
    }))
  }
  const groups = new Map<string, number>()
  for (const [group, lines] of all.flatMap((counts) => [...counts.groups])) groups.set(group, (groups.get(group) ?? 0) + lines)
  await face.out.write(by === undefined ? `${all.reduce((sum, { lines }) => sum + lines, 0)}\n` : countScreen(groups, orderOf(by), face))
  sayWhereNoTimes(call, opened, readers, request)
  return isWhole && !missesTimes(readers, request, false) ? 0 : 1
}

function groupingOf (by: string, timezone: string): Grouping {
  if (by === 'minute' || by === 'hour' || by === 'day') return { by: 'time', unit: by, timezone }
  const path = by.split('.')
  if (path.includes('')) throw new UsageError(`--by: expected minute, hour, day, level or a field, received ${JSON.stringify(by)}`)
  return { by: 'field', path }
}

function orderOf (by: string): GroupOrder {
  return by === 'minute' || by === 'hour' || by === 'day' ? 'time' : by === 'level' ? 'level' : 'count'
}

// Without this, a log without times would print nothing, and give no reason.
function sayWhereNoTimes ({ face }: Call, opened: readonly OpenInput[], readers: readonly LineReader[], { window, timeKeys }: ReadRequest): void {
  if (window === null) return
  for (const [index, { shown }] of opened.entries()) {
    if (readers[index]?.lacksTimes === true) face.say(`no line of ${shown} that was read has a time under ${timeKeys.join(', ')}, so --since and --until cannot select any: name the key with --time-key`)
  }
}

function missesTimes (readers: readonly LineReader[], { window }: ReadRequest, isCut: boolean): boolean {
  return window !== null && !isCut && readers.some(({ lacksTimes }) => lacksTimes)
}
