// The package in real containers.
import { execFileSync, spawnSync } from 'node:child_process'
import { chownSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Containers, whyNoContainers, type Container } from './containers.js'

const repository = join(import.meta.dirname, '../..')
const cli = 'node_modules/pino-rotor/dist/cli.js'

const reason = whyNoContainers()
if (reason !== null) console.log(`skipped: ${reason}`)

function linesIn (folder: string): Array<{ i?: number, msg?: string }> {
  return readdirSync(folder).filter((name) => name.startsWith('app')).sort().flatMap((name) => {
    const bytes = readFileSync(join(folder, name))
    return (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString().split('\n').filter(Boolean).map((line) => JSON.parse(line) as { i?: number, msg?: string })
  })
}

describe.skipIf(reason !== null)('the example for containers, with a read-only root, as a user without capabilities, in 128 MiB,', () => {
  let containers: Containers
  beforeAll(() => { containers = new Containers(join(repository, 'examples/container')) })
  afterAll(() => { containers.remove() })

  const requests = (count: number): string => `for (let i = 0; i < ${count}; i++) await fetch('http://127.0.0.1:3000/' + i)`

  async function listening (container: Container): Promise<void> {
    await container.node('--input-type=module', '-e', "for (;;) try { await fetch('http://127.0.0.1:3000/first'); break } catch { await new Promise((resolve) => setTimeout(resolve, 50)) }")
  }

  test('logs, rotates, compresses, and ends within a second of SIGTERM with every line', async () => {
    const volume = containers.volume()
    const container = await containers.start(volume, ['/usr/bin/node', 'server.js'], ['--hostname', 'web'])
    await listening(container)
    await container.node('--input-type=module', '-e', requests(50))
    // An operator's container beside it, which does not see the application's process.
    await containers.node(volume, [cli, 'rotate', 'logs/app.web.log', '--config', 'pino-rotor.json'])
    await container.node('--input-type=module', '-e', requests(50))
    await containers.node(volume, [cli, 'sweep', 'logs/app.web.log', '--config', 'pino-rotor.json'])
    const status = JSON.parse(await containers.node(volume, [cli, 'status', 'logs/app.web.log', '--config', 'pino-rotor.json', '--json'])) as { total: { files: number } }
    expect(status.total.files).toBe(2)
    expect(await container.stop()).toBe(0)
    const requested = linesIn(volume).filter(({ msg }) => msg === 'request')
    expect(requested).toHaveLength(101)
    expect(readdirSync(volume).filter((name) => name.endsWith('.log.gz'))).toHaveLength(1)
    expect(readdirSync(volume).filter((name) => name.startsWith('.'))).toEqual([])
  })
})

describe.skipIf(reason !== null)('three containers on one volume and one file', () => {
  let containers: Containers
  beforeAll(() => { containers = new Containers(join(import.meta.dirname, 'containers')) })
  afterAll(() => { containers.remove() })

  function flushedBy (container: Container): number {
    const output = execFileSync('podman', ['logs', container.name], { encoding: 'utf8', maxBuffer: 2 ** 26 })
    return Number(output.slice(0, output.lastIndexOf('\n')).split('\n').at(-1))
  }

  async function poured (container: Container): Promise<void> {
    await container.node('changes.js')
  }

  test('are killed and started again under load, and every flushed line is kept once', async () => {
    const volume = containers.volume()
    const starts: Array<{ readonly first: number, readonly container: Container }> = []
    const begin = async (): Promise<void> => {
      const first = starts.length * 1_000_000
      starts.push({ first, container: await containers.start(volume, ['/usr/bin/node', 'pouring.js', String(first)]) })
    }
    for (let round = 0; round < 3; round++) await begin()
    for (let round = 0; round < 3; round++) {
      const victim = starts[round]?.container
      if (victim === undefined) throw new Error('no container to kill')
      await poured(victim)
      await victim.signal('KILL')
      await victim.ended()
      await begin()
    }
    for (const { container } of starts.slice(3)) {
      await poured(container)
      await container.signal('TERM')
      expect(await container.ended()).toBe(0)
    }
    await containers.node(volume, ['--input-type=module', '-e', "import rotor from 'pino-rotor'; const s = await rotor({ file: 'logs/app.log', limit: false, report: false }); await s.sweep(); s.end()"])
    const times = new Map<number, number>()
    for (const { i = -1 } of linesIn(volume)) times.set(i, (times.get(i) ?? 0) + 1)
    for (const { first, container } of starts) {
      const flushed = Array.from({ length: Math.max(0, flushedBy(container) - first) }, (_, offset) => first + offset)
      expect(flushed.length).toBeGreaterThan(0)
      expect(flushed.filter((number) => times.get(number) !== 1)).toEqual([])
    }
    expect(readdirSync(volume).filter((name) => name.startsWith('.'))).toEqual([])
  })
})

describe.skipIf(reason !== null)('a container', () => {
  let containers: Containers
  beforeAll(() => { containers = new Containers(join(import.meta.dirname, 'containers')) })
  afterAll(() => { containers.remove() })

  function eventsOf (container: Container): Array<{ event: string, step?: string, code?: string }> {
    const { stderr } = spawnSync('podman', ['logs', container.name], { encoding: 'utf8', maxBuffer: 2 ** 26 })
    return stderr.split('\n').filter(Boolean).map((line) => JSON.parse(line) as { event: string, step?: string, code?: string })
  }

  test('beside that of an application sends its lines, with nothing but the command, the options and the volume', async () => {
    const volume = containers.volume()
    const options = join(volume, 'rotor.json')
    writeFileSync(options, JSON.stringify({ file: 'logs/app.log', size: '100k', limit: false, compress: false, forward: { to: 'otlp', url: 'http://127.0.0.1:4318/v1/logs', from: 'oldest' } }))
    chownSync(options, 1000, 1000)
    const application = await containers.start(volume, ['/usr/bin/node', 'reporting.js', '2000'])
    const sidecar = await containers.start(volume, ['/usr/bin/node', cli, 'forward', '--config', 'logs/rotor.json'])
    expect(JSON.parse(await sidecar.node('receiving.js', '2000'))).toEqual(Array.from({ length: 2_000 }, (_, number) => number))
    expect(await sidecar.stop()).toBe(0)
    expect(await application.stop()).toBe(0)
    expect(readdirSync(volume).filter((name) => name.startsWith('.'))).toEqual(['.app.log.rotor.sent'])
  })

  test('whose volume fills up goes on logging, and every line is kept once there is room again', async () => {
    const volume = containers.smallVolume(256 * 1024)
    const ballast = join(volume, 'ballast')
    writeFileSync(ballast, Buffer.alloc(192 * 1024))
    const container = await containers.start(volume, ['/usr/bin/node', 'reporting.js', '2000'])
    await container.node('awaiting.js', 'logs/failed')
    rmSync(ballast)
    await container.node('awaiting.js', 'logs/recovered')
    expect(await container.stop()).toBe(0)
    expect(linesIn(volume).map(({ i }) => i)).toEqual(Array.from({ length: 2_000 }, (_, number) => number))
    expect(eventsOf(container)).toMatchObject([{ event: 'failed', step: 'write', code: 'ENOSPC' }, { event: 'recovered', step: 'write' }])
  })

  test('whose log file is a mount continues to write it, and reports once why it cannot rotate', async () => {
    const volume = containers.volume()
    const file = join(containers.volume(), 'mounted.log')
    writeFileSync(file, '')
    chownSync(file, 1000, 1000)
    const container = await containers.start(volume, ['/usr/bin/node', 'reporting.js', '1500'], ['--volume', `${file}:/app/logs/app.log`])
    await container.node('awaiting.js', 'logs/failed')
    const doctor = await container.node('--input-type=module', '-e', `
      import { spawnSync } from 'node:child_process'
      console.log(spawnSync(process.execPath, ['${cli}', 'doctor', 'logs/app.log'], { encoding: 'utf8' }).stdout)`)
    expect(doctor.replaceAll(/\s+/g, ' ')).toContain('mount the folder of the log instead of the file')
    expect(await container.stop()).toBe(0)
    expect(readFileSync(file, 'utf8').split('\n').filter(Boolean).map((line) => (JSON.parse(line) as { i: number }).i)).toEqual(Array.from({ length: 1_500 }, (_, number) => number))
    expect(eventsOf(container)).toMatchObject([{ event: 'failed', step: 'rotate', code: 'EBUSY' }])
  })
})
