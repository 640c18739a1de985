import { execFileSync } from 'node:child_process'
import { appendFileSync, chmodSync, chownSync, closeSync, existsSync, lstatSync, mkdtempSync, openSync, readFileSync, readdirSync, rmSync, statSync, symlinkSync, truncateSync, utimesSync, writeFileSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import * as zlib from 'node:zlib'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { decompressorFor } from '../../../src/disk/compress/codec.js'
import { compressFile, holdsContentOf, type CompressRequest } from '../../../src/disk/compress/compress.js'
import { isUnchanged, stateAt } from '../../../src/disk/file-state.js'
import type { Algorithm } from '../../../src/options/settings.js'

const kibibyte = 1024
const mebibyte = 1024 * kibibyte
const hasZstd = 'createZstdCompress' in zlib
const isRoot = process.getuid?.() === 0
const never = new AbortController().signal

let folder: string
let source: string
let temporary: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rotor-compress-'))
  source = join(folder, 'app.20251001_121111.log')
  temporary = join(folder, '.app.20251001_121111.log.gz')
})

afterEach(() => { rmSync(folder, { recursive: true, force: true }) })

function lines (bytes: number): Buffer {
  const text: string[] = []
  let length = 0
  for (let number = 0; length < bytes; number++) {
    const line = JSON.stringify({ level: 30, time: 1_759_300_000_000 + number * 7, id: (number * 2_654_435_761 % 4_294_967_296).toString(36), msg: 'request completed' }) + '\n'
    text.push(line)
    length += line.length
  }
  return Buffer.from(text.join('')).subarray(0, bytes)
}

function request (change: Partial<CompressRequest> = {}): CompressRequest {
  return { source, temporary, codec: 'gzip', level: 6, index: [], signal: never, ...change }
}

function unpacked (path: string, algorithm: Algorithm = 'gzip'): Buffer {
  const packed = readFileSync(path)
  return algorithm === 'gzip' ? zlib.gunzipSync(packed) : zlib.brotliDecompressSync(packed)
}

function flipByte (path: string, position: number): void {
  const bytes = readFileSync(path)
  bytes[position] = (bytes[position] ?? 0) ^ 0xff
  const descriptor = openSync(path, 'r+')
  writeSync(descriptor, bytes, position, 1, position)
  closeSync(descriptor)
}

