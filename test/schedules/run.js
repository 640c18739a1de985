// Starts main.ts, which Node 20 cannot run as it stands.
import { spawnSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'

// Beside its source, so that it finds the other files and its packages.
const outfile = join(import.meta.dirname, `.main-${process.pid}.mjs`)
try {
  await build({ entryPoints: [join(import.meta.dirname, 'main.ts')], outfile, bundle: true, format: 'esm', platform: 'node', target: 'node20', packages: 'external', logLevel: 'error' })
  process.exitCode = spawnSync(process.execPath, [outfile, ...process.argv.slice(2)], { stdio: 'inherit' }).status ?? 1
} finally {
  rmSync(outfile, { force: true })
}
