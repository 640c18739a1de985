// The commands that read on, show, send and store.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { createServer, get } from 'node:http'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import pino from 'pino'
import { transport } from 'pino-rotor'
import { appeared, close, command, folder, startCommand } from './scene.js'

const archive = 'app.20250901_010101.log'

function log () {
  const directory = folder()
  writeFileSync(join(directory, archive), '{"level":30,"time":1756688461000,"i":0}\n')
  writeFileSync(join(directory, 'app.log'), '{"level":50,"time":1756688462000,"i":1}\n')
  return { directory, file: join(directory, 'app.log') }
}

function configOf (directory, options) {
  const config = join(directory, 'rotor.json')
  writeFileSync(config, JSON.stringify(options))
  return config
}

async function listen (answer) {
  const server = createServer(answer).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { server, address: `http://127.0.0.1:${server.address().port}` }
}

async function bodyOf (message) {
  const chunks = []
  for await (const chunk of message) chunks.push(chunk)
  return Buffer.concat(chunks)
}

// Under Wine, `fetch` connects to nothing.
async function got (url, headers) {
  const [response] = await once(get(url, { headers }), 'response')
  return { headers: response.headers, body: String(await bodyOf(response)) }
}

/** As much of S3 as the commands need: objects whole or not at all, never overwritten. */
async function startStore () {
  const objects = new Map()
  return {
    objects,
    ...await listen(async (request, response) => {
      const { pathname, searchParams } = new URL(request.url, 'http://store')
      const key = decodeURIComponent(pathname).replace('/bucket/', '')
      if (searchParams.has('list-type')) {
        const listed = [...objects].map(([name, { bytes }]) => `<Contents><Key>${name}</Key><Size>${bytes.length}</Size></Contents>`)
        response.end(`<ListBucketResult>${listed.join('')}<IsTruncated>false</IsTruncated></ListBucketResult>`)
        return
      }
      if (request.method === 'PUT') objects.set(key, { bytes: await bodyOf(request), sha256: request.headers['x-amz-meta-sha256'] })
      const stored = objects.get(key)
      if (stored === undefined || request.method === 'PUT') {
        response.writeHead(stored === undefined ? 404 : 200, { 'Content-Length': 0 })
        response.end()
        return
      }
      response.writeHead(200, { 'Content-Length': stored.bytes.length, 'x-amz-meta-sha256': stored.sha256 })
      response.end(request.method === 'HEAD' ? undefined : stored.bytes)
    })
  }
}

async function run (...args) {
  const { code, output } = await command(...args)
  assert.equal(code, 0, `${args[0]}: ${output}`)
  return output
}

export const tests = {
  async 'follows a log across a rotation' () {
    const { file } = log()
    const destination = transport({ file, limit: false, report: false })
    const logger = pino(destination)
    const { ended, output } = startCommand('cat', '--follow', '--head', '4', file)
    await appeared(output, '"i":1')
    await destination.rotate()
    logger.info({ i: 2 })
    await appeared(output, '"i":2')
    logger.info({ i: 3 })
    assert.equal((await ended).code, 0)
    await close(destination)
    assert.deepEqual(readFileSync(output, 'utf8').trim().split('\n').map((line) => JSON.parse(line).i), [0, 1, 2, 3])
  },

  async 'asks in one sentence for DuckDB, which query needs' () {
    const { code, output } = await command('query', log().file, 'select count(*) from log')
    assert.equal(code, 2)
    assert.equal(output.trim(), 'pino-rotor: query needs DuckDB, which is not installed: npm install @duckdb/node-api')
  },

  async 'serves the page and the lines, and takes the path in another case' () {
    const { directory } = log()
    const { child, ended, output } = startCommand('web', join(directory, 'APP.LOG'), '--port', '0')
    const printed = await appeared(output, 'token=')
    const [page] = /http:\S+/.exec(printed)
    const { headers } = await got(page, {})
    const [cookie] = headers['set-cookie'][0].split(';')
    const { logs: [{ id }] } = JSON.parse((await got(new URL('/api/v1/logs', page), { cookie })).body)
    const { lines } = JSON.parse((await got(new URL(`/api/v1/logs/${id}/lines`, page), { cookie })).body)
    assert.equal(lines.length, 2)
    child.kill()
    await ended
  },

  async 'forwards every line to a collector' () {
    const { file } = log()
    const bodies = []
    const { server, address } = await listen(async (request, response) => {
      bodies.push(JSON.parse(gunzipSync(await bodyOf(request))))
      response.writeHead(200, { 'Content-Type': 'application/json' }).end('{}')
    })
    await run('forward', file, '--url', `${address}/v1/logs`, '--from', 'oldest', '--until-sent')
    server.close()
    const records = bodies.flatMap(({ resourceLogs }) => resourceLogs).flatMap(({ scopeLogs }) => scopeLogs).flatMap(({ logRecords }) => logRecords)
    assert.deepEqual(records.map(({ severityNumber }) => severityNumber), [9, 17])
  },

  async 'uploads archives, and downloads them proven' () {
    const { directory, file } = log()
    const { server, address, objects } = await startStore()
    Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'key', AWS_SECRET_ACCESS_KEY: 'secret' })
    const config = configOf(directory, { file, limit: false, upload: { to: 's3://bucket', endpoint: address, region: 'test', key: '{name}' } })
    await run('sweep', file, '--config', config)
    await run('upload', file, '--config', config)
    assert.deepEqual([...objects.keys()], [`${archive}.gz`])
    const restored = join(directory, 'restored')
    mkdirSync(restored)
    await run('download', file, '--config', config, '--since', '2025-08-01', '--to', restored)
    server.close()
    assert.deepEqual(readdirSync(restored).filter((name) => !name.startsWith('.')), [`${archive}.gz`])
    assert.deepEqual(readFileSync(join(restored, `${archive}.gz`)), objects.get(`${archive}.gz`).bytes)
  },

  async 'prints the script of a shell' () {
    assert.match(await run('completion', 'bash'), /pino-rotor/)
  }
}