describe('compressFile', () => {
  test.each([['gzip', 0], ['gzip', 1], ['gzip', 257 * kibibyte], ['gzip', 3 * mebibyte], ['brotli', 0], ['brotli', 3 * mebibyte]] as const)('makes a %s copy of %i bytes that unpacks to the source', async (algorithm, bytes) => {
    const content = lines(bytes)
    writeFileSync(source, content)
    const copy = await compressFile(request({ codec: algorithm, level: 4 }))
    expect(unpacked(temporary, algorithm).equals(content)).toBe(true)
    expect(copy.sourceBytes).toBe(bytes)
    expect(copy.compressedBytes).toBe(statSync(temporary).size)
    expect(copy.source).toEqual(stateAt(source))
    expect(readFileSync(source).equals(content)).toBe(true)
  })

  test('says so if Node has no zstd, and otherwise makes a zstd copy', async (context) => {
    writeFileSync(source, lines(mebibyte))
    if (!hasZstd) {
      await expect(compressFile(request({ codec: 'zstd', level: 3 }))).rejects.toMatchObject({ code: 'ERR_ROTOR_ZSTD_MISSING' })
      expect(existsSync(temporary)).toBe(false)
      context.skip(`Node ${process.version} has no zstd: the round trip is left to a newer one`)
    }
    await compressFile(request({ codec: 'zstd', level: 3 }))
    expect(await holdsContentOf(temporary, 'zstd', source, never)).toBe('same')
    flipByte(temporary, 1000)
    expect(await holdsContentOf(temporary, 'zstd', source, never)).toBe('invalid')
    flipByte(temporary, 1000)
    // More than the frame's end: Node 22 does not miss that alone, and without it the content is all there still.
    truncateSync(temporary, statSync(temporary).size - 100)
    expect(await holdsContentOf(temporary, 'zstd', source, never)).not.toBe('same')
    writeFileSync(temporary, 'no archive at all')
    expect(await holdsContentOf(temporary, 'zstd', source, never)).toBe('invalid')
  })

  test('holds all of a source that grows while it is read, and says how far it read', async () => {
    const first = lines(8 * mebibyte)
    writeFileSync(source, first)
    const running = compressFile(request({ level: 1 }))
    await started()
    appendFileSync(source, 'the last line\n')
    const copy = await running
    expect(unpacked(temporary).equals(Buffer.concat([first, Buffer.from('the last line\n')]))).toBe(true)
    expect(copy.source.sizeBytes).toBe(statSync(source).size)
    expect(isUnchanged(source, copy.source)).toBe(true)
    appendFileSync(source, 'a later line\n')
    expect(isUnchanged(source, copy.source)).toBe(false)
  })

  test('refuses a source that shrinks while it is read', async () => {
    writeFileSync(source, lines(8 * mebibyte))
    const running = compressFile(request({ level: 1 }))
    await started()
    truncateSync(source, 10)
    await expect(running).rejects.toMatchObject({ code: 'ERR_ROTOR_SOURCE_SHRANK', path: source })
    expect(existsSync(temporary)).toBe(false)
  })

  test('stops when it is aborted, leaving nothing but the source', async () => {
    writeFileSync(source, lines(32 * mebibyte))
    const abort = new AbortController()
    const reason = new Error('closing')
    const running = compressFile(request({ level: 9, signal: abort.signal }))
    await started()
    abort.abort(reason)
    await expect(running).rejects.toBe(reason)
    expect(readdirSync(folder)).toEqual(['app.20251001_121111.log'])
  })

  test('creates nothing when it was aborted before', async () => {
    writeFileSync(source, 'a line\n')
    await expect(compressFile(request({ signal: AbortSignal.abort() }))).rejects.toMatchObject({ name: 'AbortError' })
    expect(existsSync(temporary)).toBe(false)
  })

  test('notices a copy that was damaged on the disk after it was written', async () => {
    writeFileSync(source, lines(8 * mebibyte))
    const running = compressFile(request({ level: 1 }))
    while (!existsSync(temporary) || statSync(temporary).size < 64 * kibibyte) await setImmediate()
    flipByte(temporary, 5000)
    await expect(running).rejects.toMatchObject({ code: 'ERR_ROTOR_COPY_DAMAGED', path: temporary })
    expect(existsSync(temporary)).toBe(false)
  })

  test('leaves a file alone that has the temporary name already', async () => {
    writeFileSync(source, 'a line\n')
    writeFileSync(temporary, 'of another program')
    await expect(compressFile(request())).rejects.toMatchObject({ code: 'EEXIST', path: temporary })
    expect(readFileSync(temporary, 'utf8')).toBe('of another program')
  })

  test('writes through no symbolic link at the temporary name', async () => {
    const elsewhere = join(folder, 'elsewhere')
    writeFileSync(source, 'a line\n')
    symlinkSync(elsewhere, temporary)
    await expect(compressFile(request())).rejects.toMatchObject({ code: 'EEXIST' })
    expect(lstatSync(temporary).isSymbolicLink()).toBe(true)
    expect(existsSync(elsewhere)).toBe(false)
  })

  test('reads through no symbolic link at the source name', async () => {
    const elsewhere = join(folder, 'elsewhere')
    writeFileSync(elsewhere, 'a line\n')
    symlinkSync(elsewhere, source)
    await expect(compressFile(request())).rejects.toMatchObject({ code: 'ELOOP', path: source })
    expect(existsSync(temporary)).toBe(false)
    expect(readFileSync(elsewhere, 'utf8')).toBe('a line\n')
  })

  test.skipIf(process.platform === 'win32')('refuses a source that is a pipe or a folder', async () => {
    execFileSync('mkfifo', [source])
    await expect(compressFile(request())).rejects.toMatchObject({ code: 'ERR_ROTOR_FILE_TYPE' })
    await expect(compressFile(request({ source: folder }))).rejects.toMatchObject({ code: 'ERR_ROTOR_FILE_TYPE' })
    expect(existsSync(temporary)).toBe(false)
  })

  test('rejects with ENOENT if the source is gone', async () => {
    await expect(compressFile(request())).rejects.toMatchObject({ code: 'ENOENT', path: source })
    expect(existsSync(temporary)).toBe(false)
  })

  test.each([0o600, 0o640, 0o444])('keeps mode %i and the time of the source', async (mode) => {
    writeFileSync(source, 'a line\n')
    chmodSync(source, mode)
    utimesSync(source, 1_700_000_000.25, 1_700_000_001.5)
    await compressFile(request())
    const { mode: copied, mtimeMs } = statSync(temporary)
    expect(copied & 0o7777).toBe(mode)
    expect(mtimeMs).toBe(1_700_000_001_500)
  })

  test('keeps the owner of the source', async (context) => {
    if (!isRoot) context.skip('only root may give files away')
    writeFileSync(source, 'a line\n')
    chownSync(source, 1234, 2345)
    await compressFile(request())
    expect(statSync(temporary)).toMatchObject({ uid: 1234, gid: 2345 })
  })

  test('rejects with ENOSPC on a full disk and leaves no temporary', async (context) => {
    const disk = mkdtempSync(join(tmpdir(), 'rotor-full-'))
    if (!mountSmallDisk(disk)) context.skip('needs root and the right to mount a tmpfs')
    try {
      writeFileSync(source, lines(16 * mebibyte))
      const full = join(disk, '.app.log.gz')
      await expect(compressFile(request({ temporary: full, level: 1 }))).rejects.toMatchObject({ code: 'ENOSPC', path: full })
      expect(readdirSync(disk)).toEqual([])
    } finally {
      execFileSync('umount', [disk])
      rmSync(disk, { recursive: true })
    }
  })
})

