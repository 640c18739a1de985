// Guarantee 6: the source goes only when its copy is proven, complete and published; and what a crash left is put right.
import { appendFileSync, chmodSync, chownSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, unlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliDecompressSync, gunzipSync, gzipSync } from 'node:zlib'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { Lock } from '../../../src/disk/lock/lock.js'
import { ArchiveCompressor } from '../../../src/lifecycle/sweeping/archive-compressor.js'
import type { Algorithm } from '../../../src/options/settings.js'
import { logName, parseArchiveName } from '../../../src/policy/names/archive-name.js'
import { temporaryFolder } from '../../support/temporary-folder.js'

const meanwhile = vi.hoisted(() => ({ whenCopied: (): void => {}, beforePublishing: (_temporary: string): void => {}, whenPublished: (): void => {} }))

vi.mock('../../../src/disk/compress/compress.js', async (importOriginal) => {
  const original = await importOriginal<typeof import('../../../src/disk/compress/compress.js')>()
  return {
    ...original,
    compressFile: async (request: Parameters<typeof original.compressFile>[0]) => {
      const copy = await original.compressFile(request)
      meanwhile.whenCopied()
      return copy
    }
  }
})

vi.mock('../../../src/disk/publish.js', async (importOriginal) => {
  const original = await importOriginal<typeof import('../../../src/disk/publish.js')>()
  return {
    ...original,
    publishCopy: (publication: Parameters<typeof original.publishCopy>[0]) => {
      meanwhile.beforePublishing(publication.temporary)
      original.publishCopy(publication)
    },
    syncFolder: async (directory: string) => {
      await original.syncFolder(directory)
      meanwhile.whenPublished()
    }
  }
})

const name = 'app.20251001_121111.log'
const never = new AbortController().signal
const content = '{"msg":"the first"}\n'.repeat(2_000)
const isRoot = process.getuid?.() === 0

let folder: string
let source: string

beforeEach(() => {
  folder = temporaryFolder()
  source = join(folder, name)
  writeFileSync(source, content)
  meanwhile.whenCopied = meanwhile.beforePublishing = meanwhile.whenPublished = () => {}
})

async function compress (algorithm: Algorithm = 'gzip', signal = never): ReturnType<ArchiveCompressor['compress']> {
  const log = logName(join(folder, 'app.log'))
  const archive = parseArchiveName(name, log)
  if (archive === null) throw new Error(`${name} is no archive`)
  const lock = new Lock(join(folder, '.app.log.rotor.lock'), () => performance.now())
  return await new ArchiveCompressor(log, lock, { algorithm, level: 1, after: { delayMs: 0 }, blocks: { index: [] } }).compress(archive, signal)
}

function unpacked (archive: string): string {
  return gunzipSync(readFileSync(join(folder, archive))).toString()
}

test('only the compressed archive is left, with the mode, owner and time of its source', async () => {
  chmodSync(source, 0o640)
  if (isRoot) chownSync(source, 12_345, 23_456)
  utimesSync(source, 1_700_000_000, 1_700_000_001)
  const { uid, gid } = statSync(source)
  const event = await compress()
  expect(readdirSync(folder)).toEqual([`${name}.gz`])
  expect(unpacked(`${name}.gz`)).toBe(content)
  const copy = statSync(join(folder, `${name}.gz`))
  expect(event).toEqual({ is: 'compressed', archive: join(folder, `${name}.gz`), from: content.length, to: copy.size, lostRights: null })
  expect(copy.mode & 0o7777).toBe(0o640)
  expect(copy).toMatchObject({ uid, gid, mtimeMs: 1_700_000_001_000 })
})

test('the suffix of the name follows the algorithm', async () => {
  await compress('brotli')
  expect(readdirSync(folder)).toEqual([`${name}.br`])
  expect(brotliDecompressSync(readFileSync(join(folder, `${name}.br`))).toString()).toBe(content)
})

test('the source stays, alone, when its copy cannot be proven', async () => {
  meanwhile.whenCopied = () => { throw Object.assign(new Error('damaged'), { code: 'ERR_ROTOR_COPY_DAMAGED' }) }
  await expect(compress()).rejects.toMatchObject({ code: 'ERR_ROTOR_COPY_DAMAGED' })
  expect(readFileSync(source, 'utf8')).toBe(content)
  expect(existsSync(`${source}.gz`)).toBe(false)
})

test('the source stays when the folder cannot be synced after its copy was published', async () => {
  meanwhile.whenPublished = () => { throw Object.assign(new Error('EIO'), { code: 'EIO' }) }
  await expect(compress()).rejects.toMatchObject({ code: 'EIO' })
  expect(readFileSync(source, 'utf8')).toBe(content)
  expect(readdirSync(folder)).toEqual([name, `${name}.gz`])
})

