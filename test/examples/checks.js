// What must be true of each example once it is installed. A check throws where it is not, and returns what was seen.
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, readlinkSync, writeFileSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import { join } from 'node:path'
import { expectNumbers, expectRotated, readLog } from './log.js'
import { answering, ask, freePort, startServer } from './server.js'

const requests = 400
// A compression comes at least a second after its rotation, so that no writer can still be appending.
const settledMs = 2500

/** The checks by the example's folder. */
export const checks = {
  fastify: checkFastify,
  express: async (folder) => await checkServer(folder, ['server.js'], { size: '64k' }),
  nestjs: checkNest,
  nextjs: checkNext,
  cluster: async (folder) => await checkServer(folder, ['server.js'], { writers: 3 }),
  pm2: checkPm2,
  watch: checkWatch,
  pipeline: checkPipeline,
  esbuild: async (folder) => await checkBundle(folder, ['app', 'single', 'target']),
  webpack: async (folder) => await checkBundle(folder, ['app', 'single', 'target']),
  rollup: async (folder) => await checkBundle(folder, ['app', 'single']),
  tsup: async (folder) => await checkBundle(folder, ['app', 'single'])
}

async function checkFastify (folder) {
  const target = await checkServer(folder, ['transport.js'], { size: '64k' })
  return `${target}; ${await checkServer(folder, ['logger-instance.js'], { size: '64k', already: requests })}`
}

async function checkServer (folder, args, { writers = 1, already = 0, size = '32k' } = {}) {
  const server = await startServer(folder, process.execPath, args, { size })
  try {
    await server.askAll(already, already + requests)
    await setTimeout(settledMs)
  } finally {
    await server.stop()
  }
  return expectWhole(join(folder, 'logs/app.log'), already + requests, `${args[0]}, ${writers} process(es)`)
}

function expectWhole (file, count, what, key = 'n') {
  const log = readLog(file)
  // Requests are answered four at a time, so their lines need not be in the order in which they were sent.
  expectNumbers(log.lines, key, count, false)
  expectRotated(log)
  return `${what}: ${log.lines.length} lines whole and once, ${log.archives.length} archives`
}

async function checkNest (folder) {
  const file = join(folder, 'logs/app.log')
  const server = await startServer(folder, process.execPath, ['server.js'], { size: '128k' })
  let writers
  try {
    await server.askAll(0, requests)
    await setTimeout(settledMs)
    // By now each worker has seen the last rotation and follows it.
    writers = descriptorsOf(server.child.pid, file)
  } finally {
    await server.stop()
  }
  if (writers !== null && writers < 2) throw new Error(`expected two workers on the file, found ${writers}`)
  expectWhole(file, requests, '', 'job')
  return expectWhole(file, requests, `${writers ?? 'two'} workers on one file`)
}

// How many descriptors of the process lead to the file; null where the system does not tell.
function descriptorsOf (pid, file) {
  const folder = `/proc/${pid}/fd`
  if (!existsSync(folder)) return null
  return readdirSync(folder).filter((descriptor) => {
    try {
      return readlinkSync(join(folder, descriptor)) === file
    } catch {
      return false // closed meanwhile
    }
  }).length
}

async function checkNext (folder) {
  runOrThrow('npm', ['run', 'build'], folder)
  const server = await startServer(folder, process.execPath, ['node_modules/next/dist/bin/next', 'start', '--hostname', '127.0.0.1'], { path: '/api/hello' })
  try {
    await server.askAll(0, requests)
    await setTimeout(settledMs)
  } finally {
    await server.stop()
  }
  const { lines } = readLog(join(folder, 'logs/app.log'))
  if (!lines.some(({ msg }) => msg === 'the server has started')) throw new Error('instrumentation did not log')
  return expectWhole(join(folder, 'logs/app.log'), requests, 'production build')
}

async function checkPm2 (folder) {
  const port = await freePort()
  const env = { ...process.env, PM2_HOME: join(folder, '.pm2'), PORT: String(port), LOG_SIZE: '32k' }
  const pm2 = (...args) => runOrThrow(process.execPath, ['node_modules/pm2/bin/pm2', ...args], folder, env)
  try {
    pm2('start', 'ecosystem.config.cjs')
    await answering({ child: { exitCode: null }, port, path: '/', output: () => '' })
    for (let n = 0; n < requests; n++) await ask(port, '/', n)
    pm2('reload', 'example')
    for (let n = requests; n < 2 * requests; n++) await ask(port, '/', n)
    await setTimeout(settledMs)
    pm2('delete', 'example')
  } finally {
    pm2('kill')
  }
  return expectWhole(join(folder, 'logs/app.log'), 2 * requests, 'two instances, reloaded in between')
}

function checkPipeline (folder) {
  runOrThrow(process.execPath, ['log.js'], folder, { ...process.env, LOG_SIZE: '32k' })
  // The process ends before its archives have settled.
  runOrThrow('npx', ['pino-rotor', 'sweep', 'logs/app.log', '--defaults'], folder)
  const { lines } = readLog(join(folder, 'logs/app.log'))
  if (!lines.every(({ service }) => service === 'shop')) throw new Error('a line did not pass the transform')
  return expectWhole(join(folder, 'logs/app.log'), 2000, 'through a transform')
}

async function checkWatch (folder) {
  const server = await startServer(folder, process.execPath, ['--watch', 'server.js'])
  const script = join(folder, 'server.js')
  try {
    for (let round = 0; round < 3; round++) {
      await server.askAll(round * requests, (round + 1) * requests)
      // Node says that it restarts while the old process still answers.
      const starts = server.output().split('listening').length
      writeFileSync(script, readFileSync(script, 'utf8') + '\n')
      while (server.output().split('listening').length === starts) await setTimeout(20)
    }
    await setTimeout(settledMs)
  } finally {
    await server.stop()
  }
  return expectWhole(join(folder, 'logs/app.log'), 3 * requests, 'three restarts')
}

// What was built must run where there are no modules.
async function checkBundle (folder, names) {
  runOrThrow('npm', ['run', 'build'], folder)
  const deployed = `${folder} deployed`
  mkdirSync(deployed)
  cpSync(join(folder, 'build'), join(deployed, 'build'), { recursive: true })
  const seen = names.map((name) => {
    runOrThrow(process.execPath, [join('build', `${name}.js`)], deployed, { ...process.env, LOG_SIZE: '8k' })
    const log = readLog(join(deployed, `logs/${name}.log`))
    expectNumbers(log.lines, 'n', 500, true)
    expectRotated(log)
    return `${name}: ${log.archives.length} archives`
  })
  return `without node_modules, ${seen.join(', ')}`
}

function runOrThrow (command, args, folder, env = process.env) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd: folder, env, encoding: 'utf8', timeout: 240_000 })
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${status ?? error?.message}\n${stdout}${stderr}`)
  return stdout
}
