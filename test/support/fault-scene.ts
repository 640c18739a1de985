// A log's folder to make faults in: two archives of earlier days, a clock that stands still, and so every name known.
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { RotorOptions } from '../../src/options/options.js'
import { logName } from '../../src/policy/names/archive-name.js'
import { asidePart, hiddenName, packPart } from '../../src/policy/names/hidden-name.js'
import type { Life } from './fault-application.js'

export interface Scene {
  readonly directory: string
  readonly file: string
  readonly journal: string
  readonly events: string
  readonly trace: string
  /** A file that is not the log's, for calls that only count. */
  readonly bystander: string
  /** Every path that the log uses in it. */
  readonly paths: readonly string[]
  readonly remove: () => void
}

const stamp = '20251001_121111'
const standsAtMs = Date.UTC(2025, 9, 1, 12, 11, 11)
const rotationsMax = 6
const identifiersMax = 16
/** What earlier days left; a limit of three archives has one of them removed. */
const earlier = ['app.20250901_000000.log.gz', 'app.20250902_000000.log.gz']
export const earlierLine = 'a line of an earlier day'

/** Makes a new folder with a log's earlier archives in it. */
export function makeScene (root = tmpdir()): Scene {
  const directory = mkdtempSync(join(root, 'rotor-scene-'))
  const logs = join(directory, 'logs')
  mkdirSync(logs)
  writeFileSync(join(logs, 'bystander'), 'a')
  for (const name of earlier) writeFileSync(join(logs, name), gzipSync(`${earlierLine}\n`))
  return sceneIn(directory)
}

/** Makes a second scene of what stands in one, files with two names included. */
export function copyOf (scene: Scene): Scene {
  const directory = mkdtempSync(join(dirname(scene.directory), 'rotor-scene-'))
  execFileSync('cp', ['--archive', `${scene.directory}/.`, directory])
  return sceneIn(directory)
}

function sceneIn (directory: string): Scene {
  const logs = join(directory, 'logs')
  const bystander = join(logs, 'bystander')
  return {
    directory,
    file: join(logs, 'app.log'),
    journal: join(directory, 'journal'),
    events: join(directory, 'events'),
    trace: join(directory, 'trace'),
    bystander,
    paths: [logs, bystander, `${bystander}.gone`, ...names().map((name) => join(logs, name))],
    remove: () => { rmSync(directory, { recursive: true, force: true }) }
  }
}

function names (): string[] {
  const locks = ['lock', 'sweep', 'upload'].flatMap((part) => [`.app.log.rotor.${part}`, `.app.log.rotor.${part}.break`])
  const archives = Array.from({ length: rotationsMax }, (_, n) => `app.${stamp}${n === 0 ? '' : `.${n}`}.log`)
  const log = logName('app.log')
  const packs = archives.flatMap((name, n) => [name, `${name}.gz`, hiddenName(log, packPart({ name })), hiddenName(log, asidePart({ stamp, n }))])
  return ['app.log', '.app.log.rotor.stored', '.app.log.rotor.stored.new', ...locks, ...earlier, ...packs, ...numbered([...locks, '.app.log.rotor.next'])]
}

// A successor, and a lock that is moved aside because its owner is gone, have the end of an identifier in their names. The application
// numbers its identifiers.
function numbered (names: readonly string[]): string[] {
  const firstNumbers = [1, 1001, 2001, 3001]
  const identifiers = firstNumbers.flatMap((first) => Array.from({ length: identifiersMax }, (_, count) => `life-${first}-0-0-${count + 1}`))
  return names.flatMap((name) => identifiers.map((identifier) => `${name}.${identifier.slice(-8)}`))
}

/** One life in the scene; the first is number 0, and each logs a thousand numbers further on. */
export function lifeIn ({ file, journal, events }: Scene, number: number, steps: readonly string[], more: Partial<Omit<Life, 'options'>> & { readonly options?: Partial<RotorOptions> } = {}): Life {
  return {
    journal,
    events,
    firstNumber: number * 1000 + 1,
    steps,
    pace: 20,
    standsAtMs,
    ...more,
    options: { file, limit: { count: 3, age: false }, ...more.options }
  }
}

/** What the application was told, in order. */
export function eventsOf ({ events }: Scene): Array<Record<string, unknown>> {
  return readFileSync(events, 'utf8').trim().split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as Record<string, unknown>)
}
