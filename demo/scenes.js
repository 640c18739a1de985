// Logs as they look after some weeks, for the screens that the README and the docs show. Each is made anew in an empty folder: the files
// are sparse, and their names, sizes and times are what the commands look at.
// @ts-check
import { closeSync, ftruncateSync, mkdirSync, openSync, utimesSync, writeFileSync, writeSync } from 'node:fs'
import { dirname, join } from 'node:path'

/**
 * @typedef {object} Scene
 * @property {object} options the options beside `file`
 * @property {Readonly<Record<string, number | readonly [bytes: number, originalBytes: number]>>} files bytes by name, and of a gzip file
 *   also the bytes before compression
 */

const nowMs = Date.parse('2025-10-21T09:09:20Z')

/** Code for `node --import` that stops the clock at the instant of the scenes. */
export const standStill = `Date.now=()=>${nowMs}`

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
    const [bytes, originalBytes] = typeof size === 'number' ? [size, null] : size
    const file = openSync(path, 'w')
    ftruncateSync(file, bytes)
    if (originalBytes !== null) {
      // A gzip file's magic number, and its trailer with the length before compression.
      writeSync(file, Buffer.from([0x1f, 0x8b]), 0, 2, 0)
      writeSync(file, Buffer.from(Uint32Array.of(originalBytes).buffer), 0, 4, bytes - 4)
    }
    closeSync(file)
    utimesSync(path, (nowMs - 400) / 1000, (nowMs - 400) / 1000)
  }
}
