import { lstatSync, mkdtempSync, readFileSync, readlinkSync, rmSync, unlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { systemClock } from '../../../src/clock.js'
import type { FailedEvent } from '../../../src/events.js'
import { parseOptions } from '../../../src/options/parse-options.js'
import { LogStream } from '../../../src/stream.js'

let folder: string
let link: string
const streams: LogStream[] = []

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pino-rotor-current-link-'))
  link = join(folder, 'current.log')
})

afterEach(async () => {
  for (const stream of streams.splice(0)) await close(stream)
  rmSync(folder, { recursive: true, force: true })
})

function open (): LogStream {
  const stream = new LogStream(parseOptions({ file: join(folder, 'app.log'), symlink: true, report: false }), systemClock)
  streams.push(stream)
  return stream
}

async function close (stream: LogStream): Promise<void> {
  if (!stream.writable) return
  const closed = new Promise<void>((resolve) => { stream.once('close', () => { resolve() }) })
  stream.end()
  await closed
}

test('leads to the active file from the start and across rotations', async () => {
  const stream = open()
  expect(readlinkSync(link)).toBe('app.log')
  stream.write('first\n')
  await stream.rotate()
  stream.write('second\n')
  expect(readFileSync(link, 'utf8')).toBe('second\n')
})

test('comes back with the next rotation after it was removed', async () => {
  const stream = open()
  unlinkSync(link)
  stream.write('first\n')
  await stream.rotate()
  expect(readlinkSync(link)).toBe('app.log')
})

test('leaves a file alone that has its name, reports that once and continues to log', async () => {
  writeFileSync(link, 'precious')
  const stream = open()
  const failures: FailedEvent[] = []
  stream.on('failed', (event) => { failures.push(event) })
  stream.write('first\n')
  await stream.rotate()
  stream.write('second\n')
  await close(stream)
  expect(failures).toEqual([expect.objectContaining({ step: 'link', code: 'ERR_ROTOR_FILE_TYPE', path: link })])
  expect(lstatSync(link).isFile()).toBe(true)
  expect(readFileSync(link, 'utf8')).toBe('precious')
  expect(readFileSync(join(folder, 'app.log'), 'utf8')).toBe('second\n')
})
