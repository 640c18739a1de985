// No failure shows a secret: not in an event, an error, the report on stderr, the status, what doctor says, or the record. The
// secrets are words that are looked for in everything that an application and the commands print.
import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { join } from 'node:path'
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { parseOptions } from '../../src/options/parse-options.js'
import { fill, outcomeOf, run, temporaryFolder } from '../cli/command-line.js'
import { spawn } from 'node:child_process'
import { startObjectServer, type Interposed } from '../support/object-server.js'

const canary = 'CANARY'
const secrets = { AWS_ACCESS_KEY_ID: 'key', AWS_SECRET_ACCESS_KEY: `${canary}-secret/+=`, AWS_SESSION_TOKEN: `${canary}-token/+=` }

/** Prints all events and the whole of the first error. */
const application = (options: object): string => `
  import { inspect } from 'node:util'
  import rotor from ${JSON.stringify(join(import.meta.dirname, '../../dist/index.js'))}
  const log = await rotor(${JSON.stringify({ ...options, report: true })})
  for (const name of ['uploaded', 'failed', 'recovered']) log.on(name, (details) => { console.log(name, inspect(details, { depth: 10, showHidden: true })) })
  await log.upload().catch((error) => { console.log(inspect(error, { depth: 10, showHidden: true })) })
  console.log(inspect(await log.status(), { depth: 10 }))
  log.end()
`

let folder: string

beforeEach(() => {
  folder = temporaryFolder()
  fill(join(folder, 'logs'), { 'app.20251001_121111.log.gz': '{"msg":"hello"}\n', 'app.log': '' })
})

function answering (status: number, text: (request: IncomingMessage) => string = () => ''): Interposed {
  return (request: IncomingMessage, response: ServerResponse) => {
    // A HEAD has no body to put a text into.
    if (request.method === 'HEAD') return false
    const body = text(request)
    response.writeHead(status, { 'Content-Length': Buffer.byteLength(body) }).end(body)
    return true
  }
}

async function everythingSaid (options: object, env: NodeJS.ProcessEnv): Promise<string> {
  writeFileSync(join(folder, 'rotor.json'), JSON.stringify(options))
  const child = spawn(process.execPath, ['--input-type=module', '--eval', application({ ...options, file: join(folder, 'logs/app.log') })], { cwd: folder, env: { ...process.env, ...env } })
  const outcomes = [await outcomeOf(child)]
  for (const command of ['upload', 'status', 'doctor']) outcomes.push(await run([command, '--config', 'rotor.json', '--json'], { cwd: folder, env }))
  outcomes.push(await run(['download', '--config', 'rotor.json', '--since', '2020-01-01', '--to', 'restored'], { cwd: folder, env }))
  const files = readdirSync(join(folder, 'logs')).map((name) => readFileSync(join(folder, 'logs', name), 'latin1'))
  return JSON.stringify(outcomes) + files.join('')
}

describe('no secret is shown', () => {
  test.each<[string, Interposed, RegExp]>([
    ['by a store that repeats what it was sent', answering(403, ({ headers }) => `<Error><Code>InvalidToken</Code><Message>${JSON.stringify(headers)}</Message></Error>`), /InvalidToken/],
    ['by a store that repeats it as its code', answering(400, ({ headers }) => `<Error><Code>${String(headers['x-amz-security-token'])}</Code></Error>`), /was answered with 400/],
    ['by one that fails', answering(500), /HTTP_500/],
    ['by one that is busy', answering(503), /HTTP_503/],
    ['by a missing bucket', answering(404, () => '<Error><Code>NoSuchBucket</Code></Error>'), /NoSuchBucket/],
    ['by a redirect', answering(307), /PermanentRedirect/],
    ['by a connection that ends', (request) => { request.socket.destroy(); return true }, /ECONNRESET|hang up/],
    ['where it works', () => false, /uploaded/]
  ])('%s', async (_, interposed, told) => {
    const server = await startObjectServer(interposed)
    onTestFinished(server.close)
    const said = await everythingSaid({ file: 'logs/app.log', upload: { to: 's3://bucket', endpoint: server.endpoint } }, secrets)
    expect(said).toMatch(told)
    expect(said).not.toContain(canary)
  })

  test('by a module of credentials that throws them, or gives them in another form', async () => {
    const server = await startObjectServer()
    onTestFinished(server.close)
    for (const body of [`throw new Error('${canary}')`, `return { accessKeyId: 'key', secret: '${canary}' }`, `return '${canary}'`]) {
      writeFileSync(join(folder, 'credentials.mjs'), `export default async () => { ${body} }`)
      const said = await everythingSaid({ file: 'logs/app.log', upload: { to: 's3://bucket', endpoint: server.endpoint, credentials: { module: './credentials.mjs' } } }, { AWS_ACCESS_KEY_ID: '' })
      expect(said).toMatch(/ERR_ROTOR_CREDENTIALS/)
      expect(said).not.toContain(canary)
    }
  })

  test('by the options once they are read', () => {
    process.env['AWS_SECRET_ACCESS_KEY'] = secrets.AWS_SECRET_ACCESS_KEY
    onTestFinished(() => { delete process.env['AWS_SECRET_ACCESS_KEY'] })
    expect(JSON.stringify(parseOptions({ file: join(folder, 'app.log'), upload: { to: 's3://bucket' } }))).not.toContain(canary)
  })
})
