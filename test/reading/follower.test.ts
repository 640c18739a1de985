// A follower that is held up while its file is rotated, compressed and removed, and finds it without a name.
import { closeSync, openSync, renameSync, unlinkSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { beforeEach, describe, expect, test } from 'vitest'
import { systemClock } from '../../src/clock.js'
import { stateAt, type FileState } from '../../src/disk/file-state.js'
import { removeKept } from '../../src/disk/seal.js'
import { logName, type LogName } from '../../src/policy/names/archive-name.js'
import { Follower } from '../../src/reading/follower.js'
import { HeldFile } from '../../src/reading/held-file.js'
import { temporaryFolder } from '../cli/command-line.js'

let path: string
let log: LogName

beforeEach(() => {
  path = join(temporaryFolder(), 'app.log')
  log = logName(path)
  writeFileSync(path, 'first\nunread\n')
})

/** Compresses the active file and removes it. Returns its descriptor, which a delayed writer still has. */
function rotateAndCompress (content: string): number {
  const descriptor = openSync(path, 'a')
  const archive = join(log.directory, 'app.20251001_121111.log')
  renameSync(path, archive)
  writeFileSync(`${archive}.gz`, gzipSync(content))
  expect(removeKept({ path: archive, aside: join(log.directory, '.app.log.rotor.gone.20251001_121111.0'), state: stateAt(archive) as FileState })).toBe(true)
  return descriptor
}

/** Follows until a line says that the last one has come. Returns what was given. `react` is told of each piece. */
async function follow (held: HeldFile, react: (piece: string) => void): Promise<string> {
  const given: string[] = []
  const sink = {
    add: async (piece: Buffer) => {
      given.push(piece.toString())
      react(piece.toString())
      if (piece.includes('last\n')) throw new Error('that was the last line')
    },
    addLate: async () => {},
    endFile: async () => {},
    breakOff: async () => {}
  }
  const style = { lookEveryMs: 1, isPrompt: true, before: [] }
  const follower = new Follower({ log, recent: [], active: held, newest: null }, sink, systemClock, () => {}, style)
  await expect(follower.follow(() => Promise.resolve())).rejects.toThrow('that was the last line')
  await follower.close()
  await held.close()
  return given.join('')
}

describe('a follower of a file that was removed behind it', () => {
  test('reads its lines, but not the one that a delayed writer adds to it, because that writer writes it again', async () => {
    const held = await HeldFile.open(path) as HeldFile
    held.readFrom('first\n'.length)
    const descriptor = rotateAndCompress('first\nunread\n')
    writeSync(descriptor, 'delayed\n')
    closeSync(descriptor)
    expect(await follow(held, (piece) => { if (piece.includes('unread')) writeFileSync(path, 'delayed\nlast\n') })).toBe('unread\ndelayed\nlast\n')
  })

  test('reads every line of a file that was removed by hand, because it bears no seal', async () => {
    const held = await HeldFile.open(path) as HeldFile
    const descriptor = openSync(path, 'a')
    unlinkSync(path)
    writeSync(descriptor, 'more\n')
    closeSync(descriptor)
    expect(await follow(held, (piece) => { if (piece.includes('more')) writeFileSync(path, 'last\n') })).toBe('first\nunread\nmore\nlast\n')
  })
})
