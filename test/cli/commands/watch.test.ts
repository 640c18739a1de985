// `pino-rotor status --watch`: a screen that refreshes in place, on the terminal's alternate screen.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { fill, lineAt, linesFrom, noTerminal, startOnTerminal, temporaryFolder } from '../command-line.js'

let folder: string
beforeEach(() => {
  folder = temporaryFolder()
  fill(join(folder, 'logs'), { 'app.log': linesFrom(0, 0, 3) })
})

/** Watches a log, and returns what the terminal gets. */
function watch (path: string) {
  const child = startOnTerminal(['status', path, '--watch'], { cwd: folder })
  const closed = new Promise<number | null>((resolve) => child.once('close', resolve))
  let shown = ''
  child.stdout.on('data', (chunk: Buffer) => { shown += chunk.toString() })
  const screens = async (count: number) => { while (shown.split('\u001b[J').length <= count) await new Promise((resolve) => child.stdout.once('data', resolve)) }
  return { child, closed, screens, shown: () => shown }
}

describe.skipIf(noTerminal !== null)(`--watch${noTerminal === null ? '' : ` (${noTerminal})`}`, () => {
  test.each([['q', 'q'], ['Ctrl-C', '\u0003']])('shows the alternate screen until %s, which restores the former screen and its cursor', async (_, key) => {
    const { child, closed, screens, shown } = watch('logs/app.log')
    await screens(1)
    expect(shown().startsWith('\u001b[?1049h\u001b[?25l')).toBe(true)
    expect(shown()).not.toContain('\u001b[?1049l')
    child.stdin.write(key)
    expect(await closed).toBe(0)
    expect(shown().endsWith('\u001b[?25h\u001b[?1049l')).toBe(true)
  })

  test('refreshes in place', async () => {
    const { child, closed, screens, shown } = watch('logs/app.log')
    await screens(1)
    writeFileSync(join(folder, 'logs', 'app.log'), lineAt(0, 0).repeat(10_000))
    await screens(3)
    const last = shown().split('\u001b[J').at(-2)
    expect(last).toContain('\u001b[H')
    expect(last).toMatch(/active +1 file +\d+ KB/)
    child.stdin.write('q')
    await closed
  })

  test('brings the former screen back before it says what is wrong', async () => {
    const { closed, shown } = watch('logs/nothing.log')
    expect(await closed).toBe(2)
    expect(shown().split('\u001b[?1049l')[1]).toContain('pino-rotor: logs/nothing.log does not exist')
  })
})
