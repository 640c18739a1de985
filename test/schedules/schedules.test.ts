// Explores the protocol between writers: many orders of events of each scene, and the code without each of its protections.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { buildExplorer, explore, exploreAtOnce, type Files } from './fleet.js'
import { protections, takeOut, type Protection } from './protections.js'
import { namedSchedules } from './named-schedules.js'
import { scenes, smallScenes } from './scenes.js'

/** Of all scenes together. */
const runs = Number(process.env['ROTOR_SCHEDULES'] ?? 20_000)

let directory: string
let files: Files

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'rotor-schedules-build-'))
  files = await buildExplorer(directory)
})
afterAll(() => { rmSync(directory, { recursive: true }) })

describe('every explored order of events', () => {
  test.each(Object.keys(scenes))('of %s keeps each flushed line, whole and in order', async (scene) => {
    for (const found of await exploreAtOnce(files, scene, 0, Math.ceil(runs / Object.keys(scenes).length))) {
      expect(found.failure, found.story ?? '').toBeNull()
    }
  })
})

describe('every schedule with two switches', () => {
  test.each(Object.keys(smallScenes))('of %s keeps each flushed line, whole and in order', async (scene) => {
    const found = await explore({ files, scene, from: 0, to: 0, switchesMax: 2 })
    expect(found.failure, found.story ?? '').toBeNull()
    console.log(`${scene}: ${found.runs} schedules`)
  })

  test('of two writers and one rotation has one that fails without the lock', async () => {
    const changed = mkdtempSync(join(directory, 'without-'))
    const found = await explore({ files: await buildExplorer(changed, [takeOut(protections['the lock'] as Protection)]), scene: 'two writers and one rotation', from: 0, to: 0, switchesMax: 2 })
    expect(found.story).toContain('FAULT')
  })
})

describe('a schedule', () => {
  test.each(['two writers and kills', 'two writers on a disk that fails'])('of %s is the same each time for the same seed', async (scene) => {
    for (const from of [1, 2, 3]) {
      const [first, second] = [await explore({ files, scene, from, to: from + 1, tells: true }), await explore({ files, scene, from, to: from + 1, tells: true })]
      expect(first.story).not.toBe('')
      expect(second.story).toBe(first.story)
    }
  })
})

const usualFault = /FAULT: (1 lines were kept twice|the lines of actor 1 are out of order|lines [1-9 ]+ of actor [01] are lost|left behind: .app.log.rotor.lock)/

describe.each(Object.entries(namedSchedules))('the schedule in which %s', (name, { protection, fault }) => {
  test('keeps each line once', async () => {
    const found = await explore({ files, scene: name, from: 0, to: 1 })
    expect(found.failure, found.story ?? '').toBeNull()
  })

  test(`fails without ${protection}`, async () => {
    const changed = mkdtempSync(join(directory, 'without-'))
    const found = await explore({ files: await buildExplorer(changed, [takeOut(protections[protection] as Protection)]), scene: name, from: 0, to: 1 })
    expect(found.story).toMatch(fault ?? usualFault)
  })
})

describe('a schedule that fails is found', () => {
  test.each(Object.entries(protections))('without %s', async (_name, protection) => {
    const changed = mkdtempSync(join(directory, 'without-'))
    const found = await explore({ files: await buildExplorer(changed, [takeOut(protection)]), scene: protection.scene, from: 0, to: protection.runsMax })
    expect(found.failure).not.toBeNull()
    expect(found.story).toContain('FAULT')
    console.log(`after ${found.runs} schedules: ${found.failure?.faults[0]?.split('\n')[0] ?? ''}`)
  })
})
