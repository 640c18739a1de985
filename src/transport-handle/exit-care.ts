// Writes every logged line, however the process ends. One listener for 'exit' serves all handles. It stays the last
// listener where it can, so that lines from other listeners are written too. It comes back when the application removes all
// listeners. It never throws, and blocks for 2 s at most.
import { Patience } from './patience.js'

/** A handle, as it is used at the end of the process. */
export interface Survivor {
  /** Makes the handle write lines at once from now on, since no event loop will run. */
  prepareForExit: () => void
  /** Blocks until the lines are written. */
  writeOut: (patience: Patience) => void
  /** Makes the handle write later lines as they come. */
  stayForExit: (patience: Patience) => void
  /** Tells the worker to close the file. */
  beginClosing: () => void
  /** Blocks until the file is closed. Lines that cannot be written by then are counted as dropped. */
  finishClosing: (patience: Patience) => void
}

/** Two listeners that both want to be last must not move each other for ever. */
const movesMax = 1_000
/** Marks this package's listeners, in every loaded copy of this module. */
const mark = Symbol.for('pino-rotor.exit')

const survivors = new Set<Survivor>()
const onExit = Object.assign(endAll, { [mark]: true })
const onExitBegins = Object.assign(awaitThrow, { [mark]: true })
let monotonic = (): number => 0
let moves = 0
let isMoving = false

/** Writes the handle's lines when the process ends. */
export function surviveExit (survivor: Survivor, clock: () => number): void {
  monotonic = clock
  survivors.add(survivor)
  if (survivors.size === 1) listen()
}

/** Forgets a handle that is closed. */
export function forgetExit (survivor: Survivor): void {
  if (!survivors.delete(survivor) || survivors.size > 0) return
  process.off('removeListener', comeBack)
  process.off('newListener', stayLast)
  process.off('exit', onExitBegins)
  process.off('exit', onExit)
}

function listen (): void {
  if (survivors.size === 0) return
  if (!process.listeners('exit').includes(onExitBegins)) process.prependListener('exit', onExitBegins)
  if (!process.listeners('exit').includes(onExit)) process.on('exit', onExit)
  process.off('newListener', stayLast).on('newListener', stayLast)
  process.off('removeListener', comeBack).on('removeListener', comeBack)
}

// At once, since the process may exit next, and again once `process.removeAllListeners()` has removed all that it can.
function comeBack (event: string | symbol, listener: object): void {
  if (event !== 'exit' || (listener !== onExit && listener !== onExitBegins) || isMoving || moves >= movesMax) return
  moves++
  listen()
  queueMicrotask(listen)
}

// A listener for 'exit' that throws keeps those after it from being called.
function awaitThrow (): void {
  process.once('uncaughtExceptionMonitor', keepAll)
}

function keepAll (): void {
  keepFrom(new Patience(monotonic))
}

function stayLast (event: string | symbol, listener: object): void {
  if (event !== 'exit' || mark in listener || moves >= movesMax) return
  moves++
  queueMicrotask(() => {
    if (survivors.size === 0) return
    isMoving = true
    process.off('exit', onExit)
    process.on('exit', onExit)
    isMoving = false
  })
}

function endAll (): void {
  const patience = new Patience(monotonic)
  if (!isLast()) {
    keepFrom(patience)
    return
  }
  writeAll(patience)
  for (const survivor of survivors) survivor.beginClosing()
  for (const survivor of survivors) survivor.finishClosing(patience)
}

// Listeners that come later may still log, and the worker ends with the process.
function keepFrom (patience: Patience): void {
  writeAll(patience)
  for (const survivor of survivors) survivor.stayForExit(patience)
}

function writeAll (patience: Patience): void {
  for (const survivor of survivors) survivor.prepareForExit()
  for (const survivor of survivors) survivor.writeOut(patience)
}

function isLast (): boolean {
  const listeners = process.listeners('exit')
  return listeners.slice(listeners.indexOf(onExit) + 1).every((listener) => mark in listener)
}
