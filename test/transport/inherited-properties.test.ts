// An application may add an enumerable property to `Object.prototype`. Every object then has it, and `in` and `for … in` find it.
import { afterEach, describe, expect, test } from 'vitest'
import { runApplication } from '../support/application.js'
import { temporaryFolder } from '../support/temporary-folder.js'
import { parseOptions } from '../../src/options/parse-options.js'
import { mapLine } from '../../src/policy/forwarding/otlp-record.js'

const prototype = Object.prototype as unknown as Record<string, unknown>
let added: string | null = null

function add (name: string): void {
  added = name
  prototype[name] = () => 1
}

afterEach(() => {
  if (added !== null) Reflect.deleteProperty(prototype, added)
  added = null
})

const full = {
  file: '/nowhere/logs/app.log',
  size: '10k',
  limit: { age: '2d' },
  compress: { algorithm: 'gzip' },
  bundle: { frequency: 'monthly' },
  upload: { to: 's3://bucket/prefix', endpoint: 'https://store.example', region: 'eu-central-1', objectLock: { mode: 'governance', days: 3 } },
  forward: { to: 'otlp', url: 'https://collector.example' },
  rotateWhen: { level: 'fatal' },
  routes: [{ file: '/nowhere/logs/error.log', match: { level: 'error' } }]
}

describe('a property that an application added to every object', () => {
  const names = ['foo', 'extend', 'size', 'file', 'limit', 'count', 'minFree', 'routes', 'match', 'module', 'level', 'after', 'index', 'blocks', 'symlink', 'hold', 'headers', 'tags', 'metrics', 'levels']

  test.each(names)('changes nothing about options: %s', (name) => {
    const [expected, expectedOfFew] = [parseOptions(full), parseOptions({ file: full.file, compress: {} })]
    add(name)
    const [settings, settingsOfFew] = [parseOptions(full), parseOptions({ file: full.file, compress: {} })]
    Reflect.deleteProperty(prototype, name)
    expect(settings).toEqual(expected)
    expect(settingsOfFew).toEqual(expectedOfFew)
  })

  test('is not shown as part of a refused value', () => {
    add('foo')
    expect(() => parseOptions({ ...full, limit: { count: { few: 1 } } })).toThrow(/received \{ few: 1 \}/)
  })

  test('is no attribute of a forwarded line', () => {
    const line = '{"level":30,"time":1,"msg":"hello","request":{"id":1}}'
    const { record } = mapLine(line, 'uid', '1')
    add('foo')
    expect(mapLine(line, 'uid', '1').record).toBe(record)
  })

  test.each(['foo', 'size', 'level', 'index'])('disturbs neither the handle nor the stream in the process: %s', async (name) => {
    const folder = temporaryFolder()
    const { ended } = runApplication(folder, `
      import { readFileSync } from 'node:fs'
      Object.prototype.${name} = () => 1
      const { default: rotor, transport } = await import('pino-rotor')
      for (const [file, open] of [['logs/handle.log', transport], ['logs/stream.log', rotor]]) {
        const destination = await open({ file, size: '10k' })
        destination.on('failed', ({ step, message }) => { console.log('failed', step, message) })
        destination.write('{"msg":"first"}\\n')
        const { archive } = await destination.rotate()
        await destination.sweep()
        destination.write('{"msg":"second"}\\n')
        await new Promise((resolve) => { destination.end(resolve) })
        console.log(archive.includes(file.slice(5, -4)), JSON.parse(readFileSync(file)).msg)
      }`)
    expect(await ended).toEqual({ code: 0, signal: null, stdout: 'true second\ntrue second\n', stderr: '' })
  })
})
