// Which system calls a life makes on a log's files, and how it is killed at each of them. strace counts for each thread by
// itself, so the threads other than the main one make many calls beforehand, and their later ones have numbers of their own.
import { expect } from 'vitest'
import type { Life } from './fault-application.js'
import type { FaultBuild } from './fault-build.js'
import type { Scene } from './fault-scene.js'
import { fileCalls, readTrace, runTraced, type Fault, type Outcome } from './fault-strace.js'

export type Thread = 'main' | 'pool' | 'compression'
export interface Series { readonly thread: Thread, readonly call: string }

/** More than any thread makes of any call, so that a number beyond it is that of the thread which has made them beforehand. */
const warmUpCalls = 120

function killAt ({ thread, call }: Series, number: number): Fault {
  return { call, effect: 'signal=KILL', when: String(thread === 'main' ? number : warmUpCalls + number) }
}

function warmUpFor ({ thread, call }: Series, { bystander }: Scene): Partial<Life> {
  const warmUp = { call, times: warmUpCalls, path: bystander }
  switch (thread) {
    case 'main': return {}
    case 'pool': return { warmUp }
    case 'compression': return { compressionWarmUp: warmUp }
  }
}

/** True where the life was killed; false where it came to its end before that call. */
export async function liveUntil (build: FaultBuild, scene: Scene, life: Life, series: Series, number: number): Promise<boolean> {
  const traced = { build, life: { ...life, ...warmUpFor(series, scene) }, paths: scene.paths, calls: [series.call], trace: scene.trace }
  return wasKilled(await runTraced({ ...traced, fault: killAt(series, number) }))
}

export function wasKilled ({ code, signal, stderr }: Outcome): boolean {
  if (signal !== 'SIGKILL') expect({ code, signal, stderr }).toEqual({ code: 0, signal: null, stderr: '' })
  return signal === 'SIGKILL'
}

/** The calls of a life. The thread that compresses shows itself by opening the bystander. */
export async function callsOf (build: FaultBuild, scene: Scene, life: Life): Promise<Series[]> {
  const compressionWarmUp = { call: 'openat', times: 1, path: scene.bystander }
  const outcome = await runTraced({ build, life: { ...life, compressionWarmUp }, paths: scene.paths, calls: fileCalls, trace: scene.trace })
  expect(outcome).toEqual({ code: 0, signal: null, stderr: '' })
  const calls = readTrace(scene.trace)
  const main = calls[0]?.thread
  const compressing = new Set(calls.filter(({ text }) => text.includes(scene.bystander)).map(({ thread }) => thread))
  return calls.map(({ thread, call }) => ({ thread: thread === main ? 'main' : compressing.has(thread) ? 'compression' : 'pool', call }))
}

/** Each kind of call once. */
export function seriesOf (calls: readonly Series[]): Series[] {
  return [...new Map(calls.map((series) => [`${series.thread} ${series.call}`, series])).values()]
}
