// A screen that refreshes in place, on the terminal's alternate screen: what was shown before is there again afterwards.
import { once } from 'node:events'
import type { Output } from './output.js'

const enter = '\u001b[?1049h\u001b[?25l'
const leave = '\u001b[?25h\u001b[?1049l'
const home = '\u001b[H'
const clearLine = '\u001b[K'
const clearBelow = '\u001b[J'

/** `q`, Ctrl-C and Ctrl-D. In raw mode, the terminal makes no signals of them. */
const leaveKeys = ['q', 'Q', '\u0003', '\u0004']
const endSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** Shows what `draw` returns, again and again, until the user leaves it with `q`. */
export async function showUntilLeft (out: Output, draw: () => Promise<string>, everyMs: number): Promise<void> {
  const { stdin, stdout } = process
  const left = new AbortController()
  const stop = (): void => { left.abort() }
  const onKeys = (keys: Buffer): void => { if (leaveKeys.some((key) => keys.includes(key))) stop() }
  for (const signal of endSignals) process.on(signal, stop)
  if (stdin.isTTY) stdin.setRawMode(true)
  stdin.on('data', onKeys)
  await out.write(enter)
  try {
    while (!left.signal.aborted) {
      const text = fitting(await draw(), stdout.rows)
      await out.write(home + text.replaceAll('\n', `${clearLine}\n`) + clearLine + clearBelow)
      await pause(everyMs, left.signal)
    }
  } finally {
    await out.write(leave)
    stdin.off('data', onKeys)
    if (stdin.isTTY) stdin.setRawMode(false)
    stdin.pause()
    for (const signal of endSignals) process.off(signal, stop)
  }
}

// A screen that is taller than the terminal would scroll.
function fitting (text: string, rows: number): string {
  const lines = text.trimEnd().split('\n')
  return (rows > 1 ? lines.slice(0, rows - 1) : lines).join('\n')
}

/** Resolves after the time, when the terminal gets another size, or when the user leaves. */
async function pause (ms: number, left: AbortSignal): Promise<void> {
  const over = new AbortController()
  const timer = setTimeout(() => { over.abort() }, ms)
  try {
    await once(process.stdout, 'resize', { signal: AbortSignal.any([left, over.signal]) })
  } catch {
    // The time is over, or the user has left.
  } finally {
    clearTimeout(timer)
  }
}
