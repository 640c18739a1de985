// One process that logs numbered lines through one or more writers of its own, each with its name in every line. It is
// told over IPC when to begin, and tells what happened: events, and that it is done. It runs the built package.
import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { setImmediate as nextTick, setTimeout as delay } from 'node:timers/promises'
import rotor, { transport } from 'pino-rotor'

const { options, writers, lineBytes = 200, linesPerTick = 20, tickMs = 0 } = JSON.parse(process.argv[2])
const eventNames = ['rotated', 'compressed', 'removed', 'failed', 'dropped', 'recovered']

function line (name, number) {
  const start = `{"writer":"${name}","number":${number},"pad":"`
  return `${start}${'x'.repeat(Math.max(lineBytes - start.length - 3, 0))}"}\n`
}

class Writer {
  #number = 0

  constructor ({ name, log, lines }) {
    this.name = name
    this.log = log
    this.lines = lines
    for (const event of eventNames) log.on(event, (details) => { process.send?.({ event, writer: name, details }) })
    log.on('error', (error) => { process.send?.({ event: 'error', writer: name, details: { code: error.code, message: error.message } }) })
  }

  async ready () {
    await new Promise((resolve) => { this.log.once('ready', resolve) })
  }

  async writeAll () {
    while (this.#number < this.lines) {
      this.writeSome(Math.min(linesPerTick, this.lines - this.#number))
      if (tickMs === 0) await nextTick()
      else await Promise.all([this.flush(), delay(tickMs)])
    }
  }

  stopAfterNextTick () {
    this.lines = this.#number + linesPerTick
  }

  writeSome (count) {
    for (let written = 0; written < count; written++) this.log.write(this.#nextLine())
  }

  writeAtOnce (count) {
    this.log.write(Array.from({ length: count }, () => this.#nextLine()).join(''))
  }

  #nextLine () {
    return line(this.name, ++this.#number)
  }

  async flush () {
    await new Promise((resolve) => { this.log.flush(resolve) })
  }

  async end () {
    const closed = new Promise((resolve) => { this.log.once('close', resolve) })
    this.log.end()
    await closed
  }
}

async function open ({ name, kind, lines }) {
  const log = kind === 'stream' ? await rotor(options) : transport(options)
  const writer = new Writer({ name, log, lines })
  await writer.ready()
  return writer
}

// The process stops itself right before the next such call that fits, or right after it, and goes on when it is continued.
function stopAtNext (call, fits, moment = 'before') {
  const original = fs[call]
  const patch = (replacement) => {
    fs[call] = replacement
    syncBuiltinESMExports()
  }
  patch((...given) => {
    if (!fits(...given)) return original(...given)
    patch(original)
    if (moment === 'before') stop()
    const result = original(...given)
    if (moment === 'after') stop()
    return result
  })
}

function stop () {
  process.send({ event: 'stopping' })
  process.kill(process.pid, 'SIGSTOP')
}

const isLock = (path) => path.endsWith('.rotor.lock')
/** The first call that takes the lock: it creates the lock's file, under a hidden name or at once under its own. */
const isFileOfLock = (path) => /\.rotor\.lock(?:\.[^.]+)?$/.test(path)

// The calls that a rotation makes while it holds the lock, in their order.
const underLock = {
  link: ['linkSync', (from) => from === options.file],
  rename: ['renameSync', (from) => from.includes('.rotor.next.')],
  release: ['renameSync', isLock]
}

const all = await Promise.all(writers.map(open))
let writing = null

const requests = {
  begin: async () => {
    await Promise.all(all.map((writer) => writer.writeAll()))
    await Promise.all(all.map((writer) => writer.flush()))
  },
  keepWriting: async () => {
    for (const writer of all) writer.lines = Infinity
    writing = requests.begin()
  },
  stopWriting: async () => {
    for (const writer of all) writer.stopAfterNextTick()
    await writing
    return all.map(({ name, lines }) => ({ name, lines }))
  },
  write: async ({ lines }) => {
    for (const writer of all) writer.writeSome(lines)
    await Promise.all(all.map((writer) => writer.flush()))
  },
  stopInWrite: async ({ moment }) => {
    // Locks are written too.
    stopAtNext('writeSync', (descriptor) => fs.readlinkSync(`/proc/self/fd/${descriptor}`) === options.file, moment)
    await requests.write({ lines: 1 })
  },
  stopBeforeLock: async () => {
    stopAtNext('openSync', isFileOfLock)
    await requests.write({ lines: 1 })
  },
  open: async (writer) => { all.push(await open(writer)) },
  openBeforeLock: async (writer) => {
    stopAtNext('openSync', isFileOfLock)
    await requests.open(writer)
  },
  stopInRotation: async ({ before = 'rename' }) => {
    stopAtNext(...underLock[before])
    await requests.rotate()
  },
  stopInRemoval: async () => {
    stopAtNext('renameSync', (path) => /\/app\.\d+_\d+\.log$/.test(path))
    await requests.sweep()
  },
  // In one turn, so that no look comes between the two.
  writeAndRemove: async ({ lines }) => {
    for (const writer of all) writer.writeAtOnce(lines)
    fs.unlinkSync(options.file)
  },
  rotate: async () => await all[0].log.rotate(),
  sweep: async () => { await all[0].log.sweep() },
  end: async () => {
    await Promise.all(all.map((writer) => writer.end()))
    process.disconnect()
  }
}

process.on('message', async ({ id, ask, ...details }) => {
  try {
    const answer = await requests[ask](details)
    if (process.connected) process.send({ id, answer: answer ?? null })
  } catch (error) {
    if (process.connected) process.send({ id, error: String(error) })
  }
})
process.send({ event: 'ready' })
