// Logs as an application writes them, and answers of the API that a log on a quiet disk does not give: limits that are near,
// steps that fail, lines that are stored and forwarded elsewhere.
import { line, startMs } from './scene.js'

const routes = ['/api/orders', '/api/search', '/health', '/login']

/** The lines of a small server. */
export function folderLines (count: number): string[] {
  return Array.from({ length: count }, (_, index) => {
    const level = index % 50 === 7 ? 50 : index % 20 === 3 ? 40 : index % 9 === 0 ? 20 : 30
    const request = { reqId: `req-${index}`, route: routes[index % routes.length], res: { statusCode: level === 50 ? 500 : level === 40 ? 404 : 200 }, responseTime: 5 + index * 37 % 200 }
    const failure = level === 50 ? { err: { type: 'Error', message: 'connect ECONNREFUSED 10.0.0.7:5432', stack: 'Error: connect ECONNREFUSED 10.0.0.7:5432\n    at TCPConnectWrap.afterConnect' } } : {}
    return line({ level, time: startMs + index * 60_000, ...request, ...failure, msg: level === 50 ? 'request failed' : level === 40 ? 'not found' : level === 20 ? 'cache miss' : 'request completed' })
  })
}

const app = {
  id: 1,
  file: '/srv/logs/app.log',
  folder: '/srv/logs',
  bytes: 4_810_000_000,
  files: 31,
  lastTimeMs: startMs,
  bytesPerDay: 310_000_000,
  errorsPerHour: [0, 0, 1, 3, 0, 0, 2, 8, 21, 13, 5, 2, 0, 0, 1, 0, 0, 0, 4, 2, 1, 0, 0, 1],
  failing: [{ step: 'compression', message: 'app-2026-01-12.log cannot be compressed: ENOSPC' }],
  removesNext: { file: 'app-2025-12-16.log.gz', bytes: 160_000_000, reason: 'age', daysLeft: 0.4 },
  limits: [{ name: 'archives', used: 29, allowed: 30, unit: 'files' }, { name: 'age', used: 29.6, allowed: 30, unit: 'days' }, { name: 'disk free', used: 9_000_000_000, allowed: 8_000_000_000, unit: 'bytes' }],
  stored: { files: 28, waiting: 1 },
  forwarded: { waitingLines: 120, lagSeconds: 2 }
}
const worker = { ...app, id: 2, file: '/srv/logs/worker.log', bytes: 90_000, files: 2, failing: [], errorsPerHour: Array.from({ length: 24 }, () => 0), removesNext: null, limits: [{ name: 'archives', used: 1, allowed: 30, unit: 'files' }], stored: undefined, forwarded: undefined }

/** A folder with a log that needs attention, and one that does not. */
export const overview = { title: '/srv/logs', timezone: 'UTC', version: '0.0.0', hasQuery: true, logs: [worker, app] }

/** The state of a log, with what the doctor found. */
export const statusAnswer = {
  status: {
    kinds: { active: { files: 1, bytes: 40_000_000 }, compressed: { files: 29, bytes: 4_770_000_000 } },
    growth: { days: Array.from({ length: 14 }, (_, day) => ({ day: `2026-01-${String(day + 1).padStart(2, '0')}`, writtenBytes: day * 1_000_000 })) },
    disk: { freeBytes: 9_000_000_000, daysLeft: 3.2 }
  },
  findings: [
    { check: 'rotation', state: 'ok', message: 'the active file has 38.1 MB of 50.0 MB', remedy: null },
    { check: 'space', state: 'warning', message: '8.4 GB free', remedy: 'free space, or lower limit.count' },
    { check: 'compression', state: 'problem', message: 'an archive cannot be compressed: ENOSPC', remedy: 'free space' }
  ]
}
