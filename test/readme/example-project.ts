// A project as a newcomer has it after `npm install pino pino-rotor`, to run an example of the README in.
import { execFile, spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { watch } from 'node:fs/promises'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { gunzipSync } from 'node:zlib'

const repository = join(import.meta.dirname, '../..')
const longestMs = 20_000

export interface Outcome {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

export class ExampleProject {
  readonly folder = mkdtempSync(join(tmpdir(), 'pino-rotor-readme-'))
  readonly #programs = join(this.folder, 'node_modules/.bin')

  constructor () {
    const modules = join(this.folder, 'node_modules')
    mkdirSync(join(modules, '.bin'), { recursive: true })
    symlinkSync(join(repository, 'dist/cli.js'), join(modules, '.bin/pino-rotor'))
    symlinkSync(repository, join(modules, 'pino-rotor'), 'junction')
    for (const name of ['pino', 'fastify']) symlinkSync(join(repository, 'node_modules', name), join(modules, name), 'junction')
    symlinkSync(join(repository, 'node_modules/pino-pretty/bin.js'), join(modules, '.bin/pino-pretty'))
  }

  /** Runs a program to its end. */
  async run (name: string, code: string): Promise<Outcome> {
    writeFileSync(join(this.folder, name), code)
    return await this.#execute(process.execPath, [name])
  }

  /** Runs lines of a shell as a user would type them. */
  async runShell (code: string): Promise<Outcome> {
    return await this.#execute('/bin/sh', ['-e', '-c', code], { PATH: `${this.#programs}${delimiter}${process.env['PATH'] ?? ''}` })
  }

  /** Starts a server, asks for its first page, stops it once the answer is in the log, and returns the answer. */
  async askServer (name: string, code: string): Promise<string> {
    writeFileSync(join(this.folder, name), code)
    const log = join(this.folder, 'logs/app.log')
    mkdirSync(dirname(log))
    const server = spawn(process.execPath, [name], { cwd: this.folder, env: { ...process.env, PORT: '0' }, stdio: ['ignore', 'ignore', 'inherit'] })
    const exited = once(server, 'exit')
    try {
      const [, url = ''] = await this.#logged(log, /Server listening at (http:\S+?)"/)
      const answer = await fetch(url).then((response) => response.text())
      await this.#logged(log, /"msg":"request completed"/)
      return answer
    } finally {
      server.kill()
      await exited
    }
  }

  /** The log lines of every file under `logs`, as objects. */
  logLines (): object[] {
    const folder = join(this.folder, 'logs')
    if (!existsSync(folder)) return []
    return readdirSync(folder)
      .map((name) => ({ name, bytes: readFileSync(join(folder, name)) }))
      .flatMap(({ name, bytes }) => (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString().split('\n'))
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as object)
  }

  remove (): void {
    rmSync(this.folder, { recursive: true, force: true })
  }

  async #execute (command: string, args: string[], env: NodeJS.ProcessEnv = {}): Promise<Outcome> {
    return await new Promise((resolve) => {
      const child = execFile(command, args, { cwd: this.folder, timeout: longestMs, env: { ...process.env, ...env } }, (_, stdout, stderr) => {
        resolve({ exitCode: child.exitCode ?? -1, stdout, stderr })
      })
    })
  }

  async #logged (log: string, wanted: RegExp): Promise<RegExpExecArray> {
    const stop = new AbortController()
    const changes = watch(dirname(log), { signal: AbortSignal.any([stop.signal, AbortSignal.timeout(longestMs)]) })[Symbol.asyncIterator]()
    // The watch begins with the first call, before the first look at the file.
    for (let change = changes.next(); ; change = changes.next()) {
      const found = wanted.exec(existsSync(log) ? readFileSync(log, 'utf8') : '')
      if (found === null) {
        await change
      } else {
        change.catch(() => {})
        stop.abort()
        return found
      }
    }
  }
}
