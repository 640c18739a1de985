// Guarantee 10: no face waits at its end for a compression under way, and the next start leaves nothing of it behind.
import { rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { runApplication } from '../support/application.js'
import { rotor } from '../support/built-package.js'
import { closed } from '../support/events.js'
import { besides } from '../support/kept.js'
import { applicationSource, everyFace, everyId, idsIn, type Face } from '../support/logging-application.js'
import { temporaryFolder } from '../support/temporary-folder.js'

// Much to read and nothing on the disk: it takes gzip far longer than any test.
const sparseBytes = 40 * 1024 ** 3

const compressing = "{ compress: { algorithm: 'gzip', level: 1 }, limit: false }"

const untilPacking = `
  const isPacking = () => readdirSync('.').some((name) => name.startsWith('.app.log.rotor.pack'))
  const { watch } = await import('node:fs')
  await new Promise((resolve) => {
    const watcher = watch('.', () => { if (isPacking()) watcher.close() })
    watcher.on('close', resolve)
    if (isPacking()) watcher.close()
  })
`

async function expectToLeaveAtOnce (face: Face, body: string, code: number): Promise<void> {
  const folder = temporaryFolder()
  const file = join(folder, 'app.log')
  const archive = join(folder, 'app.20251001_121111.log')
  writeFileSync(archive, '')
  truncateSync(archive, sparseBytes)
  const application = runApplication(folder, applicationSource(face, compressing, untilPacking + body))
  await application.said('leaving')
  const leavingMs = performance.now()
  const ended = await application.ended
  expect(ended.code, ended.stderr).toBe(code)
  expect(performance.now() - leavingMs).toBeLessThan(1_000)
  expect(statSync(archive).size).toBe(sparseBytes)
  rmSync(archive)
  expect(idsIn(file)).toEqual(everyId)

  const next = await rotor({ file, compress: false, limit: false })
  await next.sweep()
  await closed(next)
  expect(idsIn(file)).toEqual(everyId)
  expect(besides(file)).toEqual(['application.mjs', 'node_modules'])
}

describe.each(everyFace)('the %s does not wait for a compression under way', (face) => {
  test('at process.exit()', async () => {
    await expectToLeaveAtOnce(face, "logAll(); process.stdout.write('leaving'); process.exit(8)", 8)
  })

  test('when it is ended', async () => {
    await expectToLeaveAtOnce(face, "logAll(); setInterval(() => {}, 1000); destination.on('close', () => process.exit(9)); process.stdout.write('leaving'); destination.end()", 9)
  })
})

describe.each(['target', 'handle'] as const)('the %s does not wait for a compression under way', (face) => {
  test('when the application falls off its end', async () => {
    await expectToLeaveAtOnce(face, "logAll(); process.stdout.write('leaving')", 0)
  })

  test('at an uncaught exception', async () => {
    await expectToLeaveAtOnce(face, "logAll(); process.stdout.write('leaving'); throw new Error('on purpose')", 1)
  })
})
