// A browser is closed while its page begins to follow a log.
import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { parseOptions } from '../../../src/options/parse-options.js'
import { archivePlace, formatLineCursor, lineChecksum } from '../../../src/policy/lines/line-cursor.js'
import { HeldFile } from '../../../src/reading/held-file.js'
import { followRoute } from '../../../src/web/api/follow.js'
import { WorkGate } from '../../../src/web/server/work-gate.js'
import { block } from '../../support/block.js'
import { temporaryFolder } from '../../support/temporary-folder.js'

const line = '{"level":30,"time":1768478400000,"msg":"kept"}'
const archive = { stamp: '20260115_120000', n: 0, suffix: '.gz', name: 'app.20260115_120000.log.gz' } as const

test('a client that leaves before the first event leaves no file open', async () => {
  const folder = temporaryFolder()
  const file = join(folder, 'app.log')
  writeFileSync(file, '')
  writeFileSync(join(folder, archive.name), block(`${line}\n`))
  const opened = vi.spyOn(HeldFile, 'open')
  const closed = vi.spyOn(HeldFile.prototype, 'close')
  onTestFinished(() => { vi.restoreAllMocks() })
  const response = new ServerResponse(new IncomingMessage(new Socket()))
  response.destroy()
  const unasked = (): never => { throw new Error('not asked in this test') }
  const log = { id: 1, shown: 'app.log', settings: parseOptions({ file }), isConfigured: true, status: unasked, findings: unasked }
  const source = { title: '', timezone: 'UTC', version: '', logs: unasked, find: unasked, window: () => ({ sinceMs: -Infinity, untilMs: Infinity }), query: null }
  const gate = new WorkGate(1, 0)
  const after = formatLineCursor({ file: archivePlace(archive), offset: 0, checksum: lineChecksum(Buffer.from(line)) })
  await expect(followRoute({ log, source, response, query: new URLSearchParams({ after }), headers: {}, signal: new AbortController().signal, gate, looks: gate, downloads: gate, follows: new WorkGate(1, 0) })).rejects.toThrow()
  const held = await Promise.all(opened.mock.results.map(async ({ value }) => await (value as Promise<HeldFile | null>)))
  expect(held.map((each) => each?.path)).toContain(join(folder, archive.name))
  expect(new Set(closed.mock.contexts)).toEqual(new Set(held))
})
