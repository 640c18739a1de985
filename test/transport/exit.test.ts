// Guarantee 10: however a process comes to its end, its lines are in the file and its exit code is its own. Each test runs
// an application in a process of its own.
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { runApplication, type Application } from '../support/application.js'
import { keptLines } from '../support/kept.js'
import { applicationSource, everyFace, everyId, idsIn, type Face } from '../support/logging-application.js'
import { temporaryFolder } from '../support/temporary-folder.js'

function run (face: Face, body: string, options = "{ size: '100k', compress: false, limit: false }"): { file: string, application: Application } {
  const folder = temporaryFolder()
  return { file: join(folder, 'app.log'), application: runApplication(folder, applicationSource(face, options, body)) }
}

// pino's own handle on a worker does not keep the process while it ends; ours does, see below.
const alive = 'const alive = setInterval(() => {}, 1000)'

const endings: Array<{ ending: string, body: string, code: number | null, signal?: NodeJS.Signals }> = [
  { ending: 'falls off its end before the log is open', body: 'logAll()', code: 0 },
  { ending: 'falls off its end later', body: 'await new Promise((resolve) => setTimeout(resolve, 300)); logAll()', code: 0 },
  { ending: 'calls process.exit() before the log is open', body: 'logAll(); process.exit(3)', code: 3 },
  { ending: 'calls process.exit() later', body: "await once(destination, 'ready'); logAll(); process.exit(4)", code: 4 },
  { ending: 'sets process.exitCode', body: "await once(destination, 'ready'); logAll(); process.exitCode = 5", code: 5 },
  { ending: 'throws before the log is open', body: "logAll(); throw new Error('on purpose')", code: 1 },
  { ending: 'throws later', body: "await once(destination, 'ready'); logAll(); setTimeout(() => { throw new Error('on purpose') })", code: 1 },
  { ending: 'leaves a rejection unhandled', body: "await once(destination, 'ready'); logAll(); void Promise.reject(new Error('on purpose'))", code: 1 },
  { ending: 'logs a fatal line and exits', body: "await once(destination, 'ready'); logAll(); logger.fatal({ id: 'fatal' }); process.exit(6)", code: 6 },
  { ending: 'ends on SIGTERM with a handler that exits', body: "await once(destination, 'ready'); process.on('SIGTERM', () => { logAll(); process.exit(7) }); process.kill(process.pid, 'SIGTERM'); setInterval(() => {}, 1000)", code: 7 },
  { ending: 'ends its logger and waits for the close', body: `${alive}; logAll(); destination.end(); await once(destination, 'close'); clearInterval(alive)`, code: 0 },
  { ending: 'is ended by SIGTERM after flushSync', body: "await once(destination, 'ready'); logAll(); destination.flushSync(); process.kill(process.pid, 'SIGTERM'); setInterval(() => {}, 1000)", code: null, signal: 'SIGTERM' },
  { ending: 'is ended by SIGKILL after the callback of flush', body: "logAll(); destination.flush(() => process.kill(process.pid, 'SIGKILL')); setInterval(() => {}, 1000)", code: null, signal: 'SIGKILL' }
]

describe.each(everyFace)('every line is kept through the %s', (face) => {
  test.each(endings)('when the application $ending', async ({ body, code, signal = null, ending }) => {
    const { file, application } = run(face, body)
    const ended = await application.ended
    expect(ended, ended.stderr).toMatchObject({ code, signal })
    expect(idsIn(file)).toEqual(ending.includes('fatal') ? [...everyId, 'fatal'] : everyId)
    if (!ending.includes('throws') && !ending.includes('rejection')) expect(ended.stderr).toBe('')
  })

  test('up to some line, whole and in order, when SIGTERM ends the application at once', async () => {
    const { file, application } = run(face, "await once(destination, 'ready'); logAll(); process.kill(process.pid, 'SIGTERM')")
    const { code, signal } = await application.ended
    expect({ code, signal }).toEqual({ code: null, signal: 'SIGTERM' })
    const lines = keptLines(file)
    expect(lines.slice(0, -1).map((line) => (JSON.parse(line) as { id: number }).id)).toEqual(everyId.slice(0, Math.max(lines.length - 1, 0)))
  })
})

test.each(everyFace)('no timer of the %s keeps a process alive that has nothing else to do', async (face) => {
  const { application } = run(face, "await once(destination, 'ready'); logger.info('line')", "{ frequency: 'hourly', sweep: '1h', limit: { age: '1d' } }")
  expect(await application.ended).toMatchObject({ code: 0, stderr: '' })
})

const removals = ["process.removeAllListeners('exit')", 'process.removeAllListeners(); await null', "process.removeAllListeners('newListener').removeAllListeners('exit')", "for (const listener of process.listeners('exit')) process.off('exit', listener)"]

test.each(removals)('every line is kept through the handle when the application calls %s', async (removal) => {
  const { file, application } = run('handle', `await once(destination, 'ready'); ${removal}; process.on('exit', () => { logger.info({ id: 'late' }) }); ${removal}; process.on('exit', () => { logger.info({ id: 'late' }) }); logAll(); process.exit(3)`)
  expect(await application.ended).toMatchObject({ code: 3, stderr: '' })
  expect(idsIn(file)).toEqual([...everyId, 'late'])
})

test.each(['handle', 'stream'] as const)('lines that are logged after the end of the %s are warned of once and fail nothing', async (face) => {
  const { file, application } = run(face, "logAll(); destination.end(); logger.info('late'); await once(destination, 'close'); logger.info('later')")
  const { code, stderr } = await application.ended
  expect({ code, warnings: stderr.match(/ROTOR_LATE_LINES/g) }, stderr).toEqual({ code: 0, warnings: ['ROTOR_LATE_LINES'] })
  expect(idsIn(file)).toEqual(everyId)
})

test.each(['handle', 'stream'] as const)('the %s that is ended keeps the process until it is closed', async (face) => {
  for (const body of ["logAll(); destination.end(); await once(destination, 'close')", "await once(destination, 'ready'); logAll(); destination.end(); await once(destination, 'close')"]) {
    const { file, application } = run(face, body)
    expect(await application.ended).toMatchObject({ code: 0, stderr: '' })
    expect(idsIn(file)).toEqual(everyId)
  }
})

test.each(['handle', 'stream'] as const)('the %s that is asked for something keeps the process until it has answered', async (face) => {
  const { file, application } = run(face, "logAll(); await destination.rotate(); await destination.sweep(); process.stdout.write('answered')")
  expect(await application.ended).toMatchObject({ code: 0, stdout: 'answered', stderr: '' })
  expect(idsIn(file)).toEqual(everyId)
})
