// The plain target lives between pino's handle and thread-stream's worker. It does there what the worker's side can do.
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { describe, expect, test } from 'vitest'
import { runApplication } from '../support/application.js'
import { target } from '../support/built-package.js'
import { temporaryFolder } from '../support/temporary-folder.js'

const unopenable = "Array(25).fill('x'.repeat(180)).join('/') + '/app.log'"

function application (end: string): string {
  return `
    import pino from 'pino'
    const destination = pino.transport({ target: 'pino-rotor', options: { file: ${unopenable}, report: 'failures' } })
    ${end}
  `
}

describe('a log that cannot be opened', () => {
  test('is an error of the transport whose cause has code and path', async () => {
    const { stdout } = await runApplication(temporaryFolder(), application(`
      destination.on('error', ({ message, cause: { code, path } }) => process.stdout.write(JSON.stringify({ message, code, path })))
      pino(destination).info('line')
    `)).ended
    expect(JSON.parse(stdout)).toEqual({ message: expect.stringContaining('ENAMETOOLONG'), code: 'ENAMETOOLONG', path: expect.stringMatching(/app\.log$/) })
  })

  test.each(['', 'process.exit(3)'])('is reported with its code at once by a process that logs a line and ends: %s', async (end) => {
    const { stderr } = await runApplication(temporaryFolder(), application(`pino(destination).info('line'); ${end}`)).ended
    expect(stderr).toMatch(/"step":"open","code":"ENAMETOOLONG"/)
    expect(stderr).not.toContain('took too long')
  })
})

test.each([
  ['1.0.1', false],
  ['2.0.9', false],
  [undefined, false],
  ['2.1.0', true],
  ['3.0.0', true],
  ['4.2.1', true]
])('under thread-stream %s, events are posted: %s', async (threadStreamVersion, arePosted) => {
  const file = join(temporaryFolder(), 'app.log')
  const worker = new Worker(`
    const { workerData, parentPort } = require('node:worker_threads')
    import(workerData.target).then(async ({ default: open }) => {
      const stream = await open({ file: workerData.workerData.file, compress: false })
      stream.write('line\\n')
      await stream.rotate()
      stream.end()
      stream.on('close', () => { parentPort.postMessage({ code: 'CLOSED' }) })
    })
  `, { eval: true, workerData: { target, stateBuf: new SharedArrayBuffer(128), dataBuf: new SharedArrayBuffer(128), workerData: { file, $context: { threadStreamVersion } } } })
  const codes: string[] = []
  worker.on('message', ({ code }: { code: string }) => { codes.push(code) })
  await new Promise((resolve) => { worker.on('exit', resolve) })
  expect(codes).toEqual(arePosted ? ['EVENT', 'CLOSED'] : ['CLOSED'])
})
