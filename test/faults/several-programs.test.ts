// Other programs on the log's path, as they really are: clusters, PM2's and Node's own, and logrotate.
import { execFile, type ExecFileException } from 'node:child_process'
import cluster from 'node:cluster'
import { once } from 'node:events'
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, watch, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
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
const canLogrotate = existsSync('/usr/sbin/logrotate')
if (!canLogrotate) console.log('skipped: tests with logrotate, because it is not installed')

describe.runIf(canLogrotate)('logrotate', () => {
  test('with create moves the file away under two live writers, and no line is lost', async () => {
    const folder = temporaryFolder()
    const file = join(folder, 'app.log')
    const [configuration, state] = [join(folder, 'logrotate.conf'), join(folder, 'logrotate.state')]
    writeFileSync(configuration, `${file} {\n  rotate ${rotations}\n  create 0640\n  missingok\n  su root root\n}\n`, { mode: 0o600 })
    const writers = ['a', 'b'].map((name) => ({ name, kind: 'transport' as const, lines: 0 }))
    const started = await WritersProcess.start({ options: { file, report: false }, writers, linesPerTick: 2, tickMs: 1 })
    onTestFinished(async () => { await started.kill() })
    await started.keepWriting()
    for (let rotation = 0; rotation < rotations; rotation++) {
      await written(file)
      await run('/usr/sbin/logrotate', ['--force', '--state', state, configuration])
    }
    await written(file)
    const logged = await started.stopWriting()
    await started.end()

    expect(statSync(file).mode & 0o777).toBe(0o640)
    joinNumbered(file)
    expectAllOnce(file, logged)
    expect(leftoversOf(file)).toEqual([])
  })
})

/** Resolves once there is something in the file. */
async function written (file: string): Promise<void> {
  await vi.waitUntil(() => statSync(file).size > 0, { timeout: 30_000, interval: 5 })
}

// What logrotate numbered, the highest number first, is the log up to the active file.
function joinNumbered (file: string): void {
  const numbered = Array.from({ length: rotations }, (_, index) => `${file}.${rotations - index}`)
  const content = Buffer.concat([...numbered, file].map((path) => readFileSync(path)))
  for (const path of numbered) rmSync(path)
  writeFileSync(file, content)
}
