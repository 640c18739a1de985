// Other programs on the log's path, as they really are: clusters, PM2's and Node's own, and logrotate.
import { execFile, type ExecFileException } from 'node:child_process'
import cluster from 'node:cluster'
import { once } from 'node:events'
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync, watch, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { whyNoStrace } from '../support/fault-strace.js'
import { archivesOf } from '../support/kept.js'
import { temporaryFolder } from '../support/temporary-folder.js'
import { WritersProcess } from '../support/writers.js'
import { expectAllOnce, leftoversOf } from '../support/writers-log.js'

const run = promisify(execFile)
const pm2Version = '7.0.4'
const installMsMax = 120_000
const application = join(import.meta.dirname, '../support/cluster-instance.cjs')

/** Installs PM2 beside the test alone: with 77 packages it is too much to develop with. Null, and says why, where that fails. */
async function installPm2 (): Promise<string | null> {
  const folder = temporaryFolder()
  try {
    await run('npm', ['install', '--prefix', folder, '--no-save', '--no-audit', '--no-fund', '--loglevel=error', `pm2@${pm2Version}`], { timeout: installMsMax })
    return join(folder, 'node_modules/pm2/bin/pm2')
  } catch (error) {
    console.log(`skipped: the test with PM2, because it could not be installed: ${reasonOf(error)}`)
    return null
  }
}

function reasonOf (error: unknown): string {
  const { killed, message } = error as ExecFileException
  return killed === true ? `npm took longer than ${installMsMax / 1_000} s` : message
}

/** Resolves once the folder has that many entries. */
async function filled (folder: string, count: number): Promise<void> {
  await new Promise<void>((resolve) => {
    const look = (): void => {
      if (readdirSync(folder).length < count) return
      watcher.close()
      resolve()
    }
    const watcher = watch(folder, look)
    look()
  })
}

test('keeps every line once of four PM2 instances in cluster mode', { timeout: installMsMax + 120_000 }, async ({ skip }) => {
  const pm2 = await installPm2()
  if (pm2 === null) return skip('PM2 cannot be installed here')
  const folder = temporaryFolder()
  const doneFolder = join(folder, 'done')
  mkdirSync(doneFolder)
  const file = join(folder, 'logs', 'app.log')
  const lines = 3_000
  const environment = { ...process.env, PM2_HOME: join(folder, 'pm2'), ROTOR_JOB: JSON.stringify({ file, done: join(doneFolder, 'done'), lines }) }
  const command = async (...given: string[]): Promise<string> => (await run(process.execPath, [pm2, ...given], { env: environment })).stdout
  onTestFinished(async () => { await command('kill') })

  await command('start', application, '-i', '4', '--name', 'app', '--silent')
  await filled(doneFolder, 4)
  const instances = JSON.parse(await command('jlist')) as Array<{ readonly pm2_env: { readonly exec_mode: string } }>
  expect(instances.map((instance) => instance.pm2_env.exec_mode)).toEqual(Array.from({ length: 4 }, () => 'cluster_mode'))
  await command('stop', 'app', '--silent')

  expectAllOnce(file, Array.from({ length: 4 }, (_, instance) => ({ name: `instance${instance}`, lines })))
  expect(archivesOf(file).length).toBeGreaterThan(10)
})

test('keeps every line once of four workers of node:cluster', async () => {
  const folder = temporaryFolder()
  const doneFolder = join(folder, 'done')
  mkdirSync(doneFolder)
  const file = join(folder, 'logs', 'app.log')
  const lines = 3_000
  cluster.setupPrimary({ exec: application, args: [], execArgv: [] })
  const workers = Array.from({ length: 4 }, (_, instance) => (
    cluster.fork({ NODE_APP_INSTANCE: instance, ROTOR_JOB: JSON.stringify({ file, done: join(doneFolder, 'done'), lines }) })
  ))
  const ended = workers.map(async (worker) => { await once(worker, 'exit') })
  onTestFinished(async () => {
    for (const worker of workers) worker.process.kill('SIGKILL')
    await Promise.all(ended)
  })

  await filled(doneFolder, 4)
  for (const worker of workers) worker.process.kill('SIGTERM')
  await Promise.all(ended)

  expectAllOnce(file, Array.from({ length: 4 }, (_, instance) => ({ name: `instance${instance}`, lines })))
  expect(archivesOf(file).length).toBeGreaterThan(10)
})

