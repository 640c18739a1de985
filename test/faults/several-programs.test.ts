// Other programs on the log's path, as they really are: clusters, PM2's and Node's own, and logrotate.
import { execFile } from 'node:child_process'
import cluster from 'node:cluster'
import { once } from 'node:events'
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, watch, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import { describe, expect, onTestFinished, test } from 'vitest'
import { archivesOf } from '../support/kept.js'
import { temporaryFolder } from '../support/temporary-folder.js'
import { WritersProcess } from '../support/writers.js'
import { expectAllOnce, leftoversOf } from '../support/writers-log.js'

const run = promisify(execFile)
const pm2Version = '7.0.4'
const application = join(import.meta.dirname, '../support/cluster-instance.cjs')

/** Installs PM2 beside the test alone: with 77 packages it is too much to develop with. Null where there is no registry. */
async function installPm2 (): Promise<string | null> {
  const folder = temporaryFolder()
  try {
    await run('npm', ['install', '--prefix', folder, '--no-save', '--no-audit', '--no-fund', '--loglevel=error', `pm2@${pm2Version}`])
    return join(folder, 'node_modules/pm2/bin/pm2')
  } catch (error) {
    console.log(`skipped: PM2 cannot be installed here: ${String(error).slice(0, 300)}`)
    return null
  }
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

test('keeps every line once of four PM2 instances in cluster mode', async ({ skip }) => {
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
  expect(JSON.parse(await command('jlist'))).toHaveLength(4)
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

const canLogrotate = existsSync('/usr/sbin/logrotate')
if (!canLogrotate) console.log('skipped: tests with logrotate, because it is not installed')

describe.runIf(canLogrotate)('logrotate', () => {
  test('with create moves the file away under two live writers, and no line is lost', async () => {
    const folder = temporaryFolder()
    const file = join(folder, 'app.log')
    const [configuration, state] = [join(folder, 'logrotate.conf'), join(folder, 'logrotate.state')]
    writeFileSync(configuration, `${file} {\n  rotate 100\n  create 0640\n  missingok\n  su root root\n}\n`, { mode: 0o600 })
    const lines = 20_000
    const writers = ['a', 'b'].map((name) => ({ name, kind: 'transport' as const, lines }))
    const started = await WritersProcess.start({ options: { file, report: false }, writers, linesPerTick: 2 })
    onTestFinished(async () => { await started.kill() })
    const done = started.ask('begin').then(() => true)
    let rotations = 0
    while (!await Promise.race([done, delay(20).then(() => false)])) {
      await run('/usr/sbin/logrotate', ['--force', '--state', state, configuration])
      rotations++
    }
    await started.end()

    expect(rotations).toBeGreaterThan(1)
    expect(statSync(file).mode & 0o777).toBe(0o640)
    joinNumbered(file, rotations)
    expectAllOnce(file, writers)
    expect(leftoversOf(file)).toEqual([])
  })
})

// What logrotate numbered, the highest number first, is the log up to the active file.
function joinNumbered (file: string, rotations: number): void {
  const numbered = Array.from({ length: rotations }, (_, index) => `${file}.${rotations - index}`).filter((path) => existsSync(path))
  const content = Buffer.concat([...numbered, file].map((path) => readFileSync(path)))
  for (const path of numbered) rmSync(path)
  writeFileSync(file, content)
}
