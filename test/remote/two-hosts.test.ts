// Two hosts whose keys are the same, by a mistake in the options. Neither overwrites what the other has stored.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { fill, run, temporaryFolder } from '../cli/command-line.js'
import { startObjectServer } from '../support/object-server.js'

const shared = 'app.20251001_121111.log.gz'
const disputed = 'app.20251002_121111.log.gz'
const secrets = { AWS_ACCESS_KEY_ID: 'key', AWS_SECRET_ACCESS_KEY: 'secret' }

interface Failed { readonly code: string, readonly path: string }

test('of two hosts with one key and other content, one is stored and the other set aside, and the rest goes on', async () => {
  const server = await startObjectServer()
  onTestFinished(server.close)
  const hosts = ['first', 'second'].map((host) => {
    const folder = temporaryFolder()
    fill(join(folder, 'logs'), { [shared]: 'the same\n', [disputed]: `only of the ${host}\n`.repeat(1000), [`app.${host === 'first' ? '20251003' : '20251004'}_121111.log.gz`]: `${host}\n`, 'app.log': '' })
    writeFileSync(join(folder, 'rotor.json'), JSON.stringify({ file: 'logs/app.log', limit: false, upload: { to: 's3://bucket', endpoint: server.endpoint, key: '{name}' } }))
    return folder
  })
  const upload = async (folder: string) => await run(['upload', '--config', 'rotor.json', '--json'], { cwd: folder, env: secrets })
  const outcomes = await Promise.all(hosts.map(upload))
  const failed = outcomes.flatMap(({ stdout }) => (JSON.parse(stdout) as { failed: Failed[] }).failed)
  expect(failed).toMatchObject([{ code: 'ERR_ROTOR_UPLOAD_CONFLICT', path: expect.stringContaining(disputed) as string }])
  expect(outcomes.map(({ status }) => status).sort()).toEqual([0, 1])
  expect([...server.objects.keys()].sort()).toEqual(['bucket/app.20251001_121111.log.gz', `bucket/${disputed}`, 'bucket/app.20251003_121111.log.gz', 'bucket/app.20251004_121111.log.gz'])

  const winner = hosts[outcomes.findIndex(({ status }) => status === 0)] ?? ''
  expect(server.objects.get(`bucket/${disputed}`)?.bytes.equals(readFileSync(join(winner, 'logs', disputed)))).toBe(true)
  const bodies = server.bodies.length
  await Promise.all(hosts.map(upload))
  expect(server.bodies.length).toBe(bodies)
})
