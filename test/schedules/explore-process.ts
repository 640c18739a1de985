// One process that explores a scene. It takes its task as JSON and answers with one line of JSON.
import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { Explorer, shrink, storyOf } from './explorer.js'
import { exhaust } from './exhaustive.js'
import { namedSchedules } from './named-schedules.js'
import { scenes, smallScenes } from './scenes.js'
import type { Found, Task } from './fleet.js'

async function main ({ files, root, scene: name, from, to, tells, switchesMax }: Task): Promise<Found> {
  const scene = scenes[name] ?? smallScenes[name] ?? namedSchedules[name]
  if (scene === undefined) throw new Error(`there is no scene ${JSON.stringify(name)}, but ${Object.keys(scenes).join(', ')}`)
  const folder = mkdtempSync(join(root, 'rotor-schedules-'))
  const explorer = new Explorer(files, folder)
  const found = { runs: 0, steps: 0, twice: 0 }
  try {
    if (switchesMax !== undefined) {
      const { runs, failure } = exhaust(explorer, scene, switchesMax)
      return { ...found, runs, failure: failure === null ? null : { seed: 0, faults: failure.outcome.faults }, story: failure === null ? null : storyOf(scene, failure.outcome) }
    }
    for (let seed = from; seed < to; seed++) {
      const outcome = explorer.run(scene, { seed }, tells)
      found.runs++
      found.steps += outcome.steps
      found.twice += outcome.twice
      if (tells) return { ...found, failure: null, story: storyOf(scene, outcome) }
      if (outcome.faults.length === 0) continue
      const switches = shrink(explorer, scene, seed, outcome)
      return { ...found, failure: { seed, faults: outcome.faults }, story: storyOf(scene, explorer.run(scene, { seed, switches }, true)) }
    }
    return { ...found, failure: null, story: null }
  } finally {
    await explorer.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

void main(JSON.parse(process.argv[2] ?? '') as Task).then((found) => { process.stdout.write(JSON.stringify(found)) })
