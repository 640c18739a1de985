// Many logs in one process, in the built package: they compress one after the other, in one thread.
import { once } from 'node:events'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { runApplication } from '../support/application.js'
import { rotor } from '../support/built-package.js'
import { closed } from '../support/events.js'
import { temporaryFolder } from '../support/temporary-folder.js'

const logs = 40

test('routes that all have archives to compress share one thread', async () => {
  const folder = temporaryFolder()
  const names = Array.from({ length: logs }, (_, number) => `app${number}`)
  for (const name of names) writeFileSync(join(folder, `${name}.20251001_121111.log`), `${name}\n`.repeat(1000))
  const workers: unknown[] = []
  const note = (worker: unknown): void => { workers.push(worker) }
  process.on('worker', note)
  const stream = await rotor({ file: join(folder, 'app.log'), limit: false, routes: names.map((name) => ({ file: join(folder, `${name}.log`), match: { name } })) })
  for (let compressed = 0; compressed < logs; compressed++) await once(stream, 'compressed')
  await closed(stream)
  process.off('worker', note)
  expect(workers).toHaveLength(1)
  expect(readdirSync(folder).filter((name) => name.endsWith('.gz'))).toHaveLength(logs)
  for (const name of names) expect(gunzipSync(readFileSync(join(folder, `${name}.20251001_121111.log.gz`))).toString()).toBe(`${name}\n`.repeat(1000))
})

test.runIf(process.platform === 'linux')('handles that all have an archive to compress use one thread, one after the other', async () => {
  const folder = temporaryFolder()
  const { code, stdout, stderr } = await runApplication(folder, `
    import { once } from 'node:events'
    import { readdirSync, writeFileSync } from 'node:fs'
    import { stat } from 'node:fs/promises'
    import { transport } from 'pino-rotor'
    const threads = () => readdirSync('/proc/self/task').length
    const numbers = [0, 1, 2, 3]
    const handles = numbers.map((number) => transport({ file: number + '.log', limit: false, report: false }))
    await Promise.all(handles.map((handle) => once(handle, 'ready')))
    await Promise.all(handles.map((handle) => handle.sweep()))
    // This starts the threads of the pool, if nothing has before.
    await stat('.')
    const before = threads()
    let most = before
    const watching = setInterval(() => { most = Math.max(most, threads()) }, 1)
    for (const number of numbers) writeFileSync(number + '.20251001_121111.log', 'line\\n'.repeat(300_000))
    await Promise.all(handles.flatMap((handle) => [once(handle, 'compressed'), handle.sweep()]))
    clearInterval(watching)
    for (const handle of handles) handle.end()
    process.stdout.write(String(most - before))
  `).ended
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  // Without turns there are four. The system may count a thread a moment longer than it runs.
  expect(Number(stdout)).toBeLessThanOrEqual(2)
  expect(readdirSync(folder).filter((name) => name.endsWith('.gz'))).toHaveLength(4)
})
