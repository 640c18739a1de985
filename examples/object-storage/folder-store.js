// A store of your own: a plain folder, such as a mounted network share. pino-rotor calls head() before and after put().
import { createReadStream, createWriteStream } from 'node:fs'
import { link, mkdir, rm, stat } from 'node:fs/promises'
import { createHash, randomUUID } from 'node:crypto'
import { dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'

const root = process.env.ARCHIVE_FOLDER ?? 'stored-logs'

/** Stores the stream under the key, whole or not at all, and never in place of something else. */
export async function put (key, stream) {
  const path = join(root, key)
  const temporary = `${path}.${randomUUID()}`
  await mkdir(dirname(path), { recursive: true })
  try {
    await pipeline(stream, createWriteStream(temporary, { flags: 'wx', flush: true }))
    await link(temporary, path)
  } finally {
    await rm(temporary, { force: true })
  }
}

/** Says what is stored under the key, or null. */
export async function head (key) {
  const path = join(root, key)
  const stats = await stat(path).catch(() => null)
  if (stats === null) return null
  const hash = createHash('sha256')
  await pipeline(createReadStream(path), hash)
  return { bytes: stats.size, sha256: hash.digest('hex') }
}