const rotations = 10
const commandLine = join(import.meta.dirname, '../../dist/cli.js')
const canLogrotate = existsSync('/usr/sbin/logrotate')
if (!canLogrotate) console.log('skipped: tests with logrotate, because it is not installed')

describe.runIf(canLogrotate)('logrotate', () => {
  test('with create moves the file away under two live writers, and no line is lost', async () => {
    const { file, started, rotate } = await underLogrotate(rotations)
    const newFiles: Array<string | undefined> = []
    for (let rotation = 0; rotation < rotations; rotation++) {
      await written(file)
      const newFile = await rotate()
      // logrotate would replace it with the next one of the same hour.
      if (newFile !== undefined) renameSync(newFile, `${file}.new${rotation}`)
      newFiles.push(newFile === undefined ? undefined : `${file}.new${rotation}`)
    }
    await written(file)
    const logged = await started.stopWriting()
    await started.end()

    expect(statSync(file).mode & 0o777).toBe(0o640)
    joinMoved(file, newFiles)
    expectAllOnce(file, logged)
    expect(leftoversOf(file)).toEqual([])
  })

  // logrotate renames app.log.1 first, then app.log. Then it is held up before it creates the file.
  test.skipIf(whyNoStrace() !== null)('that is slower than a writer to create the file moves the writer\'s file away too, and no line is lost', async () => {
    const { file, started, rotate } = await underLogrotate(1)
    await written(file)
    const newFile = await rotate('strace', '-f', '--seccomp-bpf', '-qq', '-o', '/dev/null', '-e', 'trace=rename', '-e', 'inject=rename:delay_exit=1000000:when=2')
    await written(file)
    const logged = await started.stopWriting()
    await started.end()

    expect(newFile).toBeDefined()
    const { stdout } = await run(process.execPath, [commandLine, 'cat', file])
    expect(stdout.split('\n')).toHaveLength(logged.reduce((sum, { lines }) => sum + lines, 1))
    joinMoved(file, [newFile])
    expectAllOnce(file, logged)
  })
})

/** Resolves once there is something in the file. */
async function written (file: string): Promise<void> {
  await vi.waitUntil(() => statSync(file).size > 0, { timeout: 30_000, interval: 5 })
}

interface UnderLogrotate {
  readonly file: string
  readonly started: WritersProcess
  /** Lets logrotate move the file away; strace may run it. Resolves with the writer's new file, if that was moved away too. */
  readonly rotate: (...strace: string[]) => Promise<string | undefined>
}

/** Two writers that write on and on into a log which logrotate moves away, with that many files kept. */
async function underLogrotate (filesMax: number): Promise<UnderLogrotate> {
  const folder = temporaryFolder()
  const file = join(folder, 'app.log')
  const [configuration, state] = [join(folder, 'logrotate.conf'), join(folder, 'logrotate.state')]
  writeFileSync(configuration, `${file} {\n  rotate ${filesMax}\n  create 0640\n  missingok\n  su root root\n}\n`, { mode: 0o600 })
  const writers = ['a', 'b'].map((name) => ({ name, kind: 'transport' as const, lines: 0 }))
  // logrotate gives up where a writer makes a new file twice while it creates one, so the writers pause between their lines.
  const started = await WritersProcess.start({ options: { file, report: false }, writers, linesPerTick: 10, tickMs: 10 })
  onTestFinished(async () => { await started.kill() })
  await started.keepWriting()
  const rotate = async (...strace: string[]): Promise<string | undefined> => {
    const [program = '', ...given] = [...strace, '/usr/sbin/logrotate', '--force', '--state', state, configuration]
    await run(program, given)
    return readdirSync(folder).filter((name) => name.endsWith('.backup')).map((name) => join(folder, name))[0]
  }
  return { file, started, rotate }
}

// The highest number is the oldest file. A new file that was moved too follows the one in whose place it was.
function joinMoved (file: string, newFiles: ReadonlyArray<string | undefined>): void {
  const moved = newFiles.flatMap((newFile, index) => [`${file}.${newFiles.length - index}`, ...newFile === undefined ? [] : [newFile]])
  const content = Buffer.concat([...moved, file].map((path) => readFileSync(path)))
  for (const path of moved) rmSync(path)
  writeFileSync(file, content)
}
