// Every schedule of a small scene with so many switches at most, beside those that come where an actor waits or ends. A switch before a
// call is left out where the call commutes with all that the other actor does: to switch after it leads to the same.
import type { Explorer, Outcome } from './explorer.js'
import type { Told } from './life.js'
import type { Scene } from './scenes.js'
import type { Switch } from './schedule.js'

export interface Exhausted {
  readonly runs: number
  /** Switches that were left out. */
  readonly commuting: number
  /** The first schedule that fails, and what comes of it; null if none does. */
  readonly failure: { readonly switches: readonly Switch[], readonly outcome: Outcome } | null
}

export function exhaust (explorer: Explorer, scene: Scene, switchesMax: number): Exhausted {
  const waiting: Array<readonly Switch[]> = [[]]
  const callsOf = scene.roles.map(() => new Set<string>())
  let runs = 0
  let commuting = 0
  for (let switches = waiting.pop(); switches !== undefined; switches = waiting.pop()) {
    const outcome = explorer.run(scene, { seed: 0, switches }, true)
    runs++
    if (outcome.faults.length > 0) return { runs, commuting, failure: { switches, outcome } }
    for (const { actor, call } of outcome.told) callsOf[actor]?.add(call)
    if (switches.length >= switchesMax) continue
    const since = switches.at(-1)?.decision ?? 0
    for (const told of outcome.told) {
      if (told.decision <= since) continue
      for (const [other, calls] of callsOf.entries()) {
        if (other === told.actor || !actsLater(outcome.told, other, told.decision)) continue
        if ([...calls].every((call) => commute(told.call, call))) commuting++
        else waiting.push([...switches, { decision: told.decision, choice: other }])
      }
    }
  }
  return { runs, commuting, failure: null }
}

function actsLater (told: readonly Told[], actor: number, decision: number): boolean {
  return told.some((each) => each.actor === actor && each.decision > decision)
}

const reading = /^(lstat|stat|fstat|read|access|exists|close)Sync /
const listing = /^(opendir|readdir)Sync /
const naming = /^(open|link|rename|unlink|mkdir)Sync /

/** Whether the order of the two calls makes no difference to anyone. */
function commute (one: string, other: string): boolean {
  if (listing.test(one)) return !naming.test(other)
  if (listing.test(other)) return !naming.test(one)
  if (reading.test(one) && reading.test(other)) return true
  const files = filesOf(one)
  return !filesOf(other).some((file) => files.includes(file))
}

// The active file, its successor and its archives are names of the same files, one after the other.
function filesOf (call: string): string[] {
  return call.split(' ').slice(1).filter((word) => word.includes('.')).map((name) => /^(app\.|\.app\.log\.rotor\.next)/.test(name) ? 'the log' : name)
}
