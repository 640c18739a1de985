// The command line as a user has it: the built program in a process of its own, in a pipe or on a terminal, on a folder of
// logs that is made for it, and beside an application that writes.
import { execFileSync, spawn, spawnSync, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { cpSync, existsSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { onTestFinished } from 'vitest'

const repository = join(import.meta.dirname, '../..')
const dist = process.env['PINO_ROTOR_DIST'] ?? join(repository, 'dist')

/** The built program. */
export const program = join(dist, 'cli.js')
if (!existsSync(program)) throw new Error(`${program} is missing: run "npm run build" before these tests, as "npm test" does`)

export interface Outcome {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface RunOptions {
  readonly cwd: string
  readonly env?: NodeJS.ProcessEnv
  /** Runs as this user. */
  readonly uid?: number
}

/** Starts the program. */
export function start (args: readonly string[], { cwd, env, uid }: RunOptions): ChildProcessWithoutNullStreams {
  const child = spawn(process.execPath, [program, ...args], { cwd, env: { ...process.env, ...env }, ...uid !== undefined && { uid, gid: uid } })
  onTestFinished(() => { child.kill('SIGKILL') })
  return child
}

/** A user without rights to what root makes. */
export const otherUser = 65534

/** Whether the tests may act as another user. That takes root, and a checkout and a temporary folder that others may read. */
export const canActAsOtherUser = (() => {
  const isOpen = process.getuid?.() === 0 && [program, tmpdir()].every((path) => spawnSync('test', ['-r', path], { uid: otherUser }).status === 0)
  if (!isOpen) console.log('skipped: tests as a user without rights, because this is not root, or its folders are not open to others')
  return isOpen
})()

/** Runs the program in a pipe to its end. */
export async function run (args: readonly string[], options: RunOptions): Promise<Outcome> {
  return await outcomeOf(start(args, options))
}

/** How a process ends, with all that it wrote. */
export async function outcomeOf (child: ChildProcessWithoutNullStreams): Promise<Outcome> {
  const stdout: Buffer[] = []
  const stderr: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk))
  const status = await new Promise<number | null>((resolve) => child.once('close', resolve))
  return { status, stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString() }
}

/** Whether util-linux's `script` can give a program a terminal here; else why not. */
export const noTerminal: string | null = (() => {
  try {
    execFileSync('script', ['-qec', 'true', '/dev/null'], { stdio: 'ignore' })
    return null
  } catch {
    return 'skipped: "script" of util-linux, which gives a program a terminal, is not installed'
  }
})()

/** A terminal that shows neither colours nor how long the work takes, which on a busy machine would come between the lines. */
export const withoutProgress = { TERM: 'dumb' }

/** Runs the program on a terminal of 80 columns; stdout and stderr are one there. */
export function startOnTerminal (args: readonly string[], { cwd, env }: RunOptions): ChildProcessWithoutNullStreams {
  const command = ['stty cols 80 rows 40;', 'exec', process.execPath, program, ...args].join(' ')
  const child = spawn('script', ['-qec', command, '/dev/null'], { cwd, env: { ...process.env, TERM: 'xterm', NO_COLOR: '', CI: '', ...env } })
  onTestFinished(() => { child.kill('SIGKILL') })
  return child
}

/** A folder for one test. */
export function temporaryFolder (): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'rotor-cli-')))
  onTestFinished(() => { rmSync(folder, { recursive: true, force: true }) })
  return folder
}

/** The program, installed in the folder without the optional peers. */
export function programWithoutPeers (folder: string): string {
  const dist = join(folder, 'package', 'dist')
  cpSync(dirname(program), dist, { recursive: true })
  writeFileSync(join(folder, 'package', 'package.json'), '{ "type": "module", "version": "0" }')
  mkdirSync(join(folder, 'package', 'node_modules'))
  for (const name of ['croner', 'sonic-boom', 'aws4']) symlinkSync(join(import.meta.dirname, '../../node_modules', name), join(folder, 'package', 'node_modules', name))
  return join(dist, 'cli.js')
}

