// `npm run schedules`: explores every scene, or one of them, or tells one schedule as a story.
//
//   npm run schedules -- --runs 100000            so many schedules of each scene
//   npm run schedules -- --scene 'two writers'    of one scene only
//   npm run schedules -- --scene 'two writers' --seed 17
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { buildExplorer, explore, exploreAtOnce, type Files } from './fleet.js'
import { scenes } from './scenes.js'

const { values } = parseArgs({ options: { runs: { type: 'string', default: '2000' }, from: { type: 'string', default: '0' }, scene: { type: 'string' }, seed: { type: 'string' } } })

async function main (): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'rotor-schedules-build-'))
  try {
    const files = await buildExplorer(directory)
    if (values.seed === undefined) for (const scene of values.scene === undefined ? Object.keys(scenes) : [values.scene]) await report(files, scene)
    else console.log((await explore({ files, scene: values.scene ?? '', from: Number(values.seed), to: Number(values.seed) + 1, tells: true })).story)
  } finally {
    rmSync(directory, { recursive: true })
  }
}

async function report (files: Files, scene: string): Promise<void> {
  const startMs = Date.now()
  const found = await exploreAtOnce(files, scene, Number(values.from), Number(values.runs))
  const [runs, steps, twice] = (['runs', 'steps', 'twice'] as const).map((key) => found.reduce((sum, each) => sum + each[key], 0))
  const rate = Math.round((runs ?? 0) / (Date.now() - startMs) * 1_000)
  console.log(`${scene}: ${runs} schedules of some ${Math.round((steps ?? 0) / (runs ?? 1))} calls, ${rate} a second, ${twice} lines kept twice${scenes[scene]?.twiceBecause === undefined ? '' : `, since ${scenes[scene].twiceBecause}`}`)
  for (const { failure, story } of found) {
    if (failure === null) continue
    process.exitCode = 1
    console.log(`${story}\n${scene} fails: npm run schedules -- --scene '${scene}' --seed ${failure.seed}\n${failure.faults.join('\n')}`)
  }
}

void main()
