// The memory that compression adds to a process whose logs all have an archive to compress at the same time: many logs of one
// worker (routes), and many workers (handles). Beside it the same logs without compression. A handle has a worker of its own,
// whose memory is not compression's, so the difference of the two peaks is what counts.
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { transport } from 'pino-rotor'
import { heldMebibytes, peakMebibytes, resetPeak } from './usage.js'

async function measure ({ scenario: { kind, logs, mebibytes }, contestant, folder }) {
  const names = Array.from({ length: logs }, (_, index) => `log${index}`)
  const handles = await openHandles(kind, names, { compress: contestant === 'gzip' ? 'gzip' : false, limit: false, report: false }, folder)
  writeArchives(names.map((name) => join(folder, `${name}.20260101_000000.log`)), mebibytes)
  resetPeak()
  const heldBefore = heldMebibytes()
  const startedMs = performance.now()
  const compressed = contestant === 'gzip' ? allCompressed(handles, logs) : undefined
  await Promise.all(handles.map((handle) => handle.sweep()))
  await compressed
  const ms = performance.now() - startedMs
  const peak = peakMebibytes()
  await Promise.all(handles.map(async (handle) => {
    const closed = once(handle, 'close')
    handle.end()
    await closed
  }))
  return { peakMebibytes: peak, addedMebibytes: peak - heldBefore, ms }
}

async function openHandles (kind, names, options, folder) {
  const file = (name) => join(folder, `${name}.log`)
  const [main, ...others] = names
  const handles = kind === 'handles'
    ? names.map((name) => transport({ file: file(name), ...options }))
    : [transport({ file: file(main), routes: others.map((name) => ({ file: file(name), match: { log: name } })), ...options })]
  await Promise.all(handles.map((handle) => once(handle, 'ready')))
  return handles
}

async function allCompressed (handles, logs) {
  let left = logs
  await new Promise((resolve) => {
    for (const handle of handles) handle.on('compressed', () => { if (--left === 0) resolve() })
  })
}

// Written by another process, since the lines would leave memory behind that a compression could use.
function writeArchives (paths, mebibytes) {
  const lines = new URL('./lines.js', import.meta.url).href
  const script = `
    import { writeFileSync } from 'node:fs'
    import { logText } from ${JSON.stringify(lines)}
    const text = logText(${mebibytes * 1024 * 1024})
    for (const path of ${JSON.stringify(paths)}) writeFileSync(path, text)
  `
  execFileSync(process.execPath, ['--input-type=module', '--eval', script])
}

function scenario (kind, logs, mebibytes) {
  return { name: `${logs} ${kind === 'handles' ? 'handles' : logs === 1 ? 'log' : 'logs of one handle'}`, contestants: ['gzip', 'plain'], kind, logs, mebibytes }
}

export default {
  name: 'many-logs',
  title: 'Many logs: the memory that compression adds',
  metrics: { peakMebibytes: 'peak MiB', addedMebibytes: 'added MiB', ms: 'ms' },
  scenarios: (quick) => quick
    ? [scenario('routes', 2, 1), scenario('handles', 2, 1)]
    : [...[1, 10, 40, 100].map((logs) => scenario('routes', logs, 4)), ...[10, 40].map((logs) => scenario('handles', logs, 4))],
  targets: (quick) => quick
    ? []
    : ['1 log', '10 logs of one handle', '40 logs of one handle', '100 logs of one handle', '10 handles', '40 handles'].map((name) => ({
        says: `MiB that compression adds to the peak, ${name}`, scenario: name, metric: 'peakMebibytes', over: 'gzip', minus: 'plain', atMost: 40
      })),
  measure
}
