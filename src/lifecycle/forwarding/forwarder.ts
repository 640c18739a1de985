// Sends the content of the files from the cursor on, batch after batch, under its own lock. The cursor moves only after an
// acknowledgement, so every line arrives at least once. Nothing waits for it. The next start continues from the cursor.
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import type { Clock } from '../../clock.js'
import { codeAndMessage } from '../../disk/errno.js'
import { release } from '../../disk/compress/release.js'
import { retryWhileHeld } from '../../disk/held-files.js'
import { Lock } from '../../disk/lock/lock.js'
import type { Emit } from '../../events.js'
import { Delivery } from '../../forward/delivery.js'
import { ForwardError } from '../../forward/forward-error.js'
import type { Rest, Sender } from '../../forward/sender.js'
import type { Forwarding, Settings } from '../../options/settings.js'
import { forwardPauseMs } from '../../policy/forwarding/answer.js'
import { isSameCursor, oldest, type Cursor, type LastAnswer } from '../../policy/forwarding/cursor.js'
import type { LogName } from '../../policy/names/archive-name.js'
import { hiddenName } from '../../policy/names/hidden-name.js'
import { bundledArchives } from '../../reading/bundled-archives.js'
import { CursorSource, type LineBatch } from '../../reading/cursor-source.js'
import type { StepHealth } from '../step-health.js'
import { readCursor, readLastAnswer, writeCursor } from './cursor-file.js'
import { ForwardLines } from './forward-lines.js'
import { ForwardReport } from './forward-report.js'
import { openSender } from './open-sender.js'
import { hasRejects, keepReject } from './reject-file.js'

export interface ForwarderContext {
  readonly settings: Settings
  readonly forwarding: Forwarding
  readonly log: LogName
  readonly clock: Clock
  readonly emit: Emit
  readonly health: StepHealth
  /** The cursor at the end of all files when the log was opened. */
  readonly present: Cursor
  /** Between pieces of work. Left out, the thread turns to its other work. */
  readonly rest?: Rest
}

/** How often it looks for new lines. */
const lookEveryMs = 1_000
/** When to try again if another process forwards. */
const comeBackMs = 5_000

export class Forwarder {
  readonly #context: ForwarderContext
  readonly #source: CursorSource
  readonly #lines: ForwardLines
  readonly #lock: Lock
  readonly #report: ForwardReport
  readonly #abort = new AbortController()
  #sender: Sender | null = null
  #running: Promise<void> | null = null
  /** The batch that is under way. The next one is prepared meanwhile. */
  #underWay = Promise.resolve()
  #failures = 0
  #answer: LastAnswer | null = null

  constructor (context: ForwarderContext) {
    const { settings, forwarding, log, clock, emit } = context
    this.#context = context
    this.#lines = new ForwardLines(forwarding.levelMin, settings.file)
    this.#source = new CursorSource({
      log,
      settings,
      clock,
      levelMin: forwarding.levelMin,
      onGap: () => { this.#tell('ERR_ROTOR_LINES_GONE', 'a file was removed before all its lines were sent') },
      onDamage: ({ message }) => { this.#tell('ERR_ROTOR_LINES_UNREADABLE', `lines cannot be read, and are not sent: ${message}`) }
    })
    this.#lock = new Lock(join(log.directory, hiddenName(log, 'forward')), clock.monotonic)
    this.#report = new ForwardReport(emit, clock.monotonic)
  }

  /** Begins to forward, and continues until it is closed. */
  start (): void {
    this.#running ??= this.#runUntil(() => false)
  }

  /** Forwards until it is closed. */
  async run (): Promise<void> {
    this.start()
    await this.#running
  }

  /** Forwards until everything that is in the files is acknowledged, or until it is closed. */
  async drain (): Promise<void> {
    let isDone = false
    this.#running ??= this.#runUntil(() => isDone, () => { isDone = true })
    await this.#running
  }

  /** Stops at once. */
  async close (): Promise<void> {
    this.#abort.abort(new ForwardError('ERR_ROTOR_CLOSED', 'forwarding was stopped'))
    await this.#running
    this.#report.flush()
  }

