// Several transports that write one file of metrics by mistake: the file stays whole, and they say so.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { MetricsFile } from '../../../src/lifecycle/metrics/metrics-file.js'
import { readStatus } from '../../../src/lifecycle/survey/read-status.js'
import { parseOptions } from '../../../src/options/parse-options.js'
import type { LogStatus } from '../../../src/policy/status/status-shape.js'
import { temporaryFolder } from '../../support/temporary-folder.js'

function warnings (): string[] {
  const said: string[] = []
  const emit = vi.spyOn(process, 'emitWarning').mockImplementation((warning) => { said.push(String(warning)) })
  onTestFinished(() => { emit.mockRestore() })
  return said
}

test('keeps a file whole that several transports of a process write at a time, leaves nothing beside it, and says so once', async () => {
  const folder = temporaryFolder()
  const path = join(folder, 'rotor.prom')
  const said = warnings()
  const status = async (): Promise<LogStatus> => await readStatus(parseOptions({ file: join(folder, 'app.log') }), 0)
  const files = Array.from({ length: 8 }, () => new MetricsFile(path, status))
  files.forEach((file, index) => { file.countLines(index + 1, 10) })
  await Promise.all(files.map(async (file) => { await file.close() }))
  expect(readFileSync(path, 'utf8')).toMatch(/^# HELP pino_rotor_lines_total [^]*\n$/)
  expect(readFileSync(path, 'utf8').match(/^pino_rotor_lines_total\{.*\} [1-8]$/gm)).toHaveLength(1)
  expect(readdirSync(folder)).toEqual(['rotor.prom'])
  expect(new Set(said)).toEqual(new Set([`pino-rotor does not write ${path} alone: give each transport a file of its own, for example with {pid} in its name`]))
  expect(said.length).toBeLessThanOrEqual(files.length)
})

test('says nothing about a file that it writes alone, also after someone removed it', async () => {
  const folder = temporaryFolder()
  const said = warnings()
  const status = async (): Promise<LogStatus> => await readStatus(parseOptions({ file: join(folder, 'app.log') }), 0)
  const file = new MetricsFile(join(folder, 'rotor.prom'), status)
  await file.close()
  await file.close()
  expect(said).toEqual([])
})
