// Where files have no second name, the active file goes to its archive name through a hidden folder. A writer may be killed or held up
// while it is in there.
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { systemClock } from '../../src/clock.js'
import { currentOwner, formatOwner } from '../../src/disk/lock/owner.js'
import { closePassage, passageOf } from '../../src/lifecycle/passages.js'
import { swapLockOf } from '../../src/lifecycle/swap-lock.js'
import { parseOptions } from '../../src/options/parse-options.js'
import { logName, parseArchiveName } from '../../src/policy/names/archive-name.js'
import { holdArchive, readArchive } from '../../src/reading/archive-reading.js'
import { HeldFile } from '../../src/reading/held-file.js'
import { takeSnapshot } from '../../src/reading/log-snapshot.js'
import { findSuccessors } from '../../src/reading/successors.js'
import { LogStream } from '../../src/stream.js'
import { closed } from '../support/events.js'
import { archivesOf, besides, kept } from '../support/kept.js'
import { temporaryFolder } from '../support/temporary-folder.js'

const archive = 'app.20251001_121111.log'
/** Larger than any process id. */
const goneProcess = 2 ** 30
let file: string
let successor: string
let passage: string
let reserved: string

beforeEach(() => {
  file = join(temporaryFolder(), 'app.log')
  successor = join(file, '../.app.log.rotor.next.0badcafe')
  passage = passageOf(logName(file), successor)
  reserved = join(file, '..', archive)
})

/** What a writer leaves that is killed right after its file has entered the passage. */
function killInPassage (): void {
  writeFileSync(join(file, '../.app.log.rotor.lock'), formatOwner({ ...currentOwner(), pid: goneProcess }))
  writeFileSync(successor, '')
  writeFileSync(reserved, '')
  mkdirSync(passage)
  writeFileSync(join(passage, archive), 'passing\n')
}

function open (options = {}): LogStream {
  return new LogStream(parseOptions({ file, compress: false, limit: false, report: false, ...options }), systemClock)
}

async function textOf (name: string): Promise<string> {
  const log = logName(file)
  const value = parseArchiveName(name, log)
  const held = value === null ? null : await holdArchive(log, value)
  const pieces: Buffer[] = []
  if (held !== null) await readArchive(log, held, async (piece) => { pieces.push(Buffer.from(piece)); await Promise.resolve() })
  await held?.held.close()
  return Buffer.concat(pieces).toString()
}

describe('a writer that was killed while its file was in its passage', () => {
  beforeEach(killInPassage)

  test('leaves lines that readers find', async () => {
    const { active, archives } = await takeSnapshot(logName(file))
    expect(active).toBeNull()
    expect(archives.map(({ name }) => name)).toEqual([archive])
    expect(await textOf(archive)).toBe('passing\n')
  })

  test('leaves them to the next writer, which gives them their archive name before it writes', async () => {
    const stream = open()
    expect(readFileSync(reserved, 'utf8')).toBe('passing\n')
    stream.write('next\n')
    await stream.sweep()
    await closed(stream)
    expect(kept(file).toString()).toBe('passing\nnext\n')
    expect(besides(file)).toEqual([])
  })

  test('leaves them to a sweep, if its lock is gone', async () => {
    writeFileSync(file, 'active\n')
    rmSync(join(file, '../.app.log.rotor.lock'))
    const stream = open()
    expect(existsSync(passage)).toBe(true)
    await stream.sweep()
    await closed(stream)
    expect(kept(file).toString()).toBe('passing\nactive\n')
    expect(besides(file)).toEqual([])
  })
})

describe('closing a passage', () => {
  test.each<[state: string, prepare: () => void, names: string[]]>([
    ['the reserved name is still empty', () => {}, [archive]],
    ['the reservation is gone', () => { rmSync(reserved) }, [archive]],
    ['another file has the reserved name', () => { writeFileSync(reserved, 'foreign\n') }, [archive, 'app.20251001_121111.1.log']]
  ])('gives the file in it the next free name, if %s', (_state, prepare, names) => {
    killInPassage()
    prepare()
    closePassage(logName(file), successor)
    expect(archivesOf(file).map(({ name }) => name)).toEqual(names)
    expect(archivesOf(file).at(-1)?.content.toString()).toBe('passing\n')
    expect(existsSync(passage)).toBe(false)
  })

  test('removes an empty one, and does nothing where there is none', () => {
    mkdirSync(passage)
    closePassage(logName(file), successor)
    expect(existsSync(passage)).toBe(false)
    closePassage(logName(file), successor)
    expect(besides(file)).toEqual([])
  })

  test('follows no link of that name, and is not stopped by it', () => {
    const target = temporaryFolder()
    writeFileSync(join(target, archive), 'foreign\n')
    symlinkSync(target, passage)
    closePassage(logName(file), successor)
    expect(archivesOf(file)).toEqual([])
    expect(readFileSync(join(target, archive), 'utf8')).toBe('foreign\n')
  })

  test('comes before the lock of its writer is broken', () => {
    killInPassage()
    const lock = swapLockOf(parseOptions({ file }), systemClock)
    expect(lock.tryAcquire()).toBe(true)
    expect(readFileSync(reserved, 'utf8')).toBe('passing\n')
    expect([passage, successor].filter((path) => existsSync(path))).toEqual([])
    lock.release()
  })
})

test('a reader that opened a reserved name right before its file came there reads that file', async () => {
  writeFileSync(reserved, '')
  const reading = textOf(archive)
  writeFileSync(`${reserved}.new`, 'passed\n')
  renameSync(`${reserved}.new`, reserved)
  expect(await reading).toBe('passed\n')
})

describe('a reader that meets a rotation without hard links', () => {
  const names = async (): Promise<string[]> => {
    const { active, archives } = await takeSnapshot(logName(file))
    await active?.close()
    return archives.map(({ name }) => name)
  }

  test('does not take the name that is reserved for the active file for an archive, because it would read that file twice', async () => {
    writeFileSync(file, 'active\n')
    writeFileSync(reserved, '')
    expect(await names()).toEqual([])
  })

  test('finds an archive that is still in its passage beside a new active file', async () => {
    killInPassage()
    writeFileSync(file, 'active\n')
    expect(await names()).toEqual([archive])
  })

  test('follows a file into its passage, and reads it once', async () => {
    writeFileSync(file, 'passing\n')
    const followed = await HeldFile.open(file) as HeldFile
    killInPassage()
    renameSync(file, join(passage, archive))
    writeFileSync(file, 'active\n')
    const found = await findSuccessors(logName(file), followed, null)
    expect(found?.own?.name).toBe(archive)
    expect(found?.archives).toEqual([])
    await Promise.all([followed.close(), found?.active.close()])
  })
})