  #isStopped (): boolean {
    return this.#abort.signal.aborted
  }

  async #runUntil (isOver: () => boolean, onEnd = (): void => {}): Promise<void> {
    while (!isOver() && !this.#isStopped()) {
      try {
        if (await retryWhileHeld(() => this.#lock.tryAcquire())) await this.#lock.runAcquired(async () => { await this.#forwardHeld(isOver, onEnd) })
        else await this.#pause(comeBackMs)
      } catch (error) {
        if (!this.#isStopped()) await this.#recover(error)
      }
    }
    await this.#source.close()
  }

  async #forwardHeld (isOver: () => boolean, onEnd: () => void): Promise<void> {
    try {
      this.#sender ??= await openSender(this.#context.forwarding, this.#context.clock, this.#abort.signal, this.#context.rest)
      let cursor = await this.#begin()
      while (!isOver()) {
        const reached = await this.#source.readOn(cursor, async (batch) => { await this.#take(batch) }, this.#abort.signal)
        await this.#underWay
        if (!isSameCursor(reached.cursor, cursor)) await writeCursor(this.#context.log, reached.cursor, this.#answer)
        cursor = reached.cursor
        this.#succeeded()
        if (reached.isAtEnd) onEnd()
        if (!isOver()) await this.#pause(lookEveryMs)
      }
    } finally {
      await this.#underWay.catch(() => {}) // its error is reported where it is waited for
    }
  }

  // Where there is no older line, this is the very first start, or nothing is lost with the record. Beside older lines, a first start
  // and a lost record look alike, so both are reported: the lines are left out, or may be sent again.
  async #begin (): Promise<Cursor> {
    const { log, settings, forwarding, present } = this.#context
    const found = readCursor(log)
    this.#answer = readLastAnswer(log)
    if (found !== 'none' && found !== 'torn') return found
    const isOldest = forwarding.from === 'oldest'
    const bundled = (await bundledArchives(log, settings, present)).at(-1)?.archive ?? null
    const latest = bundled === null ? present : { ...present, after: { stamp: bundled.stamp, n: bundled.n } }
    const cursor = isOldest ? oldest : latest
    const beginning = `forwarding begins at ${isOldest ? 'the oldest line that is kept, so lines may arrive again' : 'the next line'}`
    if (found === 'torn') this.#tell('ERR_ROTOR_CURSOR_TORN', `the record of sent lines cannot be read: ${beginning}`)
    else if (hasRejects(log) || !isSameCursor(latest, oldest)) this.#tell('ERR_ROTOR_CURSOR_MISSING', `there are older lines, and no record of which were sent: ${beginning}`)
    await writeCursor(log, cursor, this.#answer)
    return cursor
  }

  // The same batch is tried until it succeeds, so a packed file is not unpacked again for each attempt. The next batch waits
  // until the cursor is saved, so a crash repeats one batch at most.
  async #take (batch: LineBatch): Promise<void> {
    const lines = this.#lines.of(batch)
    if (lines.length > 0) await this.#sender?.prepare?.(lines, this.#abort.signal)
    await this.#underWay
    this.#underWay = this.#forward(new Delivery(lines), batch)
    this.#underWay.catch(() => {}) // waited for before the next batch, or at the end
  }

  async #forward (delivery: Delivery, batch: LineBatch): Promise<void> {
    if (!delivery.isDone) await this.#untilDone(async () => { await this.#send(delivery, batch) })
    await this.#untilDone(async () => { await writeCursor(this.#context.log, batch.to, this.#answer) })
    release(batch.lines)
    this.#succeeded()
  }

  async #untilDone (action: () => Promise<void>): Promise<void> {
    for (;;) {
      try {
        await action()
        return
      } catch (error) {
        this.#abort.signal.throwIfAborted()
        await this.#recover(error)
        this.#abort.signal.throwIfAborted()
      }
    }
  }

  async #send (delivery: Delivery, batch: LineBatch): Promise<void> {
    if (this.#sender === null) return
    try {
      const { lines, bytes, rejected, answer } = await delivery.run(this.#sender, (line, answer) => { this.#reject(line, answer) }, this.#abort.signal)
      this.#report.add(lines, bytes, rejected)
      this.#noteAnswer(answer, true)
    } catch (error) {
      if (this.#isStopped()) throw error
      this.#noteAnswer(codeAndMessage(error).message, false)
      // It is for `status` alone. On a full disk it is not recorded.
      await writeCursor(this.#context.log, batch.from, this.#answer).catch(() => {})
      throw error
    }
  }

  #noteAnswer (text: string, isAccepted: boolean): void {
    this.#answer = { at: new Date(this.#context.clock.now()).toISOString(), text, isAccepted }
  }

  // Failing to keep a reject is no reason to send the batch again.
  #reject (line: string, answer: string): void {
    const { log } = this.#context
    try {
      keepReject(log, line)
      this.#tell('ERR_ROTOR_LINE_REJECTED', `a line was rejected (${answer}): it is in ${hiddenName(log, 'rejected')}`)
    } catch (error) {
      this.#tell('ERR_ROTOR_LINE_REJECTED', `a line was rejected (${answer}), and could not be kept: ${String(error)}`)
    }
  }

  #tell (code: string, message: string): void {
    const { emit, settings } = this.#context
    emit('failed', { step: 'forward', code, message, path: settings.file, retryMs: 0 })
  }

  #succeeded (): void {
    this.#failures = 0
    this.#context.health.succeeded('forward')
  }

  async #recover (error: unknown): Promise<void> {
    this.#failures++
    const pauseMs = forwardPauseMs(this.#failures, error instanceof ForwardError ? error.retryAfterMs : null)
    this.#context.health.failed('forward', error, this.#sender?.target ?? this.#context.settings.file, pauseMs)
    await this.#pause(pauseMs)
  }

  async #pause (delayMs: number): Promise<void> {
    // Only the end of forwarding shortens a pause.
    await setTimeout(delayMs, undefined, { signal: this.#abort.signal, ref: false }).catch(() => {})
  }
}
