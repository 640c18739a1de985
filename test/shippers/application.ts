// An application that logs, and the one who rotates its log: itself, or logrotate with what Debian's packages ask of it.
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'

export type Rotation = 'rotor' | 'logrotate'

export interface Application {
  /** Rotates; resolves to the number of lines written before the new file was in place, or a few more. */
  rotate: () => Promise<number>
  /** Ends it; resolves to the number of all lines. */
  end: () => Promise<number>
  kill: () => void
}

const run = promisify(execFile)
const script = join(import.meta.dirname, 'writer-process.js')

/** Starts to log to the file; the folder takes what logrotate needs. */
export async function startApplication (rotation: Rotation, log: string, folder: string): Promise<Application> {
  const child = spawn(process.execPath, [script, rotation === 'rotor' ? 'rotor' : 'plain', log], { stdio: ['pipe', 'pipe', 'inherit'] })
  const output = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const lines = async (): Promise<number> => {
    const { value, done } = await output.next()
    if (done === true) throw new Error(`the application that ${rotation} rotates has ended`)
    return Number(value)
  }
  await lines()
  const rotate = rotation === 'rotor' ? async () => { child.stdin.write('rotate\n') } : logrotate(log, folder, child.pid ?? 0)
  return {
    async rotate () {
      await rotate()
      return await lines()
    },
    async end () {
      child.stdin.write('end\n')
      const [total] = await Promise.all([lines(), once(child, 'exit')])
      return total
    },
    kill () { child.kill('SIGKILL') }
  }
}

// What Debian's packages do to a log, only more often.
function logrotate (log: string, folder: string, pid: number): () => Promise<void> {
  const settings = join(folder, 'logrotate.conf')
  writeFileSync(settings, `"${log}" {\n  su root root\n  create 0644 root root\n  rotate 1000\n  compress\n  delaycompress\n  postrotate\n    kill -HUP ${pid}\n  endscript\n}\n`, { mode: 0o644 })
  return async () => { await run('logrotate', ['--force', '--state', join(folder, 'logrotate.state'), settings]) }
}
