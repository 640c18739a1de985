// What the actors do, by the project's own code. It is built into a file of its own, so that a new life begins with all of it anew.
import fs from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { answerPacking, type PackingReply, type PackingRequest } from '../../src/disk/compress/compression-loop.js'
import { RotorOpenError } from '../../src/errors.js'
import { rotateNow } from '../../src/lifecycle/writing/rotate-now.js'
import { sweepNow } from '../../src/lifecycle/sweeping/sweep-now.js'
import { parseOptions } from '../../src/options/parse-options.js'
import type { Settings } from '../../src/options/settings.js'
import { BlockScan } from '../../src/policy/blocks/block-scan.js'
import { logOf } from '../../src/policy/names/archive-name.js'
import { settleMs } from '../../src/policy/settling.js'
import { Follower } from '../../src/reading/follower.js'
import { LineReader, type ReadRequest } from '../../src/reading/lines/line-reader.js'
import { LineFlow } from '../../src/reading/lines/line-flow.js'
import { sourcesOfLog } from '../../src/reading/lines/log-sources.js'
import { LogStream } from '../../src/stream.js'
import { sceneOptions, type Role, type Scene } from './scenes.js'
import type { Life } from './life.js'

/** What an actor tells of its part when the schedule is over. */
export interface Report {
  /** How many lines were handed over, and those of them whose `flush` has returned. */
  handedOver: number
  flushed: number[]
  dropped: number
  failed: string[]
  reads: Reading[]
  /** What a file held that was removed by hand. */
  removed: string
}

/** What a reader was given, and how many lines of each writer were flushed before it began or, of a follower, ended. */
export interface Reading { readonly lines: readonly string[], readonly flushed: readonly number[] }

export interface Part {
  readonly life: Life
  readonly scene: Scene
  readonly report: Report
  /** How many lines of each writer are flushed by now. */
  readonly flushedCounts: Int32Array
}

const pauseMs = 30
const followMs = 20_000

/** Packs as the compression thread does. */
export function pack (request: PackingRequest): PackingReply {
  return answerPacking(request, (index) => new BlockScan(index))
}

export async function play (role: Role, part: Part): Promise<void> {
  const settings = settingsOf(role, part)
  switch (role.is) {
    case 'writer': return await write(role, settings, part)
    case 'rotate': return attempt(part, () => { rotateNow(settings, part.life.clock) })
    case 'sweep': await sweepNow(settings, part.life.clock).done.catch((error: unknown) => { part.report.failed.push(String(error)) }); return
    case 'move': return attempt(part, () => { fs.renameSync(settings.file, `${settings.file}.moved`) })
    case 'remove': return attempt(part, () => { part.report.removed = remove(settings.file, part.life) })
    case 'backup': return attempt(part, () => { backUp(settings.file) })
    case 'cat': return await readTwice(settings, part)
    case 'follow': return await follow(settings, part)
  }
}

const parsed = new Map<string, Settings>()

// Parsing the options takes longer than the rest of a short life, and always comes to the same. So it is done once, and makes no point.
export function settingsOf (role: Role, { life, scene }: Pick<Part, 'life' | 'scene'>): Settings {
  const options = { file: join(life.folder, 'app.log'), ...sceneOptions, ...scene.options, ...role.is === 'writer' && role.options }
  const key = JSON.stringify(options)
  const settings = parsed.get(key) ?? life.before(() => parseOptions(options))
  parsed.set(key, settings)
  return settings
}

/** A line of a writer: it says whose it is, and which one. */
export function lineOf (actor: number, number: number): string {
  return `{"w":${actor},"n":${number},"text":"${'x'.repeat(20 + number % 7)}"}\n`
}

