// Many logs in one process, in the built package: they compress one after the other, in one thread.
import { once } from 'node:events'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
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
