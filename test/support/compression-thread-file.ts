// Gives compression threads a file to run where nothing is built: src has none beside it.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { afterAll } from 'vitest'
import { buildStandalone } from './standalone-build.js'

/** Builds the file in which calls can go wrong, and names it as a bundler's plugin does, until the tests are finished. */
export async function giveCompressionThreadFile (whenFinished: typeof afterAll): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'rotor-thread-file-'))
  await buildStandalone(['failing-compression'], folder)
  globalThis.__bundlerPathsOverrides = { 'pino-rotor/worker': join(folder, 'failing-compression.cjs') }
  whenFinished(() => {
    globalThis.__bundlerPathsOverrides = undefined
    rmSync(folder, { recursive: true })
  })
}
