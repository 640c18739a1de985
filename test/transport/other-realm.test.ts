// Test runners such as Jest load a package in a context of its own, to which the errors of Node's own modules are no
// instances of its Error.
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { compileFunction, createContext } from 'node:vm'
import { beforeAll, expect, test } from 'vitest'
import { keptLines } from '../support/kept.js'
import { temporaryFolder } from '../support/temporary-folder.js'

const path = join(import.meta.dirname, '../../dist/index.cjs')
let inOtherRealm: typeof import('../../dist/index.js')

beforeAll(() => {
  // What the language brings, the context has of its own; what Node adds, it is given.
  const ownOfNode = ['process', 'Buffer', 'setTimeout', 'clearTimeout', 'setImmediate', 'setInterval', 'clearInterval', 'AbortController', 'AbortSignal', 'URL', 'TextDecoder', 'TextEncoder', 'performance']
  const context = createContext(Object.fromEntries(ownOfNode.map((name) => [name, globalThis[name as keyof typeof globalThis]])))
  const load = compileFunction(readFileSync(path, 'utf8'), ['module', 'exports', 'require', '__filename', '__dirname'], { filename: path, parsingContext: context })
  const module = { exports: {} }
  Reflect.apply(load, undefined, [module, module.exports, createRequire(path), path, dirname(path)])
  inOtherRealm = module.exports as typeof inOtherRealm
})

test('the stream opens, rotates and closes in a realm of its own', async () => {
  const file = join(temporaryFolder(), 'logs/app.log')
  const stream = await inOtherRealm.default({ file, compress: false })
  stream.write('one\n')
  expect(await stream.rotate()).toMatchObject({ file, reason: 'request' })
  stream.write('two\n')
  stream.end()
  await once(stream, 'close')
  expect(keptLines(file)).toEqual(['one', 'two'])
})

test('the handle logs in a realm of its own', async () => {
  const file = join(temporaryFolder(), 'logs/app.log')
  const handle = inOtherRealm.transport({ file })
  handle.write('one\n')
  handle.end()
  await once(handle, 'close')
  expect(keptLines(file)).toEqual(['one'])
})
