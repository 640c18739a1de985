// A disk that refuses writes, without one: where no file may hold a byte, write(2) fails for a process as on a full disk, with
// another code. A new file does not cure it.
import { spawnSync } from 'node:child_process'
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const repository = join(import.meta.dirname, '../..')

export interface Outcome {
  readonly exitCode: number | null
  readonly stdout: string
  readonly stderr: string
}

/**
 * Runs an application in the folder that may write no file, and logs to `destination`, which the
 * code makes. It waits for the event, or where none is named for 20 seconds, which is time enough to fail.
 */
export function runAgainstLimit (folder: string, code: string, event?: string): Outcome {
  const modules = join(folder, 'node_modules')
  mkdirSync(modules)
  symlinkSync(repository, join(modules, 'pino-rotor'), 'junction')
  for (const name of ['pino', 'pino-roll', 'rotating-file-stream']) symlinkSync(join(repository, 'node_modules', name), join(modules, name), 'junction')
  writeFileSync(join(folder, 'application.mjs'), `
    import { once } from 'node:events'
    import { setTimeout } from 'node:timers/promises'
    import pino from 'pino'
    ${code}
    const busy = setInterval(() => {}, 60_000)
    const log = pino(destination)
    for (let i = 0; i < 400; i++) log.info('x'.repeat(100))
    await ${event === undefined ? 'setTimeout(20_000)' : `once(destination, '${event}')`}
    console.log('the application goes on')
    clearInterval(busy)`)
  const { status, stdout, stderr } = spawnSync('/bin/sh', ['-c', 'ulimit -f 0; exec "$0" application.mjs', process.execPath], { cwd: folder, encoding: 'utf8', timeout: 60_000 })
  return { exitCode: status, stdout, stderr }
}
