// Kills the application at each system call of an upload, on its log's files and on its connections, starts it again, and looks
// into the store: each archive is there once and whole, and none was sent twice.
import { createHash, randomBytes } from 'node:crypto'
import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { logName } from '../../src/policy/names/archive-name.js'
import { hiddenName } from '../../src/policy/names/hidden-name.js'
import { parseRecord } from '../../src/policy/uploading/upload-record.js'
import { buildFaultApplication, type FaultBuild } from '../support/fault-build.js'
import { callsOf, liveUntil, seriesOf, wasKilled, type Series } from '../support/fault-kills.js'
import { leftovers } from '../support/fault-ledger.js'
import { eachAtOnce } from '../support/fault-parallel.js'
import { lifeIn, makeScene, type Scene } from '../support/fault-scene.js'
import { readTrace, runLife, runTraced, whyNoStrace } from '../support/fault-strace.js'
import { startObjectServer, type ObjectServer } from '../support/object-server.js'

const reason = whyNoStrace()
if (reason !== null) console.log(`skipped: ${reason}`)

const atOnce = 3
/** Larger than what one chunk of the body holds. */
const archiveBytes = 150_000
const record = hiddenName(logName('app.log'), 'stored')
const networkCalls = ['socket', 'connect', 'write', 'writev', 'read', 'shutdown']

let build: FaultBuild
let server: ObjectServer
let scenes = 0

/** A scene whose archives have a bucket of their own. */
interface Upload { readonly scene: Scene, readonly bucket: string }

function makeUpload (): Upload {
  const scene = makeScene()
  for (const name of archivesOf(scene)) writeFileSync(join(dirname(scene.file), name), randomBytes(archiveBytes))
  return { scene, bucket: `bucket-${++scenes}` }
}

function archivesOf ({ file }: Scene): string[] {
  return readdirSync(dirname(file)).filter((name) => name.endsWith('.gz')).sort()
}

function lifeOf ({ scene, bucket }: Upload, number: number, steps = ['upload', 'end']) {
  return lifeIn(scene, number, steps, { options: { limit: false, upload: { to: `s3://${bucket}`, endpoint: server.endpoint, key: '{name}' } } })
}

function expectWholeOrMissing ({ scene, bucket }: Upload, when: string): void {
  for (const name of archivesOf(scene)) {
    const object = server.objects.get(`${bucket}/${name}`)
    if (object !== undefined) expect(object.bytes.equals(readFileSync(join(dirname(scene.file), name))), when).toBe(true)
  }
}

async function expectAllStored (upload: Upload, when: string): Promise<void> {
  const { scene, bucket } = upload
  const names = archivesOf(scene)
  // The upload waits for no sweep. So only a sweep breaks a lock that has no owner's name yet.
  expect(await runLife(build, lifeOf(upload, 1, ['upload', 'sweep', 'end'])), when).toEqual({ code: 0, signal: null, stderr: '' })
  expectWholeOrMissing(upload, when)
  const keys = names.map((name) => `${bucket}/${name}`)
  expect(server.bodies.filter((key) => key.startsWith(`${bucket}/`)).sort(), `${when}: sent`).toEqual(keys)
  for (const name of names) {
    expect(server.objects.get(`${bucket}/${name}`)?.sha256, when).toBe(createHash('sha256').update(readFileSync(join(dirname(scene.file), name))).digest('hex'))
  }
  expect(leftovers(scene.file), when).toEqual([record])
  expect([...parseRecord(readFileSync(join(dirname(scene.file), record), 'utf8'))?.stored.keys() ?? []].sort(), when).toEqual(names)
}

async function killAndRecover (cases: ReadonlyArray<{ readonly when: string, readonly live: (upload: Upload) => Promise<boolean> }>): Promise<number> {
  let kills = 0
  await eachAtOnce(cases, atOnce, async ({ when, live }) => {
    const upload = makeUpload()
    if (await live(upload)) kills++
    expectWholeOrMissing(upload, when)
    await expectAllStored(upload, when)
    upload.scene.remove()
  })
  return kills
}

/** The numbers of a life's calls, by kind, from its first connection on. */
async function connectionCalls (upload: Upload): Promise<Array<{ readonly call: string, readonly number: number }>> {
  const { scene } = upload
  const traced = await runTraced({ build, life: lifeOf(upload, 0), paths: [], calls: networkCalls, trace: scene.trace })
  expect(traced).toEqual({ code: 0, signal: null, stderr: '' })
  const calls = readTrace(scene.trace)
  const main = calls[0]?.thread
  const counts = new Map<string, number>()
  let isConnected = false
  return calls.filter(({ thread }) => thread === main).flatMap(({ call }) => {
    const number = (counts.get(call) ?? 0) + 1
    counts.set(call, number)
    isConnected ||= call === 'socket'
    return isConnected ? [{ call, number }] : []
  })
}

describe.skipIf(reason !== null)('the application, killed', () => {
  beforeAll(async () => {
    const built = await buildFaultApplication()
    build = { ...built, environment: { ...built.environment, AWS_ACCESS_KEY_ID: 'key', AWS_SECRET_ACCESS_KEY: 'secret' } }
    server = await startObjectServer()
  })
  afterAll(async () => {
    build.remove()
    await server.close()
  })

  test('at any system call of an upload on its files, has every archive stored once and whole after its next start', async () => {
    const trial = makeUpload()
    const calls = await callsOf(build, trial.scene, lifeOf(trial, 0))
    await expectAllStored(trial, 'without a kill')
    trial.scene.remove()
    const counts = new Map<string, number>()
    const cases = calls.map((series: Series) => {
      const name = `${series.thread} ${series.call}`
      const number = (counts.get(name) ?? 0) + 1
      counts.set(name, number)
      return { when: `${name} ${number}`, live: async (upload: Upload) => await liveUntil(build, upload.scene, lifeOf(upload, 0), series, number) }
    })
    expect(seriesOf(calls).map(({ call }) => call)).toEqual(expect.arrayContaining(['rename', 'fsync', 'pread64', 'unlink']))
    const kills = await killAndRecover(cases)
    console.log(`killed at ${kills} of ${cases.length} calls on files`)
    expect(kills).toBeGreaterThan(cases.length * 0.9)
  }, 600_000)

  test('at any system call of an upload on its connections, has every archive stored once and whole after its next start', async () => {
    const trial = makeUpload()
    const calls = await connectionCalls(trial)
    trial.scene.remove()
    const kills = await killAndRecover(calls.map(({ call, number }) => ({
      when: `${call} ${number}`,
      live: async (upload: Upload) => wasKilled(await runTraced({ build, life: lifeOf(upload, 0), paths: [], calls: [call], fault: { call, effect: 'signal=KILL', when: String(number) }, trace: upload.scene.trace }))
    })))
    console.log(`killed at ${kills} of ${calls.length} calls on connections`)
    expect(kills).toBeGreaterThan(calls.length * 0.8)
  }, 600_000)
})