test("the source stays until its copy is whole if another process's unfinished copy takes the place of ours in the last instant", async () => {
  let times = 0
  meanwhile.beforePublishing = (temporary) => {
    if (times++ > 0) return
    unlinkSync(temporary)
    writeFileSync(temporary, gzipSync(content).subarray(0, 20))
  }
  meanwhile.whenPublished = () => { expect(unpacked(`${name}.gz`)).toBe(content) }
  expect(await compress()).toMatchObject({ is: 'compressed', from: content.length })
  expect(readdirSync(folder)).toEqual([`${name}.gz`])
  expect(unpacked(`${name}.gz`)).toBe(content)
  expect(times).toBe(2)
})

test('the source stays, alone, when the compression is aborted', async () => {
  const abort = new AbortController()
  abort.abort()
  await expect(compress('gzip', abort.signal)).rejects.toMatchObject({ name: 'AbortError' })
  expect(readdirSync(folder)).toEqual([name])
})

test('the source stays when another process holds the lock of the log', async () => {
  const other = new Lock(join(folder, '.app.log.rotor.lock'), () => performance.now())
  expect(other.tryAcquire()).toBe(true)
  await expect(compress()).rejects.toMatchObject({ code: 'ERR_ROTOR_BUSY' })
  other.release()
  expect(readdirSync(folder)).toEqual([name])
})

describe('a source that grows is done again', () => {
  test('when it grew before its copy was published', async () => {
    let times = 0
    meanwhile.whenCopied = () => { if (times++ === 0) appendFileSync(source, 'late\n') }
    await compress()
    expect(readdirSync(folder)).toEqual([`${name}.gz`])
    expect(unpacked(`${name}.gz`)).toBe(`${content}late\n`)
    expect(times).toBe(2)
  })

  test('when it grew after its copy was published', async () => {
    let times = 0
    meanwhile.whenPublished = () => { if (times++ === 0) appendFileSync(source, 'late\n') }
    const event = await compress()
    expect(readdirSync(folder)).toEqual([`${name}.gz`])
    expect(unpacked(`${name}.gz`)).toBe(`${content}late\n`)
    expect(event).toMatchObject({ is: 'compressed', from: content.length + 5 })
  })

  test('but not for ever: it stays, and is compressed later', async () => {
    let times = 0
    meanwhile.whenCopied = () => { times++; appendFileSync(source, 'late\n') }
    expect(await compress()).toEqual({ is: 'changing' })
    expect(times).toBeLessThan(10)
    expect(readdirSync(folder)).toEqual([name])
    expect(readFileSync(source, 'utf8')).toBe(content + 'late\n'.repeat(times))
  })
})

describe('where the compressed archive stands there already', () => {
  test('the source is removed if it holds the same', async () => {
    writeFileSync(`${source}.gz`, gzipSync(content))
    const { ino } = statSync(`${source}.gz`)
    expect(await compress()).toEqual({ is: 'already compressed' })
    expect(readdirSync(folder)).toEqual([`${name}.gz`])
    expect(statSync(`${source}.gz`).ino).toBe(ino)
  })

  test.each([
    ['only the beginning', gzipSync(content.slice(0, 1_000))],
    ['what cannot be unpacked', Buffer.from('not gzip')],
    ['what was cut off', gzipSync(content).subarray(0, 100)],
    ['nothing', Buffer.alloc(0)]
  ])('it is replaced if it holds %s', async (_, standing) => {
    writeFileSync(`${source}.gz`, standing)
    await compress()
    expect(readdirSync(folder)).toEqual([`${name}.gz`])
    expect(unpacked(`${name}.gz`)).toBe(content)
  })

  test('the copy gets the next number if it holds something else', async () => {
    const other = gzipSync('{"msg":"of another log"}\n')
    writeFileSync(`${source}.gz`, other)
    await compress()
    expect(readdirSync(folder).sort()).toEqual(['app.20251001_121111.1.log.gz', `${name}.gz`])
    expect(readFileSync(`${source}.gz`).equals(other)).toBe(true)
    expect(unpacked('app.20251001_121111.1.log.gz')).toBe(content)
  })

  test('the source stays if a link or a folder has the name', async () => {
    symlinkSync('elsewhere', `${source}.gz`)
    await expect(compress()).rejects.toMatchObject({ code: 'EEXIST' })
    expect(readdirSync(folder)).toEqual([name, `${name}.gz`])
    mkdirSync(`${source}.br`)
    await expect(compress('brotli')).rejects.toMatchObject({ code: 'EEXIST' })
    expect(readFileSync(source, 'utf8')).toBe(content)
  })
})

test('an archive that is gone needs nothing', async () => {
  await compress()
  expect(await compress()).toEqual({ is: 'gone' })
  expect(readdirSync(folder)).toEqual([`${name}.gz`])
})
