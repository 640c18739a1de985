// `pino-rotor rotate`: by itself, as a dry run, and under an application that goes on writing.
import { readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { fill, linesFrom, numbersIn, pictureOf, run, startWriter, temporaryFolder, upTo } from '../command-line.js'

let folder: string
let logs: string
const rotate = (...args: string[]) => run(['rotate', ...args], { cwd: folder })
const archives = () => readdirSync(logs).filter((name) => /^app\.\d/.test(name))

beforeEach(() => {
  folder = temporaryFolder()
  logs = join(folder, 'logs')
  fill(logs, { 'app.log': linesFrom(0, 0, 10) })
})

describe('a log that no process writes', () => {
  test('gets an archive and an empty active file', async () => {
    const before = readFileSync(join(logs, 'app.log'), 'utf8')
    const { status, stdout, stderr } = await rotate('logs/app.log')
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    const [archive = ''] = archives()
    expect(stdout).toBe(`rotated logs/app.log to ${archive} (${before.length} B)\n`)
    expect(readFileSync(join(logs, archive), 'utf8')).toBe(before)
    expect(readdirSync(logs).sort()).toEqual([archive, 'app.log'])
    expect(readFileSync(join(logs, 'app.log'), 'utf8')).toBe('')
  })

  test('prints the fields of the event as JSON', async () => {
    const { stdout } = await rotate('logs/app.log', '--json')
    expect(JSON.parse(stdout)).toEqual({
      dryRun: false,
      rotated: { file: join(logs, 'app.log'), archive: join(logs, archives()[0] ?? ''), bytes: expect.any(Number), reason: 'request' }
    })
  })

  test('is left alone if it is empty', async () => {
    writeFileSync(join(logs, 'app.log'), '')
    expect(await rotate('logs/app.log')).toEqual({ status: 0, stdout: 'logs/app.log is empty: nothing to rotate\n', stderr: '' })
    expect(JSON.parse((await rotate('logs/app.log', '--json')).stdout)).toEqual({ dryRun: false, rotated: null })
    expect(archives()).toEqual([])
  })

  test('is not created if only archives are left', async () => {
    fill(logs, { 'web.20251001_121111.log': 'x\n' })
    expect(await rotate('logs/web.log')).toMatchObject({ status: 2 })
    expect(readdirSync(logs)).not.toContain('web.log')
  })

  test('is refused if the options say that it only appends', async () => {
    writeFileSync(join(folder, 'a.json'), '{ "file": "logs/app.log", "enabled": false }')
    expect(await rotate('--config', 'a.json')).toMatchObject({ status: 2, stderr: expect.stringContaining('"enabled" is false') })
    expect(archives()).toEqual([])
  })

  test('is rotated once if a boundary has passed as well', async () => {
    writeFileSync(join(folder, 'a.json'), '{ "file": "logs/app.log", "frequency": "1s" }')
    const anHourAgo = Date.now() / 1000 - 3600
    utimesSync(join(logs, 'app.log'), anHourAgo, anHourAgo)
    const { stdout } = await rotate('--config', 'a.json', '--json')
    expect(JSON.parse(stdout).rotated).toMatchObject({ bytes: linesFrom(0, 0, 10).length })
    expect(archives()).toHaveLength(1)
  })
})

test('--dry-run names the archive and changes nothing, byte for byte', async () => {
  fill(logs, { 'app.20991001_121111.log': 'x\n' })
  const before = pictureOf(logs)
  const { status, stdout } = await rotate('logs/app.log', '--dry-run')
  expect({ status, stdout }).toEqual({ status: 0, stdout: expect.stringMatching(/^would rotate logs\/app\.log to app\.20991001_121111\.1\.log \(\d+ B\)\n$/) })
  expect(pictureOf(logs)).toEqual(before)
  await rotate('logs/app.log')
  expect(archives().sort()).toEqual(['app.20991001_121111.1.log', 'app.20991001_121111.log'])
})

test('under a live writer loses, doubles and reorders nothing, and the writer follows', async () => {
  const file = join(folder, 'live', 'app.log')
  const writer = await startWriter(file, { compress: false, limit: false })
  const rotations = []
  for (let turn = 0; turn < 6; turn++) rotations.push(await run(['rotate', file, '--json'], { cwd: folder }))
  const written = await writer.stop()
  const { status, stdout } = await run(['cat', file], { cwd: folder })
  expect(rotations.map((outcome) => outcome.status)).toEqual([0, 0, 0, 0, 0, 0])
  expect(rotations.filter(({ stdout }) => JSON.parse(stdout).rotated !== null).length).toBeGreaterThan(2)
  expect(status).toBe(0)
  expect(numbersIn(stdout)).toEqual(upTo(written))
})
