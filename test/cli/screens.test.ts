// Every screen that a page shows is what the program prints: each is printed again, at an instant and of files that are made
// for it, and compared with the page. Only what depends on the machine is left out: its free space and the user's name.
import { closeSync, ftruncateSync, mkdirSync, openSync, readFileSync, utimesSync, writeFileSync, writeSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { fencesIn } from '../readme/fences.js'
import { run, temporaryFolder } from './command-line.js'

interface Scene {
  readonly options: object
  /** Bytes of plain files, and of a gzip file what its trailer says besides. */
  readonly files: Readonly<Record<string, number | readonly [bytes: number, originalBytes: number]>>
}

const repository = join(import.meta.dirname, '../..')
const nowMs = Date.parse('2025-10-21T09:09:20Z')
const standStill = `--import=data:text/javascript,Date.now=()=>${nowMs}`

const tenArchives: Scene['files'] = {
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

const scenes: Readonly<Record<string, Scene>> = {
  'README.md status': {
    options: { bundle: { limit: { age: '730d' } } },
    files: {
      'archive/app.202508.log.gz': [61_000_000, 810_000_000],
      'archive/app.202509.log.gz': [58_500_000, 770_000_000],
      'app.20251014_000000.log.gz': [1_800_000, 24_000_000],
      'app.20251017_000000.log.gz': [5_900_000, 78_000_000],
      'app.20251020_000000.log.gz': [6_100_000, 81_000_000],
      'app.log': 30_695_475
    }
  },
  'README.md doctor': {
    options: { size: '5m' },
    files: tenArchives
  },
  'docs/command-line.md status': {
    options: { limit: { count: 20, age: '90d', totalSize: '1g' } },
    files: tenArchives
  },
  'docs/command-line.md doctor': {
    options: { size: '5m', frequency: 'hourly', limit: { count: 8 } },
    files: { ...tenArchives, 'app.20251001.log.bak': 10, '.app.log.rotor.pack.app.log': 4 }
  }
}

function make (folder: string, { options, files }: Scene): void {
  writeFileSync(join(folder, 'rotor.json'), JSON.stringify({ file: 'logs/app.log', ...options }))
  for (const [name, size] of Object.entries(files)) {
    const path = join(folder, 'logs', name)
    mkdirSync(dirname(path), { recursive: true })
    const [bytes, originalBytes] = typeof size === 'number' ? [size, null] : size
    const file = openSync(path, 'w')
    ftruncateSync(file, bytes)
    if (originalBytes !== null) {
      writeSync(file, Buffer.from([0x1f, 0x8b]), 0, 2, 0)
      writeSync(file, Buffer.from(Uint32Array.of(originalBytes).buffer), 0, 4, bytes - 4)
    }
    closeSync(file)
    utimesSync(path, (nowMs - 400) / 1000, (nowMs - 400) / 1000)
  }
}

// How wide the free space is written sets the second column of its table.
function ofAnyMachine (screen: string): string {
  return screen
    .replace(/^( {2}disk free) .*$/m, '$1')
    .replace(/^ {2}(limit|archives|age|total size) .*(now|no limit|\d).*$/gm, (row) => row.replaceAll(/ {2,}/g, '  '))
    .replace(/\d[\d.]* [KMGTP]?B free$/m, 'free')
    .replace(/(rights +user) \S+/, '$1')
    .trimEnd()
}

const shown = ['README.md', 'docs/command-line.md'].flatMap((page) => fencesIn(readFileSync(join(repository, page), 'utf8'))
  .filter(({ code }) => code.startsWith('$ pino-rotor '))
  .map(({ code }) => [`${page} ${code.split(' ')[2] ?? ''}`, code] as const))

test.each(shown)('%s is as it prints', async (name, code) => {
  const [command = '', ...screen] = code.split('\n')
  const folder = temporaryFolder()
  make(folder, scenes[name] ?? { options: {}, files: {} })
  const { stdout, stderr } = await run(command.split(' ').slice(2), { cwd: folder, env: { NODE_OPTIONS: standStill } })
  expect(stderr).toBe('')
  expect(ofAnyMachine(stdout)).toBe(ofAnyMachine(screen.join('\n')))
})

test('every scene is on its page', () => {
  expect(shown.map(([name]) => name)).toEqual(Object.keys(scenes))
})