async function write ({ lines, stayMs, isHurried = false }: Extract<Role, { is: 'writer' }>, settings: Settings, { life, report, flushedCounts }: Part): Promise<void> {
  const log = openLog(settings, life)
  log.on('dropped', ({ lines: dropped }) => { report.dropped += dropped })
  log.on('failed', ({ step, code }) => { report.failed.push(`${step} ${code}`) })
  for (let line = 0; line < lines; line++) {
    const number = ++report.handedOver
    log.write(lineOf(life.actor, number))
    const isFlushed = await new Promise<boolean>((resolve) => { log.flush((error) => { resolve(error === undefined) }) })
    if (isFlushed && !life.isDead) flushedCounts[life.actor] = report.flushed.push(number)
    if (!isHurried) await life.sleep(pauseMs)
  }
  if (stayMs > 0) await life.sleep(stayMs)
  await new Promise<void>((resolve) => { log.end(() => { resolve() }) })
}

// Only the first opening is fatal, and the process is then started again.
function openLog (settings: Settings, life: Life): LogStream {
  try {
    return new LogStream(settings, life.clock)
  } catch (error) {
    if (life.isDead || !(error instanceof RotorOpenError)) throw error
    return openLog(settings, life)
  }
}

function attempt ({ report }: Part, action: () => void): void {
  try {
    action()
  } catch (error) {
    report.failed.push(String(error))
  }
}

/** Returns what the removed file held. */
function remove (file: string, life: Life): string {
  return life.call('unlinkSync', file, [], () => {
    const text = fs.readFileSync(file, 'utf8')
    fs.rmSync(file)
    return text
  })
}

function backUp (file: string): void {
  const folder = join(file, '..')
  fs.mkdirSync(join(folder, 'backup'))
  for (const name of fs.readdirSync(folder)) {
    if (name.startsWith('app.')) fs.linkSync(join(folder, name), join(folder, 'backup', name))
  }
}

const request = (): ReadRequest => ({ conditions: [], window: null, timeKeys: ['time'], context: 0, threads: 0, signal: new AbortController().signal })

/** At once, and when archives are compressed. */
async function readTwice (settings: Settings, { life, report, flushedCounts }: Part): Promise<void> {
  report.reads.push(await cat(settings, [...flushedCounts]))
  await life.sleep(settleMs)
  unpackAll(life.folder)
  report.reads.push(await cat(settings, [...flushedCounts]))
}

async function cat (settings: Settings, flushed: readonly number[]): Promise<Reading> {
  const sources = await sourcesOfLog({ settings, isConfigured: true }, null, ['time'])
  const lines: string[] = []
  const all = sources.active === null ? sources.archived : [...sources.archived, sources.active.source]
  for await (const event of new LineReader(all, request()).read()) {
    if (event.kind === 'trouble') throw new Error(`cat met ${event.trouble.kind}`)
    lines.push(...linesIn(event.batch.lines))
  }
  await sources.close()
  return { lines, flushed }
}

/** As `zcat` by hand does: under its name, an archive is whole from the first instant on. */
function unpackAll (folder: string): void {
  for (const name of fs.readdirSync(folder)) {
    if (name.startsWith('app.') && name.endsWith('.gz') && fs.existsSync(join(folder, name))) gunzipSync(fs.readFileSync(join(folder, name)))
  }
}

async function follow (settings: Settings, { life, report, flushedCounts }: Part): Promise<void> {
  const { archived, active, newest, recent } = await sourcesOfLog({ settings, isConfigured: true }, null, ['time'])
  if (active === null) return
  const read: string[] = []
  const flow = new LineFlow(request(), async ({ lines }) => { read.push(...linesIn(lines)) })
  flow.beginFile(active.source.selection)
  const following = new Follower({ log: logOf(settings), recent, active: active.held, newest }, flow, life.clock, (message) => { life.failed(new Error(message)) }).follow(async () => {
    for await (const event of new LineReader(archived, request()).read()) if (event.kind === 'lines') read.push(...linesIn(event.batch.lines))
  })
  await Promise.race([following, followOthers(life)])
  report.reads.push({ lines: read, flushed: [...flushedCounts] })
}

async function followOthers (life: Life): Promise<void> {
  while (!life.isLast) await life.sleep(followMs)
  await life.sleep(followMs)
}

function linesIn (lines: Buffer | Uint8Array): string[] {
  return Buffer.from(lines).toString().split('\n').filter((line) => line !== '').map((line) => `${line}\n`)
}
