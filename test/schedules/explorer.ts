// Runs schedules, one after the other, with the same threads. A thread is started for the first scene that has so many actors.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { MessageChannel, receiveMessageOnPort, Worker, type MessagePort } from 'node:worker_threads'
import type { ActorData, Result, Work } from './actor.js'
import type { Files } from './fleet.js'
import { bystander, judge, type Verdict } from './judgement.js'
import type { Scene } from './scenes.js'
import { actorsMax, hop, Schedule, type Strategy, type Switch } from './schedule.js'
import type { Told } from './life.js'

export interface Outcome extends Verdict {
  readonly switches: readonly Switch[]
  readonly steps: number
  readonly told: readonly Told[]
}

/** Which schedule of a scene: by its seed alone, or with the switches that are left of it. */
export interface Chosen { readonly seed: number, readonly switches?: readonly Switch[] }

const strategies: readonly Strategy[] = ['priorities', 'sticky', 'random', 'priorities']
/** So often, unless the scene says otherwise, two calls of a schedule are held up for seconds. It shares no factor with the number of strategies. */
const holdUpEvery = 3

export class Explorer {
  readonly #schedule = new Schedule()
  readonly #files: Files
  readonly #folder: string
  /** A word for each actor, at which it waits for work, and one that counts those that are done. */
  readonly #work = new Int32Array(new SharedArrayBuffer((actorsMax + 1) * 4))
  readonly #flushedCounts = new Int32Array(new SharedArrayBuffer(actorsMax * 4))
  readonly #ports: MessagePort[] = []
  readonly #workers: Worker[] = []

  /** The folder is on a tmpfs where that can be. */
  constructor (files: Files, folder: string) {
    this.#files = files
    this.#folder = folder
  }

  run (scene: Scene, { seed, switches = scene.holdUpsAt === undefined ? undefined : [] }: Chosen, tells = false): Outcome {
    const folder = join(this.#folder, 'scene')
    rmSync(folder, { recursive: true, force: true })
    mkdirSync(folder)
    writeFileSync(join(folder, bystander), bystander)
    this.#flushedCounts.fill(0)
    Atomics.store(this.#work, actorsMax, 0)
    const strategy = switches === undefined ? strategies[seed % strategies.length] ?? 'random' : 'given'
    const holdUps = scene.isPrompt === true || scene.holdUpsAt !== undefined ? 0 : scene.holdUps ?? (seed % holdUpEvery === 2 ? 2 : 0)
    this.#schedule.prepare({ actors: scene.roles.length, seed, strategy, given: switches ?? [], kills: scene.kills ?? 0, failures: scene.failures ?? 0, holdUps, isPrompt: scene.isPrompt === true })
    const work: Work = { scene, folder, tells }
    for (const actor of scene.roles.keys()) {
      if (this.#workers.length === actor) this.#startActor(actor)
      this.#ports[actor]?.postMessage(work)
      this.#wake(actor)
    }
    this.#schedule.run()
    const results = this.#results(scene.roles.length)
    const told = results.flatMap((result) => result.told).sort((a, b) => a.step - b.step)
    return { ...judge(folder, scene, results, { isStuck: this.#schedule.isStuck, isHeldUp: holdUps > 0 }), switches: this.#schedule.switches, steps: this.#schedule.step, told }
  }

  async close (): Promise<void> {
    for (const actor of this.#workers.keys()) this.#wake(actor)
    await Promise.all(this.#workers.map(async (worker) => await worker.terminate()))
  }

  #startActor (actor: number): void {
    const { port1, port2 } = new MessageChannel()
    const workerData: ActorData = { actor, roles: this.#files.roles, memory: this.#schedule.memory, work: this.#work, flushedCounts: this.#flushedCounts, port: port2 }
    this.#ports.push(port1)
    this.#workers.push(new Worker(this.#files.actor, { workerData, transferList: [port2], env: { PATH: '' }, trackUnmanagedFds: false }))
  }

  #wake (actor: number): void {
    Atomics.add(this.#work, actor, 1)
    Atomics.notify(this.#work, actor)
  }

  #results (actors: number): Result[] {
    for (let done = 0; done < actors; done = Atomics.load(this.#work, actorsMax)) Atomics.wait(this.#work, actorsMax, done)
    return this.#ports.slice(0, actors).map((port) => receiveMessageOnPort(port)?.message as Result)
  }
}

/** Leaves out what the failure does not need: a schedule with as few switches as can be found in so many tries. */
export function shrink (explorer: Explorer, scene: Scene, seed: number, found: Outcome, triesMax = 300): readonly Switch[] {
  let switches = found.switches
  let tries = 0
  for (let part = Math.ceil(switches.length / 2); part >= 1 && tries < triesMax; part = part === 1 ? 0 : Math.ceil(part / 2)) {
    for (let from = 0; from < switches.length && tries < triesMax;) {
      const fewer = switches.filter((_, index) => index < from || index >= from + part)
      tries++
      const outcome = explorer.run(scene, { seed, switches: fewer })
      if (outcome.faults.length > 0) switches = outcome.switches.length <= fewer.length ? outcome.switches : fewer
      else from += part
    }
  }
  return switches
}

/** Tells a schedule as a reader follows it: who makes which call, and when time passes. */
export function storyOf (scene: Scene, { told, switches, faults }: Outcome): string {
  const hops = switches.filter(({ choice }) => choice >= hop).length
  const lines = told.map(({ step, atMs, actor, call }) => `${String(step).padStart(5)}  ${(atMs / 1_000).toFixed(3)} s  ${actor} ${scene.roles[actor]?.is ?? ''}: ${call}`)
  return [...lines, `${told.length} calls, ${switches.length - hops} switches, ${hops} hops in time`, ...faults.map((fault) => `FAULT: ${fault}`)].join('\n')
}