/** A line as pino writes it. */
export function lineAt (atMs: number, n: number, more = ''): string {
  return `{"level":30,"time":${atMs},"pid":1,"hostname":"here","n":${n}${more},"msg":"request completed"}\n`
}

/** So many lines, a second apart, numbered from the first. */
export function linesFrom (atMs: number, first: number, count: number): string {
  return Array.from({ length: count }, (_, index) => lineAt(atMs + index * 1000, first + index)).join('')
}

/** Writes files into the folder; a name that ends in `.gz` is packed, and each file is as old as its name says. */
export function fill (folder: string, files: Readonly<Record<string, string | Buffer>>): void {
  mkdirSync(folder, { recursive: true })
  for (const [name, content] of Object.entries(files)) {
    writeFileSync(join(folder, name), name.endsWith('.gz') && typeof content === 'string' ? gzipSync(content) : content)
    const [, year, month, day, hour, minute] = /\.(\d{4})(\d\d)(\d\d)_(\d\d)(\d\d)/.exec(name) ?? []
    if (year === undefined) continue
    const at = new Date(`${year}-${month}-${day}T${hour}:${minute}:00Z`)
    utimesSync(join(folder, name), at, at)
  }
}

/** Everything about a folder that a command could change: names, bytes, times, modes and inodes. */
export function pictureOf (folder: string): Array<Record<string, unknown>> {
  return readdirSync(folder).sort().map((name) => {
    const { size, mtimeMs, ctimeMs, mode, ino, nlink } = lstatSync(join(folder, name))
    return { name, size, mtimeMs, ctimeMs, mode, ino, nlink, content: readFileSync(join(folder, name)).toString('base64') }
  })
}

export interface LiveWriter {
  readonly pid: number
  /** Stops writing and resolves to how many lines were written. */
  stop: () => Promise<number>
}

/** Starts an application that logs numbered lines through the built package until it is stopped. */
export async function startWriter (file: string, options: object): Promise<LiveWriter> {
  const source = `
    import { writeSync } from 'node:fs'
    import { transport } from ${JSON.stringify(join(dist, 'index.js'))}
    const log = transport(${JSON.stringify({ file, ...options })})
    let n = 0
    const timer = setInterval(() => {
      for (let burst = 0; burst < 10; burst++) log.write(JSON.stringify({ level: 30, time: Date.now(), n: n++, msg: 'request completed' }) + '\\n')
    }, 2)
    log.on('ready', () => writeSync(1, 'ready\\n'))
    process.stdin.on('data', () => {
      clearInterval(timer)
      log.on('close', () => { writeSync(1, n + ' written\\n'); process.exit() })
      log.end()
    })`
  const child = spawn(process.execPath, ['--input-type=module', '--eval', source], { stdio: ['pipe', 'pipe', 'inherit'] })
  onTestFinished(() => { child.kill('SIGKILL') })
  let said = ''
  child.stdout.on('data', (chunk: Buffer) => { said += chunk.toString() })
  const saying = async (pattern: RegExp): Promise<string> => {
    while (!pattern.test(said)) await new Promise((resolve) => child.stdout.once('data', resolve))
    return pattern.exec(said)?.[1] ?? ''
  }
  await saying(/ready/)
  return {
    pid: child.pid ?? 0,
    stop: async () => {
      child.stdin.write('stop')
      return Number(await saying(/(\d+) written/))
    }
  }
}

/** The numbers of lines, in the order in which they come. */
export function numbersIn (text: string): number[] {
  return text.split('\n').filter((line) => line !== '').map((line) => (JSON.parse(line) as { n: number }).n)
}

/** 0 to count - 1. */
export function upTo (count: number): number[] {
  return Array.from({ length: count }, (_, n) => n)
}
