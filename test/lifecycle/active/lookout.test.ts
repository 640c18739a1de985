import { appendFileSync, linkSync, mkdtempSync, renameSync, rmSync, unlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ActiveFile } from '../../../src/disk/active/active-file.js'
import { stateAt } from '../../../src/disk/file-state.js'
import { Lock } from '../../../src/disk/lock/lock.js'
import { removeKept } from '../../../src/disk/seal.js'
import { Lookout } from '../../../src/lifecycle/active/lookout.js'
import { logName } from '../../../src/policy/names/archive-name.js'
import { lookEveryBytes, lookEveryMs, settleMs } from '../../../src/policy/settling.js'

const line = Buffer.from('{"msg":"hello"}\n')
let folder: string
let file: ActiveFile
let timesMs: number[]
let lookout: Lookout

// The last time stays, as on a clock that stands still.
function monotonic (): number {
  return timesMs.length > 1 ? timesMs.shift() ?? NaN : timesMs[0] ?? NaN
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rotor-lookout-'))
  const path = join(folder, 'app.log')
  file = ActiveFile.create(path, { mode: 0o644, fsync: false })
  timesMs = [0]
  lookout = new Lookout({ file: path, name: logName(path) }, new Lock(join(folder, '.lock'), monotonic), monotonic, () => {})
  lookout.begin()
  file.append(line)
  expect(lookout.written(file, line)).toEqual({ is: 'in place' })
  unlinkSync(path)
})

afterEach(() => {
  lookout.close()
  file.close()
  rmSync(folder, { recursive: true })
})

test('gives back the lines of a file that was removed right after it was seen', () => {
  expect(lookout.look(file)).toEqual({ is: 'left', lines: line })
})

test('gives the lines back also if it was delayed while it looked, because no copy of the file was proven', () => {
  timesMs = [settleMs - 1, settleMs]
  expect(lookout.look(file)).toEqual({ is: 'left', lines: line })
})

test('gives nothing back of a file that was sealed, because its lines are in the copy', () => {
  file.close()
  const path = join(folder, 'app.log')
  writeFileSync(path, line)
  file = ActiveFile.openExisting(path, { mode: 0o644, fsync: false })
  utimesSync(path, 1, 0)
  unlinkSync(path)
  expect(lookout.look(file)).toEqual({ is: 'left', lines: Buffer.alloc(0) })
})

test.each([
  ['the lines back if only the name in a backup leads to it, which no reader reads', () => { unlinkSync(join(folder, 'app.log')) }, line],
  ['nothing back if it is an archive now, which readers read', () => { renameSync(join(folder, 'app.log'), join(folder, 'app.20251001_121111.log')) }, Buffer.alloc(0)]
])('gives of a file that a backup has linked %s', (_what, take, lines) => {
  file.close()
  file = ActiveFile.create(join(folder, 'app.log'), { mode: 0o644, fsync: false })
  lookout.begin()
  linkSync(join(folder, 'app.log'), join(folder, 'backup'))
  expect(lookout.look(file)).toEqual({ is: 'in place' })
  file.append(line)
  expect(lookout.written(file, line)).toEqual({ is: 'in place' })
  take()
  expect(lookout.look(file)).toEqual({ is: 'left', lines })
})

describe('a file that was compressed and removed, and whose seal another delayed writer broke', () => {
  const path = (): string => join(folder, 'app.log')

  // Two writers have the file open. The lines of the first are in the file before it is sealed.
  function sealAndBreak (late: string): void {
    file.close()
    file = ActiveFile.create(path(), { mode: 0o644, fsync: false })
    lookout.begin()
    file.append(line)
    lookout.written(file, line)
    const other = ActiveFile.openExisting(path(), { mode: 0o644, fsync: false })
    const state = stateAt(path())
    if (state === null || !removeKept({ path: path(), aside: join(folder, 'aside'), state })) throw new Error('it was not removed')
    other.append(Buffer.from(late))
    other.close()
  }

  test('gives no line back that came before the seal', () => {
    sealAndBreak('{"msg":"of another writer"}\n')
    expect(lookout.look(file)).toEqual({ is: 'left', lines: Buffer.alloc(0) })
  })

  test('gives each line back that came after the seal', () => {
    sealAndBreak('{"msg":"of another writer"}\n')
    const late = Buffer.from('{"msg":"late"}\n')
    file.append(late)
    expect(lookout.written(file, late)).toEqual({ is: 'in place' })
    expect(lookout.look(file)).toEqual({ is: 'left', lines: late })
  })

  test('gives the late line of a delayed writer back, and nothing else', () => {
    sealAndBreak('{"msg":"of another writer"}\n')
    const late = Buffer.from('{"msg":"late"}\n')
    timesMs = [settleMs]
    file.append(late)
    expect(lookout.written(file, late)).toEqual({ is: 'left', lines: late })
  })

  test('gives a line back that another writer wrote in the same words after the seal', () => {
    sealAndBreak(line.toString())
    expect(lookout.look(file)).toEqual({ is: 'left', lines: line })
  })

  test('gives every line back if so much came after the seal that the mark may tell of another size', () => {
    sealAndBreak(`${'x'.repeat(600_000)}\n`)
    expect(lookout.look(file)).toEqual({ is: 'left', lines: line })
  })
})

describe('a file that is in place', () => {
  const lines = Buffer.alloc(4 * lookEveryBytes, line)

  beforeEach(() => {
    file.close()
    file = ActiveFile.create(join(folder, 'app.log'), { mode: 0o644, fsync: false })
    lookout.begin()
  })

  // What the writer does with one chunk. Returns the lengths of the writes.
  function write (roomBytes = Infinity): number[] {
    const written: number[] = []
    for (let rest = lines; rest.length > 0; rest = rest.subarray(written.at(-1))) {
      if (lookout.isDue()) lookout.look(file)
      lookout.lookAtSize(file, rest.length)
      const next = rest.subarray(0, lookout.bytesBeforeLook(rest, rest.length, roomBytes))
      file.append(next)
      written.push(next.length)
      lookout.written(file, next)
    }
    return written
  }

  test('gets few lines first, and then whole chunks while no other writer writes', () => {
    const [first = Infinity] = write()
    expect(first).toBeLessThanOrEqual(lookEveryBytes)
    for (let chunk = 0; chunk < 20; chunk++) expect(write()).toEqual([lines.length])
  })

  test('gets a sixteenth of the room that is left at a time, because writers that do not know of each other may begin together', () => {
    write()
    expect(write(32 * lookEveryBytes)[0]).toBe(2 * lookEveryBytes)
    expect(write(8 * lookEveryBytes)[0]).toBe(lookEveryBytes)
    expect(write(-1)[0]).toBe(lookEveryBytes)
  })

  test('gets few lines again after the writer was idle', () => {
    write()
    timesMs = [lookEveryMs]
    expect(write()[0]).toBeLessThanOrEqual(lookEveryBytes)
  })

  test('has its size looked at before each large write, and gets few lines at a time once others write', () => {
    write()
    write()
    appendFileSync(join(folder, 'app.log'), line)
    expect(Math.max(...write())).toBeLessThanOrEqual(lookEveryBytes)
    expect(file.sizeBytes).toBe(file.stats().size)
  })
})
