// A matching line starts a new file. A match or a user's module decides.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { FailedEvent } from '../../../src/events.js'
import rotor from '../../../src/index.js'
import type { RotorOptions } from '../../../src/options/options.js'
import { closed, collect } from '../../support/events.js'
import { filesOf } from '../../support/kept.js'
import { temporaryFolder } from '../../support/temporary-folder.js'

async function filesAfter (lines: readonly string[], options: Omit<RotorOptions, 'file'>, failures: FailedEvent[] = []): Promise<string[]> {
  const file = join(temporaryFolder(), 'app.log')
  const stream = await rotor({ file, compress: false, limit: false, report: false, ...options })
  const failed = collect<FailedEvent>(stream, 'failed')
  stream.write(lines.map((line) => `${line}\n`).join(''))
  await new Promise(setImmediate)
  await closed(stream)
  failures.push(...failed)
  return filesOf(file).map(({ content }) => content.toString())
}

const boot = '{"level":30,"event":"boot"}'
const other = '{"level":30,"event":"other"}'

test('rotates before a line that matches, which is then the first of its file', async () => {
  expect(await filesAfter([boot, other, boot, boot, other], { rotateWhen: { event: 'boot' } })).toEqual([`${boot}\n${other}\n`, `${boot}\n`, `${boot}\n${other}\n`])
  expect(await filesAfter([other, '{"level":60}', other], { rotateWhen: { level: 'fatal' } })).toEqual([`${other}\n`, `{"level":60}\n${other}\n`])
})

test('a route has a trigger of its own', async () => {
  const folder = temporaryFolder()
  const route = { file: join(folder, 'error.log'), match: { level: 'error' as const }, rotateWhen: { event: 'boot' } }
  const lines = [boot, '{"level":50}', '{"level":50,"event":"boot"}', boot]
  expect(await filesAfter(lines, { routes: [route] })).toEqual([`${boot}\n${boot}\n`])
  expect(filesOf(route.file).map(({ content }) => content.toString())).toEqual(['{"level":50}\n', '{"level":50,"event":"boot"}\n'])
})

test.each(['mjs', 'cjs'])('a module decides with its default export (%s)', async (kind) => {
  const module = join(temporaryFolder(), `rotate-when.${kind}`)
  writeFileSync(module, `${kind === 'mjs' ? 'export default' : 'module.exports ='} (line) => line.startsWith('new') && !line.includes('\\n')`)
  expect(await filesAfter(['a', 'new b', 'c'], { rotateWhen: module })).toEqual(['a\n', 'new b\nc\n'])
})

test('a module that throws stops no line from being written, and is reported once', async () => {
  const module = join(temporaryFolder(), 'rotate-when.mjs')
  writeFileSync(module, 'export default (line) => { throw new Error(line) }')
  const failures: FailedEvent[] = []
  expect(await filesAfter(['a', 'b'], { rotateWhen: module }, failures)).toEqual(['a\nb\n'])
  expect(failures).toMatchObject([{ step: 'rotate', message: 'a', path: module }])
})

test.each([
  ['a promise of true', 'async () => true', 'a promise'],
  ['a promise that rejects', 'async () => { throw new Error(\'no\') }', 'a promise'],
  ['a number', '() => 1', '1'],
  ['a match', '(line) => line.match(/a/)', '\\['],
  ['nothing', '() => {}', 'undefined']
])('rotates nothing, and reports it once, when a module returns %s', async (_, predicate, received) => {
  const module = join(temporaryFolder(), 'rotate-when.mjs')
  writeFileSync(module, `export default ${predicate}`)
  const failures: FailedEvent[] = []
  expect(await filesAfter(['a', 'aa', 'aaa'], { rotateWhen: module }, failures)).toEqual(['a\naa\naaa\n'])
  expect(failures).toMatchObject([{ step: 'rotate', path: module, message: expect.stringMatching(new RegExp(`returned ${received}`)) as string }])
})

test('a module that is missing or has no such export is refused before any file is made', async () => {
  const folder = temporaryFolder()
  const file = join(folder, 'app.log')
  await expect(rotor({ file, rotateWhen: './there-is-no-such-module.js' })).rejects.toMatchObject({ faults: [{ path: 'rotateWhen', expected: expect.stringContaining('that exists') }] })
  const module = join(folder, 'rotate-when.mjs')
  writeFileSync(module, 'export default 7')
  await expect(rotor({ file, rotateWhen: module })).rejects.toMatchObject({ code: 'ERR_ROTOR_OPTIONS', faults: [{ path: 'rotateWhen' }] })
  await expect(rotor({ file, rotateWhen: { level: 'eror' } })).rejects.toMatchObject({ faults: [{ path: 'rotateWhen.level' }] })
  await expect(rotor({ file, rotateWhen: 7 as never })).rejects.toMatchObject({ faults: [{ path: 'rotateWhen', expected: expect.stringContaining('or false for none') }] })
  expect(filesOf(file)).toEqual([])
})
