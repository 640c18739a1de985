// The thread of an actor: it plays one role after another, in its own world.
import { readFileSync } from 'node:fs'
import { Script } from 'node:vm'
import { receiveMessageOnPort, workerData, type MessagePort } from 'node:worker_threads'
import { Life, type Told } from './life.js'
import { packing } from './packing.js'
import type * as Roles from './roles.js'
import type { Scene } from './scenes.js'
import { actorsMax, Schedule } from './schedule.js'
import { worldOf } from './world.js'

/** What an actor is started with. It waits at its word of `work`, without its event loop. */
export interface ActorData {
  readonly actor: number
  /** The built file of the roles, with the code under test. */
  readonly roles: string
  readonly memory: SharedArrayBuffer
  readonly work: Int32Array
  readonly flushedCounts: Int32Array
  readonly port: MessagePort
}
export interface Work { readonly scene: Scene, readonly folder: string, readonly tells: boolean }
export interface Result { readonly report: Roles.Report, readonly failures: readonly string[], readonly told: readonly Told[], readonly kills: number }

const { actor, roles, memory, work: workWords, flushedCounts, port } = workerData as ActorData
const schedule = new Schedule(memory)

const globals = ['setTimeout', 'setInterval', 'clearTimeout', 'clearInterval', 'setImmediate', 'Atomics']

const compiled = new Script(`(function (require, module, exports, __filename, ${globals.join(', ')}) {${readFileSync(roles, 'utf8')}\n})`, { filename: roles })

/** The code under test, and the life that it is in. */
interface Code { readonly roles: typeof Roles, life: Life | null }

// A file has to be there for the thread that compresses, for which packing.ts stands in.
globalThis.__bundlerPathsOverrides = { 'pino-rotor/worker': roles }
let code = load()

function load (): Code {
  const lifeNow = (): Life => {
    if (loaded.life === null) throw new Error('the code was used before its life')
    return loaded.life
  }
  const world = worldOf(lifeNow)
  const module = { exports: {} }
  const evaluate = compiled.runInThisContext() as (...given: unknown[]) => void
  evaluate(world.require, module, module.exports, roles, ...globals.map((name) => world.globals[name]))
  const loaded: Code = { roles: module.exports as typeof Roles, life: null }
  packing.answer = loaded.roles.pack
  return loaded
}

async function act ({ scene, folder, tells }: Work): Promise<Result> {
  const role = scene.roles[actor]
  const report: Roles.Report = { handedOver: 0, flushed: [], dropped: 0, failed: [], reads: [], removed: '' }
  const failures: string[] = []
  const told: Told[] = []
  if (role === undefined) return { report, failures, told, kills: 0 }
  const isMortal = role.is === 'writer' || role.is === 'sweep' || role.is === 'rotate'
  // Errors are met at nearly every step, and only a story needs to say where.
  Error.stackTraceLimit = tells ? 10 : 0
  schedule.begin(actor)
  let kills = 0
  for (let isDone = false; !isDone && !schedule.isStuck;) {
    const life = new Life(schedule, { actor, scene, folder, isMortal, tells })
    code.life = life
    isDone = await life.live(async () => { await code.roles.play(role, { life, scene, report, flushedCounts }) })
    failures.push(...life.failures)
    told.push(...life.told)
    if (isDone) continue
    kills++
    // What a life that was killed has left in the memory of its modules, or to do at its end, is not the next one's.
    process.removeAllListeners('exit')
    code = load()
    if (!schedule.isStuck) schedule.restart(actor)
  }
  if (!schedule.isStuck) schedule.end(actor)
  return { report, failures, told, kills }
}

async function serve (): Promise<void> {
  for (let seen = 0; ;) {
    Atomics.wait(workWords, actor, seen)
    seen = Atomics.load(workWords, actor)
    const work = receiveMessageOnPort(port)?.message as Work | undefined
    if (work === undefined) return
    port.postMessage(await act(work))
    Atomics.add(workWords, actorsMax, 1)
    Atomics.notify(workWords, actorsMax)
  }
}

// Work that a dead life has left behind may fail at any time.
process.on('unhandledRejection', (error) => { code.life?.failed(error) })
void serve()
