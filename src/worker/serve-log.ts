// The worker's side of `transport()`. It reads lines from the shared ring into the log. It answers requests in the order of
// the requests and lines.
import type { MessagePort } from 'node:worker_threads'
import type { Settings } from '../options/settings.js'
import { errorFacts } from '../disk/errno.js'
import type { LogStream, Place } from '../stream.js'
import { forwardEvents, logThread, type Answers, type LevelNews, type Message, type Ping, type Request } from './channel.js'
import { RingReader } from './ring-reader.js'
import { phases } from './shared-memory.js'
import { hasOwnKey } from '../platform/own-key.js'

/** Opens the log of the calling thread after all that has nothing to do with its disk, and serves it until it is closed. */
export async function serveLog (prepare: (settings: Settings) => Promise<(place: Place) => LogStream>): Promise<void> {
  const thread = logThread()
  if (thread === null) return
  const { settings, memory, port } = thread
  const reader = new RingReader(memory)
  try {
    const open = await prepare(settings)
    reader.enter(phases.opening)
    const server = new LogServer(open({ claim: (bytes) => reader.claim(bytes), onStep: () => { reader.showStep() } }), reader, port)
    reader.enter(phases.open)
    server.begin()
  } catch (error) {
    const facts = errorFacts(error)
    reader.fail({ ...facts, cause: undefined })
    reader.enter(phases.failed)
    port.postMessage({ is: 'failure', facts } satisfies Message)
  }
}

class LogServer {
  readonly #stream: LogStream
  readonly #reader: RingReader
  readonly #port: MessagePort
  readonly #waiting: Request[] = []
  #knownLoggers = 0
  /** While a rotation is prepared, later requests wait and lines go on. */
  #preparing: Promise<void> | null = null
  // An error here is the log's end. A guard against errors of modules would otherwise swallow it, and nothing would be read any more.
  readonly #read = (): void => {
    try {
      this.#readNext()
    } catch (error) {
      this.#tell({ is: 'failure', facts: errorFacts(error) })
    }
  }

  constructor (stream: LogStream, reader: RingReader, port: MessagePort) {
    this.#stream = stream
    this.#reader = reader
    this.#port = port
    forwardEvents(stream, (name, details) => { this.#tell({ is: 'event', name, details }) })
    stream.on('finish', () => { this.#tell({ is: 'finish' }) })
    stream.on('close', () => {
      this.#reader.enter(phases.closed)
      // Work that a user's module started would keep the thread alive.
      setImmediate(leave)
    })
  }

  begin (): void {
    this.#port.on('message', (message: Request | Ping | LevelNews) => {
      this.#reader.hear()
      if (hasOwnKey(message, 'levels')) {
        this.#knownLoggers++
        this.#stream.nameLevels(message.levels)
        return
      }
      if (hasOwnKey(message, 'ping')) return
      this.#waiting.push(message)
      this.#answerDue()
    })
    this.#tell({ is: 'ready' })
    this.#read()
  }

  #readNext (): void {
    if (this.#reader.toldLoggers > this.#knownLoggers) {
      // The message was posted before it was counted, so it arrives within a turn or two.
      setImmediate(this.#read)
      return
    }
    const lines = this.#reader.take()
    if (lines === null) {
      this.#endWhenPrepared()
    } else if (lines.length === 0) {
      this.#writeUnfinished()
      void this.#reader.more().then(this.#read)
    } else {
      this.#stream.write(lines)
      this.#writeUnfinished()
      if (this.#reader.release()) this.#tell({ is: 'room' })
      this.#answerDue()
      setImmediate(this.#read)
    }
  }

  // This thread ends with the process, and the rest of the line may never come.
  #writeUnfinished (): void {
    if (!this.#reader.isExiting) return
    this.#stream.writeUnfinished()
    this.#reader.confirmUnfinished()
  }

  #endWhenPrepared (): void {
    if (this.#preparing === null) this.#stream.end()
    else void this.#preparing.then(this.#read)
  }

  #answerDue (): void {
    while (this.#preparing === null && this.#waiting[0] !== undefined && this.#waiting[0].position <= this.#reader.readBytes) {
      const [request] = this.#waiting.splice(0, 1)
      if (request === undefined) return
      if (request.ask === 'rotate') this.#preparing = this.#answerPrepared(request)
      else void this.#answer(request)
    }
  }

  async #answerPrepared (request: Request): Promise<void> {
    await this.#stream.prepareRotation()
    this.#preparing = null
    void this.#answer(request)
    this.#answerDue()
  }

  async #answer ({ id, ask }: Request): Promise<void> {
    try {
      this.#tell({ is: 'reply', reply: { id, answer: await this.#carryOut(ask) } })
    } catch (error) {
      this.#tell({ is: 'reply', reply: { id, error: errorFacts(error) } })
    }
  }

  async #carryOut (ask: keyof Answers): Promise<Answers[keyof Answers]> {
    if (ask !== 'flush') return await this.#stream[ask]() as Answers[keyof Answers]
    await new Promise<void>((resolve, reject) => {
      this.#stream.flush((error) => {
        if (error === undefined) resolve()
        else reject(error)
      })
    })
  }

  #tell (message: Message): void {
    this.#port.postMessage(message)
  }
}

// An exit listener of a user's module may throw here. The guard reports that, and the second call ends the thread without asking the
// listeners again.
function leave (): void {
  setTimeout(() => { process.exit(0) })
  process.exit(0)
}
