// Lines of a delayed writer, which come after a reader has finished their file.
import { appendFileSync, closeSync, openSync, renameSync, unlinkSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { logName, parseArchiveName } from '../../src/policy/names/archive-name.js'
import { HeldFile } from '../../src/reading/held-file.js'
import { LateLines } from '../../src/reading/late-lines.js'
import { temporaryFolder } from '../cli/command-line.js'

const archiveName = 'app.20251001_121111.log'

let folder: string
let path: string
let late: LateLines
let given: string[]

const nothing = { add: async () => {}, endFile: async () => {}, breakOff: async () => {} }

beforeEach(async () => {
  folder = temporaryFolder()
  path = join(folder, archiveName)
  writeFileSync(path, 'first\n')
  given = []
  const log = logName(join(folder, 'app.log'))
  late = new LateLines(log)
  late.add({ held: await readFile(path), archive: parseArchiveName(archiveName, log), sink: { ...nothing, addLate: async (piece) => { given.push(piece.toString()) } } })
})

afterEach(async () => {
  await late.close()
})

async function readFile (file: string): Promise<HeldFile> {
  const held = await HeldFile.open(file) as HeldFile
  held.readFrom(await held.sizeBytes())
  return held
}

async function lateLines (): Promise<string> {
  await late.readOn()
  return given.splice(0).join('')
}

describe('a line that is added to an archive after it was read', () => {
  test('is handed over, and only then', async () => {
    expect(await lateLines()).toBe('')
    appendFileSync(path, 'late\n')
    expect(await lateLines()).toBe('late\n')
    expect(await lateLines()).toBe('')
  })

  test('is read from the copy, if the archive was compressed meanwhile', async () => {
    appendFileSync(path, 'late\n')
    writeFileSync(`${path}.gz`, gzipSync('first\nlate\n'))
    unlinkSync(path)
    expect(await lateLines()).toBe('late\n')
    expect(await lateLines()).toBe('')
  })

  test('is left out if it is in no copy, because its writer writes it again', async () => {
    const descriptor = openSync(path, 'a')
    writeFileSync(`${path}.gz`, gzipSync('first\n'))
    unlinkSync(path)
    writeSync(descriptor, 'late\n')
    closeSync(descriptor)
    expect(await lateLines()).toBe('')
  })

  test('waits while a sweeper has taken the name away', async () => {
    const aside = join(folder, '.app.log.rotor.gone.20251001_121111.0')
    renameSync(path, aside)
    appendFileSync(aside, 'late\n')
    expect(await lateLines()).toBe('')
    renameSync(aside, path)
    expect(await lateLines()).toBe('late\n')
  })
})
