// Logs as they look after some weeks, for the screens that the README and the docs show. Each log is made anew in an empty folder. A
// file that is given by its bytes is sparse: the commands look only at its name, size and times.
// @ts-check
import { closeSync, ftruncateSync, mkdirSync, openSync, utimesSync, writeFileSync, writeSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'

/**
 * @typedef {object} Scene
 * @property {object} options the options beside `file`
 * @property {Readonly<Record<string, number | string | readonly [bytes: number, originalBytes: number]>>} files by name: the lines or the
 *   bytes of the file, and for a gzip file also the bytes before compression
 */

const nowMs = Date.parse('2025-10-21T09:09:20Z')

/** The environment of a command that prints a scene: on a terminal of 60 columns, at the instant of the scenes. */
export const sceneEnvironment = {
  TERM: 'xterm',
  TZ: 'UTC',
  COLUMNS: '60',
  NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(
    `import tty from 'node:tty';import{syncBuiltinESMExports}from'node:module';tty.isatty=(fd)=>fd===1;syncBuiltinESMExports();Date.now=()=>${nowMs}`
  )}`
}

/** @type {Scene['files']} */
export const tenArchives = {
  'app.20251014_125226.log.gz': [1_800_000, 24_000_000],
  'app.20251015_041902.log.gz': [1_870_000, 25_100_000],
  'app.20251016_102017.log.gz': [1_750_000, 23_900_000],
  'app.20251017_023344.log.gz': [1_690_000, 22_400_000],
  'app.20251018_102823.log.gz': [2_621_440, 34_000_000],
  'app.20251018_214510.log.gz': [1_930_000, 25_000_000],
  'app.20251019_152231.log.gz': [1_810_000, 24_300_000],
  'app.20251020_042816.log.gz': [2_516_582, 32_000_000],
  'app.20251020_163305.log.gz': [1_900_000, 25_600_000],
  'app.20251021_045606.log.gz': [1_700_000, 23_000_000],
  'app.log': 10_695_475
}

/** One line of a server's log. */
const line = (/** @type {string} */ time, /** @type {number} */ level, /** @type {string} */ reqId, /** @type {string} */ msg) =>
  `${JSON.stringify({ level, time: Date.parse(`2025-10-21T${time}Z`), reqId, msg })}\n`

/** @type {Scene} A night in which the database could not be reached for a while. */
export const night = {
  options: {},
  files: {
    'app.20251021_030000.log.gz': [
      line('02:09:58', 30, 'req-6', 'completed'),
      line('02:14:07', 30, 'req-7', 'started'),
      line('02:14:09', 40, 'req-7', 'slow query'),
      line('02:21:30', 30, 'req-8', 'completed')
    ].join(''),
    'app.log': [
      line('08:40:02', 30, 'req-21', 'completed'),
      line('08:40:31', 50, 'req-22', 'no connection'),
      line('08:41:12', 50, 'req-7', 'no connection'),
      line('08:41:13', 30, 'req-23', 'completed'),
      line('08:41:59', 30, 'req-24', 'completed'),
      line('08:43:20', 30, 'req-25', 'completed')
    ].join('')
  }
}

/**
 * The scenes of the screens in docs/command-line.md, by the beginning of their command. The first match is used.
 *
 * @type {ReadonlyArray<readonly [command: string, scene: Scene]>}
 */
export const pageScenes = [
  ['status logs/app.log', { options: { limit: { count: 20, age: '90d', totalSize: '1g' } }, files: tenArchives }],
  ['status logs/', { options: {}, files: { ...tenArchives, 'web.log': 4_200_000, 'web.log.1.gz': 310_000, 'web.log.2.gz': 295_000, 'dump.sql': 88_000_000 } }],
  ['doctor', { options: { size: '5m', frequency: 'hourly', limit: { count: 8 } }, files: { ...tenArchives, 'app.20251001.log.bak': 10, '.app.log.rotor.pack.app.log': 4 } }],
  ['cat', night],
  ['query', night],
  ['verify', night]
]

/** The scene and the command line of each picture in `docs/pictures`, by the picture's name. */
export const pictures = {
  status: {
    command: 'status logs/app.log --config rotor.json',
    /** @type {Scene} */
    scene: { options: { limit: { count: 20, age: '90d', totalSize: '1g' } }, files: tenArchives }
  },
  doctor: {
    command: 'doctor logs/app.log --config rotor.json',
    /** @type {Scene} */
    scene: { options: { size: '5m' }, files: tenArchives }
  }
}

/**
 * Splits a command line into words. A word may be in quotation marks.
 *
 * @param {string} command
 */
export function wordsOf (command) {
  return [...command.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '')
}

/**
 * Makes the log and its `rotor.json` in a folder.
 *
 * @param {string} folder
 * @param {Scene} scene
 */
export function makeScene (folder, { options, files }) {
  writeFileSync(join(folder, 'rotor.json'), JSON.stringify({ file: 'logs/app.log', ...options }))
  for (const [name, size] of Object.entries(files)) {
    const path = join(folder, 'logs', name)
    mkdirSync(dirname(path), { recursive: true })
    if (typeof size === 'string') {
      writeFileSync(path, name.endsWith('.gz') ? gzipSync(size) : size)
      utimesSync(path, (nowMs - 400) / 1000, (nowMs - 400) / 1000)
      continue
    }
    const [bytes, originalBytes] = typeof size === 'number' ? [size, null] : size
    const file = openSync(path, 'w')
    ftruncateSync(file, bytes)
    if (originalBytes !== null) {
      // Writes gzip's magic number at the start, and the length before compression at the end.
      writeSync(file, Buffer.from([0x1f, 0x8b]), 0, 2, 0)
      writeSync(file, Buffer.from(Uint32Array.of(originalBytes).buffer), 0, 4, bytes - 4)
    }
    closeSync(file)
    utimesSync(path, (nowMs - 400) / 1000, (nowMs - 400) / 1000)
  }
}
