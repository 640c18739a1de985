// Many archives through random kills of the application and of the store. However often both die, each object is there once and
// whole in the end. A seed gives the same sizes and kinds of kills again; the instants depend on the machine.
// ROTOR_ARCHIVES, ROTOR_KILLS and ROTOR_SEED change that: npx vitest run --project remote test/remote/random-kills
import { createHash, randomBytes } from 'node:crypto'
import { spawn, type ChildProcess } from 'node:child_process'
import { EventEmitter, once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import type { BucketPlace } from '../../src/options/settings.js'
import { randomNumbers, seedOfRun } from '../support/fault-random.js'
import { client, contentOf, kindsOfServer, makeBucket } from './scene.js'
import { endAll } from './server-process.js'
import type { StoreServer } from './store-server.js'

/** How many archives, and how many kills; Swift starts slowly. */
const usual = { Ceph: [1000, 100], Swift: [30, 6] } as const
const seed = seedOfRun()
const never = new AbortController().signal
const longestKillMs = 60

/** Uploads until all is stored, and prints the name of each archive. */
const source = (file: string, place: BucketPlace): string => `
  import { basename } from 'node:path'
  import { transport } from ${JSON.stringify(join(import.meta.dirname, '../../dist/index.js'))}
  const log = transport({ file: ${JSON.stringify(file)}, report: false, limit: false, upload: { to: 's3://${place.bucket}/kills', endpoint: '${place.endpoint}', key: '{yyyy}/{name}' } })
  const alive = setInterval(() => {}, 60_000)
  log.on('uploaded', ({ archive }) => { process.stdout.write(basename(archive) + '\\n') })
  const attempt = () => log.upload().then(() => { clearInterval(alive); log.end() }, () => { setTimeout(attempt, 50) })
  attempt()
`

class Application {
  readonly #script: string
  readonly #env: NodeJS.ProcessEnv
  readonly #news = new EventEmitter()
  readonly #stored = new Set<string>()
  #child: ChildProcess

  constructor (script: string, env: NodeJS.ProcessEnv) {
    this.#script = script
    this.#env = env
    this.#child = this.#start()
  }

  /** Resolves once so many archives were told to be stored, or the application has ended. A kill can come before the telling. */
  async stored (count: number): Promise<void> {
    while (this.#stored.size < count && this.#child.exitCode === null) await once(this.#news, 'told')
  }

  async killAndStart (): Promise<void> {
    await endAll([this.#child])
    this.#child = this.#start()
  }

  async end (): Promise<void> {
    if (this.#child.exitCode === null) await once(this.#child, 'exit')
    expect(this.#child.exitCode).toBe(0)
  }

  #start (): ChildProcess {
    const child = spawn(process.execPath, ['--input-type=module', '--eval', this.#script], { env: this.#env, stdio: ['ignore', 'pipe', 'inherit'] })
    createInterface(child.stdout).on('line', (name) => {
      this.#stored.add(name)
      this.#news.emit('told')
    })
    child.once('exit', () => { this.#news.emit('told') })
    return child
  }
}

async function killAtRandom (application: Application, server: StoreServer, archives: number, kills: number): Promise<{ application: number, server: number }> {
  const random = randomNumbers(seed)
  const counts = { application: 0, server: 0 }
  const moments = Array.from({ length: kills }, () => Math.floor(random() * archives * 0.95)).sort((a, b) => a - b)
  for (const moment of moments) {
    await application.stored(moment)
    await pause(random() * longestKillMs)
    if (random() < 0.5) {
      counts.application++
      await application.killAndStart()
    } else {
      counts.server++
      await server.restart()
    }
  }
  return counts
}

describe.each(kindsOfServer)('$kind', ({ kind, missing, start }) => {
  const archives = Number(process.env['ROTOR_ARCHIVES'] ?? usual[kind][0])
  const kills = Number(process.env['ROTOR_KILLS'] ?? usual[kind][1])

  test.skipIf(missing !== null)(`has each of ${archives} archives once and whole after ${kills} random kills of the application and of the store`, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'rotor-kills-'))
    const server = await start(folder)
    try {
      const place = await makeBucket(server)
      const logs = join(folder, 'logs')
      mkdirSync(logs)
      const random = randomNumbers(seed + 1)
      for (let n = 0; n < archives; n++) writeFileSync(join(logs, `app.20251001_121111${n === 0 ? '' : `.${n}`}.log.gz`), randomBytes(Math.floor(random() ** 3 * 1_000_000)))
      const application = new Application(source(join(logs, 'app.log'), place), { ...process.env, AWS_ACCESS_KEY_ID: server.credentials.accessKeyId, AWS_SECRET_ACCESS_KEY: server.credentials.secretAccessKey })
      const counts = await killAtRandom(application, server, archives, kills)
      await application.end()
      console.log(`${kind}, seed ${seed}: killed the application ${counts.application} times and the store ${counts.server} times`)
      await expectEachStored(server, place, logs)
    } finally {
      await server.stop()
      rmSync(folder, { recursive: true, force: true })
    }
  }, 3_600_000)
})

async function expectEachStored (server: StoreServer, place: BucketPlace, logs: string): Promise<void> {
  const store = client(place, server.credentials)
  const keys = []
  for await (const { key } of store.list('', never)) keys.push(key)
  const names = readdirSync(logs).filter((name) => name.endsWith('.gz'))
  expect(keys.sort()).toEqual(names.map((name) => `kills/2025/${name}`).sort())
  for (const name of names) {
    const { stored, body } = await store.get(`kills/2025/${name}`, never)
    const sha256 = createHash('sha256').update(readFileSync(join(logs, name))).digest('hex')
    expect(createHash('sha256').update(await contentOf(body)).digest('hex'), name).toBe(sha256)
    expect(stored.sha256, name).toBe(sha256)
  }
  expect(readdirSync(logs).filter((name) => name.startsWith('.'))).toEqual(['.app.log.rotor.stored'])
}
