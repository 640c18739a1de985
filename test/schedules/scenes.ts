// What is explored: who acts on one log, and how much may go wrong.
import type { RotorOptions } from '../../src/options/options.js'

export type Role =
  /** Logs so many lines, with pauses unless it is in a hurry, and keeps the log open for so long afterwards. */
  | { readonly is: 'writer', readonly lines: number, readonly stayMs: number, readonly isHurried?: boolean, readonly options?: Partial<RotorOptions> }
  /** `pino-rotor rotate` and `pino-rotor sweep`. */
  | { readonly is: 'rotate' | 'sweep' }
  /** `mv app.log app.log.moved` and `rm app.log` by hand, and a backup of hard links. */
  | { readonly is: 'move' | 'remove' | 'backup' }
  /** `pino-rotor cat`, and `cat --follow`. */
  | { readonly is: 'cat' | 'follow' }

export interface Scene {
  readonly roles: readonly Role[]
  readonly options?: Partial<RotorOptions>
  /** Actors of other containers: no process can ask whether they live. */
  readonly strangers?: boolean
  /** The file system knows no hard links. */
  readonly withoutLinks?: boolean
  /** Why lines may be kept twice, as docs/several-writers.md says. Left out where none may. */
  readonly twiceBecause?: string
  readonly kills?: number
  readonly failures?: number
  /** How many calls are held up for seconds. Left out: two in each third schedule. */
  readonly holdUps?: number
  /** No actor is held up: time passes only while all of them wait. */
  readonly isPrompt?: boolean
  /** Where actors are held up. Nothing else is left to the seed. */
  readonly holdUpsAt?: readonly HoldUp[]
  /** No file may be larger, although processes are held up. Left out: such a file is not judged where locks are broken. */
  readonly bytesMax?: number
}

/** An actor is held up for so long before a call of that name on a path with that text: the first, or a later one by its count. */
export interface HoldUp { readonly actor: number, readonly call: string, readonly on: string, readonly count: number, readonly forMs: number }

const writer: Role = { is: 'writer', lines: 4, stayMs: 3_500 }
/** Rotates several times, so that kills and failing calls meet every step. */
const long: Role = { is: 'writer', lines: 6, stayMs: 3_500 }
const brief: Role = { is: 'writer', lines: 4, stayMs: 0 }
const idle: Role = { is: 'writer', lines: 1, stayMs: 6_000 }

export const scenes: Readonly<Record<string, Scene>> = {
  'two writers': { roles: [writer, writer] },
  'three writers, one idle, one with another size': { roles: [writer, idle, { ...brief, options: { size: '400b' } }] },
  'a writer, rotate and sweep': { roles: [writer, { is: 'rotate' }, { is: 'sweep' }] },
  'two writers and a backup': { roles: [writer, writer, { is: 'backup' }], twiceBecause: 'a backup has given an archive a second name' },
  'two writers and mv': { roles: [writer, brief, { is: 'move' }], twiceBecause: 'the file was moved by hand' },
  'two writers and rm': { roles: [writer, brief, { is: 'remove' }], isPrompt: true },
  'a writer, a reader and sweep': { roles: [writer, { is: 'cat' }, { is: 'sweep' }], options: { size: '120b' } },
  'two writers and a follower': { roles: [brief, brief, { is: 'follow' }], options: { size: '120b' } },
  'two writers and kills': { roles: [long, long], kills: 2 },
  'a writer, sweep and kills': { roles: [long, { is: 'sweep' }, { is: 'rotate' }], kills: 2 },
  'two writers on a disk that fails': { roles: [long, long], failures: 2 },
  'two writers without hard links': { roles: [writer, writer], withoutLinks: true },
  'two writers and a follower without hard links': { roles: [brief, brief, { is: 'follow' }], options: { size: '120b' }, withoutLinks: true },
  'two containers': { roles: [writer, brief, { is: 'sweep' }], strangers: true },
  'three containers that are held up': { roles: [brief, { is: 'rotate' }, { is: 'sweep' }], strangers: true, holdUps: 2 },
  'two containers without hard links': { roles: [long, long], strangers: true, withoutLinks: true },
  'two containers without hard links and kills': { roles: [long, long], strangers: true, withoutLinks: true, kills: 2 },
  'two containers and kills': { roles: [long, long], strangers: true, kills: 2 }
}

const short: Role = { is: 'writer', lines: 3, stayMs: 0, isHurried: true }

/** Small enough for all of their schedules with two switches. */
export const smallScenes: Readonly<Record<string, Scene>> = {
  'two writers and one rotation': { roles: [short, short], options: { size: '120b', compress: false } },
  'a writer and rotate': { roles: [short, { is: 'rotate' }], options: { compress: false } }
}

/** The options of every log: files of some lines, and nothing that leaves the scene. */
export const sceneOptions = { size: '250b', limit: { count: false, age: false }, report: false, mode: 0o600, sweep: '1h' } satisfies Omit<RotorOptions, 'file'>
