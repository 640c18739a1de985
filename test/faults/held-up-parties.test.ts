// A writer and a sweeper that meet at one archive, with no lock between them, as where a lock was broken: each is held up at each
// of its calls while the other does all that it has to do. The line that the writer adds late is in the log afterwards.
import * as fs from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { ActiveFile } from '../../src/disk/active/active-file.js'
import { stateAt, type FileState } from '../../src/disk/file-state.js'
import { Lock } from '../../src/disk/lock/lock.js'
import { removeKeptArchive, returnArchive } from '../../src/lifecycle/kept-archive.js'
import { Lookout, type Sighting } from '../../src/lifecycle/active/lookout.js'
import { logName } from '../../src/policy/names/archive-name.js'
import { settleMs } from '../../src/policy/settling.js'
import { temporaryFolder } from '../support/temporary-folder.js'

const world = vi.hoisted(() => ({ beforeCall: (_call: string): void => {} }))

vi.mock('node:fs', async (importOriginal) => {
  const original = await importOriginal<typeof fs>()
  const watched = Object.entries(original).map(([name, value]) => {
    if (typeof value !== 'function' || !name.endsWith('Sync')) return [name, value]
    return [name, (...given: unknown[]): unknown => {
      world.beforeCall(name)
      return Reflect.apply(value, original, given) as unknown
    }]
  })
  return Object.fromEntries(watched) as typeof fs
})

const line = Buffer.from('{"late":true}\n')
const archiveName = 'app.20251001_120000.log'
const killed = new Error('killed')
/** More than either party makes. */
const callsMax = 60

let folder: string
let file: ActiveFile
let lookout: Lookout
let state: FileState
let nowMs: number
let sighting: Sighting | null

beforeEach(() => {
  folder = temporaryFolder()
  const path = join(folder, 'app.log')
  nowMs = 0
  sighting = null
  file = ActiveFile.create(path, { mode: 0o644, fsync: false })
  lookout = new Lookout({ file: path, name: logName(path) }, new Lock(join(folder, '.app.log.rotor.lock'), () => nowMs), () => nowMs, () => {})
  lookout.begin()
  file.append(Buffer.from('{"early":true}\n'))
  fs.renameSync(path, join(folder, archiveName))
  fs.writeFileSync(path, '')
  const copied = stateAt(join(folder, archiveName))
  if (copied === null) throw new Error('there is no archive')
  state = copied
  nowMs = 2 * settleMs
})

afterEach(() => {
  world.beforeCall = () => {}
  lookout.close()
  file.close()
})

function addLate (): void {
  file.append(line)
  sighting = lookout.written(file, line)
}

function removeArchive (): void {
  removeKeptArchive(logName(join(folder, 'app.log')), archiveName, state)
}

/** Runs one party and stops it before its call of that number, while the other acts. False if it makes no such call. */
function holdUp (party: () => void, callNumber: number, meanwhile: () => void): boolean {
  let calls = 0
  world.beforeCall = () => {
    if (++calls !== callNumber) return
    world.beforeCall = () => {}
    meanwhile()
  }
  party()
  world.beforeCall = () => {}
  return calls >= callNumber
}

/** How often the line is in the log: in the archive, which is compressed again, or written again into another file. */
function timesInLog (): number {
  const archive = join(folder, archiveName)
  const inArchive = fs.existsSync(archive) && fs.readFileSync(archive).includes(line) ? 1 : 0
  const again = sighting?.is === 'left' && sighting.lines.includes(line) ? 1 : 0
  return inArchive + again
}

function makeBackup (): void {
  fs.linkSync(join(folder, archiveName), join(folder, 'backup'))
}

const situations = [
  { situation: 'as it is', timesMax: 1, prepare: (): void => {} },
  { situation: 'with a second name that a backup gave it', timesMax: 2, prepare: makeBackup }
]

describe.each(situations)('an archive $situation', ({ prepare, timesMax }) => {
  test.each(Array.from({ length: callsMax }, (_, index) => index + 1))('keeps a late line if its writer acts before call %i of the sweeper', (callNumber) => {
    prepare()
    if (!holdUp(removeArchive, callNumber, addLate)) addLate()
    expect(timesInLog()).toBeGreaterThanOrEqual(1)
    expect(timesInLog()).toBeLessThanOrEqual(timesMax)
    expect(fs.readdirSync(folder).filter((name) => name.includes('.rotor.gone.'))).toEqual([])
  })

  test.each(Array.from({ length: callsMax }, (_, index) => index + 1))('keeps a late line if its writer is delayed before its call %i while the sweeper acts', (callNumber) => {
    prepare()
    if (!holdUp(addLate, callNumber, removeArchive)) removeArchive()
    expect(timesInLog()).toBeGreaterThanOrEqual(1)
    expect(timesInLog()).toBeLessThanOrEqual(timesMax)
  })

  test.each(Array.from({ length: callsMax }, (_, index) => index + 1))('keeps a late line when the sweeper is killed before its call %i and the next start clears up', (callNumber) => {
    prepare()
    const isKilled = holdUpAndKill(callNumber)
    addLate()
    for (const name of fs.readdirSync(folder)) returnArchive(logName(join(folder, 'app.log')), name)
    if (isKilled) expect(fs.existsSync(join(folder, archiveName)) || sighting?.is === 'left').toBe(true)
    expect(timesInLog()).toBeGreaterThanOrEqual(1)
    expect(timesInLog()).toBeLessThanOrEqual(timesMax)
    expect(fs.readdirSync(folder).filter((name) => name.includes('.rotor.gone.'))).toEqual([])
  })
})

const places = [
  { place: 'before the sweeper looked at the archive once more', times: 1, add: (): void => { file.append(line); removeArchive() } },
  { place: 'after the archive was removed', times: 1, add: (): void => { removeArchive(); file.append(line) } },
  // The copy has it.
  { place: 'before the archive was copied', times: 0, add: (): void => { file.append(line); state = stateAt(join(folder, archiveName)) ?? state; removeArchive() } }
]

describe.each(places)('a late line that was written $place', ({ times, add }) => {
  test.each(Array.from({ length: callsMax }, (_, index) => index + 1))('is not written again for nothing if call %i of the look after it fails once', (callNumber) => {
    add()
    let calls = 0
    world.beforeCall = () => { if (++calls === callNumber) throw Object.assign(new Error('EIO'), { code: 'EIO' }) }
    sighting = lookout.written(file, line)
    world.beforeCall = () => {}
    for (let attempt = 0; attempt < 3 && sighting.is === 'unsure'; attempt++) sighting = lookout.lookLate(file, line)
    expect(timesInLog()).toBe(times)
  })
})

/** Lets the sweeper make no call from that number on. False if it makes fewer. */
function holdUpAndKill (callNumber: number): boolean {
  let calls = 0
  world.beforeCall = () => { if (++calls >= callNumber) throw killed }
  try {
    removeArchive()
  } catch (error) {
    if (error !== killed) throw error
  }
  world.beforeCall = () => {}
  return calls >= callNumber
}
