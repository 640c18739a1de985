// A path that leads to another file each time it is looked at: the file system numbers the file anew each time, or another
// process replaces it without end. The numbers are made up here; test/faults has a file system that does it.
import fs from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { systemClock } from '../../../src/clock.js'
import { ActiveFile } from '../../../src/disk/active/active-file.js'
import { parseOptions } from '../../../src/options/parse-options.js'
import { LogStream } from '../../../src/stream.js'
import type { FailedEvent } from '../../../src/events.js'
import { closed, collect } from '../../support/events.js'
import { kept } from '../../support/kept.js'
import { temporaryFolder } from '../../support/temporary-folder.js'

// What imports a function by name gets the one that a spy has put into the module meanwhile.
vi.mock('node:fs', async (importOriginal) => {
  const original = await importOriginal<typeof fs & { default: typeof fs }>()
  return { ...original, openSync: (...given: Parameters<typeof fs.openSync>) => original.default.openSync(...given) }
})

test('goes on writing, and reports once that it cannot rotate, when the path is another file at each look', async () => {
  const file = join(temporaryFolder(), 'app.log')
  const stream = new LogStream(parseOptions({ file, size: '40b', compress: false, report: false }), systemClock)
  const failed = collect<FailedEvent>(stream, 'failed')
  vi.spyOn(ActiveFile.prototype, 'refresh').mockReturnValue(false)
  onTestFinished(() => { vi.restoreAllMocks() })
  const lines = Array.from({ length: 20 }, (_, number) => `line number ${number}\n`)
  for (const line of lines) stream.write(line)
  await new Promise(setImmediate)
  expect(failed).toMatchObject([{ step: 'rotate', code: 'ERR_ROTOR_UNSETTLED', path: file }])
  expect(kept(file).toString()).toBe(lines.join(''))
  await closed(stream)
})

test('writes every line when another process replaces the file before each rotation', async () => {
  const file = join(temporaryFolder(), 'app.log')
  const stream = new LogStream(parseOptions({ file, size: '40b', compress: false, report: false }), systemClock)
  const failed = collect<FailedEvent>(stream, 'failed')
  const lock = join(dirname(file), '.app.log.rotor.lock')
  const { openSync } = fs
  let replaced = 0
  vi.spyOn(fs, 'openSync').mockImplementation((...given) => {
    if (String(given[0]).startsWith(lock)) {
      fs.renameSync(file, `${file}.${++replaced}`)
      fs.writeFileSync(file, `${'x'.repeat(39)}\n`)
    }
    return openSync(...given)
  })
  onTestFinished(() => { vi.restoreAllMocks() })
  stream.write('the first line of two\nthe second line of two\n')
  vi.restoreAllMocks()
  await closed(stream)
  const contents = fs.readdirSync(dirname(file)).map((name) => fs.readFileSync(join(dirname(file), name), 'utf8')).join('')
  expect(contents).toContain('the first line of two\n')
  expect(contents).toContain('the second line of two\n')
  expect(replaced).toBeGreaterThan(10)
  expect(failed).toMatchObject([{ step: 'rotate', code: 'ERR_ROTOR_UNSETTLED' }])
})