describe.each(['gzip', 'brotli'] as const)('holdsContentOf, %s', (algorithm) => {
  const plain = lines(700 * kibibyte)
  const packed = pack(plain)

  function pack (content: Buffer): Buffer {
    return algorithm === 'gzip' ? zlib.gzipSync(content) : zlib.brotliCompressSync(content, { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 4 } })
  }

  async function comparisonWith (compressed: Buffer): Promise<string> {
    writeFileSync(source, plain)
    writeFileSync(temporary, compressed)
    return await holdsContentOf(temporary, algorithm, source, never)
  }

  test('recognises a copy of the same content', async () => {
    expect(await comparisonWith(packed)).toBe('same')
  })

  test('recognises a copy of the beginning, also an empty one', async () => {
    expect(await comparisonWith(pack(plain.subarray(0, 300 * kibibyte)))).toBe('prefix')
    expect(await comparisonWith(pack(plain.subarray(0, 0)))).toBe('prefix')
  })

  test('recognises a copy of more, and of something else', async () => {
    expect(await comparisonWith(pack(Buffer.concat([plain, Buffer.from('more')])))).toBe('different')
    expect(await comparisonWith(pack(Buffer.concat([Buffer.from('X'), plain.subarray(1)])))).toBe('different')
  })

  test('recognises a file that is cut off anywhere', async () => {
    for (const length of [0, 1, 2, 5, 10, 18, 1000, Math.floor(packed.length / 2), packed.length - 8, packed.length - 1]) {
      expect(await comparisonWith(packed.subarray(0, length)), `cut at ${length}`).toBe('invalid')
    }
  })

  test('recognises bytes after the end, few or many, zeros or not', async () => {
    for (const tail of [Buffer.from([0]), Buffer.from([0x1f]), Buffer.from([0x1f, 0x8b, 8]), Buffer.from('junk'), Buffer.alloc(2 * mebibyte), Buffer.alloc(2 * mebibyte, 'junk'), Buffer.concat([Buffer.alloc(600 * kibibyte), packed])]) {
      expect(await comparisonWith(Buffer.concat([packed, tail])), `${tail.length} bytes`).toBe('invalid')
    }
  })

  test('recognises damage also after a difference was found', async () => {
    const other = pack(Buffer.concat([Buffer.from('X'), plain.subarray(1)]))
    expect(await comparisonWith(other.subarray(0, other.length - 4))).toBe('invalid')
  })

  test('reports a file that was never an archive', async () => {
    expect(await comparisonWith(plain)).toBe('invalid')
  })

  test('rejects if a file is missing or reading is aborted, because that says nothing about the archive', async () => {
    writeFileSync(temporary, packed)
    await expect(holdsContentOf(temporary, algorithm, source, never)).rejects.toMatchObject({ code: 'ENOENT', path: source })
    writeFileSync(source, plain)
    await expect(holdsContentOf(temporary, algorithm, source, AbortSignal.abort())).rejects.toMatchObject({ name: 'AbortError' })
  })
})

test('a gzip file of several members is valid', async () => {
  writeFileSync(source, lines(2 * mebibyte))
  const content = readFileSync(source)
  const members = [0, 1, 2, 3].map((quarter) => zlib.gzipSync(content.subarray(quarter * mebibyte / 2, (quarter + 1) * mebibyte / 2)))
  writeFileSync(temporary, Buffer.concat(members))
  expect(await holdsContentOf(temporary, 'gzip', source, never)).toBe('same')
  writeFileSync(temporary, Buffer.concat(members.slice(0, 2)))
  expect(await holdsContentOf(temporary, 'gzip', source, never)).toBe('prefix')
})

test('the decompressor for an algorithm unpacks it', async () => {
  const decompressor = decompressorFor('gzip')
  decompressor.end(zlib.gzipSync('a line\n'))
  expect(String(Buffer.concat(await decompressor.toArray() as Buffer[]))).toBe('a line\n')
})

/** Resolves when the copy has begun to be written. */
async function started (): Promise<void> {
  while (!existsSync(temporary) || statSync(temporary).size === 0) await setImmediate()
}

function mountSmallDisk (directory: string): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', directory], { stdio: 'ignore' })
    return true
  } catch {
    rmSync(directory, { recursive: true })
    return false
  }
}
