// Lines over HTTP: pages of them, in both directions, whatever happens to the files meanwhile.
import { copyFileSync, mkdirSync, readdirSync, rmSync, truncateSync, writeFileSync, appendFileSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { gzipSync, brotliCompressSync } from 'node:zlib'
import { expect, test } from 'vitest'
import rotor from '../../../src/index.js'
import { run } from '../../cli/command-line.js'
import { temporaryFolder } from '../../support/temporary-folder.js'
import { eventsUntil, folderOfLogs, numbersOf, serve, usualLine, type SentEvent, type Served } from '../server/served.js'

interface Page {
  readonly lines: ReadonlyArray<{ readonly cursor: string, readonly text: string }>
  readonly before: string | null
  readonly after: string | null
  readonly isComplete: boolean
  readonly note?: string
}

/** A log with plain, gzip and brotli archives and an active file. */
async function rotatedLogs (lines = 900): Promise<string> {
  const logs = join(temporaryFolder(), 'logs')
  mkdirSync(logs)
  const parts = 4
  const nowMs = Date.now()
  for (let part = 0; part < parts; part++) {
    const text = Array.from({ length: lines / parts }, (_, index) => `${usualLine(part * lines / parts + index, nowMs - (lines - part * lines / parts - index) * 1000)}\n`).join('')
    const name = ['app.20250101_000000.log.gz', 'app.20250102_000000.log.br', 'app.20250103_000000.log', 'app.log'][part] ?? ''
    writeFileSync(join(logs, name), name.endsWith('.gz') ? gzipSync(text) : name.endsWith('.br') ? brotliCompressSync(text) : text)
  }
  return await Promise.resolve(logs)
}

async function everyPage ({ json }: Served, filter: string, direction: 'before' | 'after', start: string | null, limit: number): Promise<Page[]> {
  const pages: Page[] = []
  for (let cursor = start; pages.length < 1_000;) {
    const page = await json<Page>(`/api/v1/logs/1/lines?limit=${limit}${filter}${cursor === null ? '' : `&${direction}=${cursor}`}`)
    pages.push(page)
    cursor = page[direction]
    if (page.isComplete || cursor === null) return pages
  }
  return pages
}

test.each([['every line', '', () => true], ['a level', '&level=error', (n: number) => n % 4 === 3], ['a field', '&match=res.statusCode=400', (n: number) => n % 3 === 2], ['a text', '&grep=line%2077', (n: number) => `line ${n}`.includes('line 77')], ['a pattern', '&grep=/line%20.*00"/', (n: number) => n % 100 === 0 && n > 0]] as Array<[string, string, (n: number) => boolean]>)('gives %s once and in order, page by page, from the end and from the beginning', async (_, filter, isWanted) => {
  const served = await serve(await rotatedLogs())
  const wanted = Array.from({ length: 900 }, (_, n) => n).filter(isWanted)
  const older = await everyPage(served, filter, 'before', null, 37)
  expect(older.reverse().flatMap(({ lines }) => numbersOf(lines))).toEqual(wanted)
  const [first] = older.flatMap(({ lines }) => lines)
  const newer = await everyPage(served, filter, 'after', first?.cursor ?? null, 41)
  expect(newer.flatMap(({ lines }) => numbersOf(lines))).toEqual(wanted.slice(1))
})

test('names a line for good: by the same cursor before and after a rotation and a compression', async () => {
  const logs = join(temporaryFolder(), 'logs')
  const file = join(logs, 'app.log')
  const log = await rotor({ file, compress: { algorithm: 'gzip' }, limit: { count: false, age: false } })
  for (let n = 0; n < 50; n++) log.write(`${usualLine(n, Date.now())}\n`)
  log.flushSync()
  const served = await serve(logs)
  const { lines: [line] } = await served.json<Page>('/api/v1/logs/1/lines?limit=1&grep=line%2025')
  const around = async (): Promise<number[]> => numbersOf((await served.json<Page>(`/api/v1/logs/1/context?cursor=${line?.cursor}&lines=2`)).lines)
  expect(await around()).toEqual([23, 24, 25, 26, 27])
  await log.rotate()
  for (let n = 50; n < 60; n++) log.write(`${usualLine(n, Date.now())}\n`)
  log.flushSync()
  expect(await around()).toEqual([23, 24, 25, 26, 27])
  await log.sweep()
  expect(await around()).toEqual([23, 24, 25, 26, 27])
  await log.rotate()
  await log.sweep()
  expect(await around()).toEqual([23, 24, 25, 26, 27])
  const next = await served.json<Page>(`/api/v1/logs/1/lines?after=${line?.cursor}`)
  expect(numbersOf(next.lines)).toEqual(Array.from({ length: 34 }, (_, index) => index + 26))
  log.end()
})

test('names a line of an archive by the same cursor before and after its month is bundled', async () => {
  const logs = await rotatedLogs()
  const served = await serve(logs)
  const { lines: [line] } = await served.json<Page>('/api/v1/logs/1/lines?limit=1&grep=line%2030%22')
  const around = async (): Promise<number[]> => numbersOf((await served.json<Page>(`/api/v1/logs/1/context?cursor=${line?.cursor}&lines=2`)).lines)
  expect(await around()).toEqual([28, 29, 30, 31, 32])
  expect((await run(['bundle', join(logs, 'app.log'), '--month', '202501', '--defaults'], { cwd: logs })).status).toBe(0)
  expect(readdirSync(logs)).not.toContain('app.20250101_000000.log.gz')
  expect(await around()).toEqual([28, 29, 30, 31, 32])
})

test('says that a line is gone whose file was replaced or removed, and never gives another one', async () => {
  const logs = folderOfLogs(20)
  const served = await serve(logs)
  const { lines: [line] } = await served.json<Page>('/api/v1/logs/1/lines?limit=1')
  writeFileSync(join(logs, 'app.log'), Array.from({ length: 40 }, (_, n) => `${usualLine(n + 500, 1)}\n`).join(''))
  for (const query of [`lines?after=${line?.cursor}`, `lines?before=${line?.cursor}`, `context?cursor=${line?.cursor}`]) expect((await served.get(`/api/v1/logs/1/${query}`)).status, query).toBe(410)
  truncateSync(join(logs, 'app.log'))
  expect((await served.get(`/api/v1/logs/1/context?cursor=${line?.cursor}`)).status).toBe(410)
})

test('shows how far a search is, and hands over what it finds as it goes', async () => {
  const served = await serve(await rotatedLogs())
  const events = await eventsUntil(served, '/api/v1/logs/1/lines?grep=line%20&limit=1000', (all) => all.at(-1)?.event === 'end')
  const progress = events.filter(({ event }) => event === 'progress').map(({ data }) => data)
  expect(progress.length).toBeGreaterThan(0)
  for (const { readBytes, totalBytes } of progress) expect(readBytes).toBeLessThanOrEqual(totalBytes)
  const found = events.filter(({ event }) => event === 'lines').map(({ data }) => numbersOf(data.lines))
  expect(found.length).toBeGreaterThan(1)
  expect(found.reverse().flat()).toEqual(Array.from({ length: 900 }, (_, n) => n))
  expect(events.at(-1)).toMatchObject({ event: 'end', data: { isComplete: true } })
})

test('gives the lines that can be read of a damaged archive, and says what is missing', async () => {
  const logs = await rotatedLogs()
  truncateSync(join(logs, 'app.20250101_000000.log.gz'), 1_000)
  const { json } = await serve(logs)
  const page = await json<Page>('/api/v1/logs/1/lines?limit=1000')
  expect(numbersOf(page.lines).slice(-675)).toEqual(Array.from({ length: 675 }, (_, index) => index + 225))
  expect(page.note).toContain('app.20250101_000000.log.gz is damaged')
  expect((await json('/api/v1/logs/1/histogram')).buckets.length).toBe(120)
})

test('takes lines that are no JSON, very long, without a time, or from the future', async () => {
  const logs = join(temporaryFolder(), 'logs')
  mkdirSync(logs)
  const futureMs = Date.now() + 100 * 365 * 86_400_000
  const nowMs = Date.now()
  writeFileSync(join(logs, 'app.log'), [`{"level":30,"time":${nowMs},"msg":"first"}`, 'no JSON at all', '{"msg":"no time"}', `{"level":30,"time":${futureMs},"msg":"future"}`, '{"level":30,"time":1,"msg":"1970"}', `{"level":30,"time":${nowMs},"msg":"${'x'.repeat(5 * 1024 * 1024)}"}`, `{"level":50,"time":${nowMs},"msg":"last"}`, ''].join('\n'))
  const { json, get } = await serve(logs)
  for (const filter of ['', '&grep=%22']) {
    const { lines } = await json(`/api/v1/logs/1/lines?limit=10${filter}`)
    expect(lines.at(-1)?.text).toContain('last')
    expect(lines.at(-2)).toMatchObject({ isCut: true })
    expect(lines.at(-2)?.text.length).toBe(64 * 1024)
  }
  const { buckets, fromMs, toMs } = await json('/api/v1/logs/1/histogram')
  expect([fromMs >= nowMs - 1, toMs <= nowMs + 1]).toEqual([true, true])
  expect(buckets[0]?.counts).toMatchObject({ error: 1 })
  expect((await get('/api/v1/logs/1/fields')).status).toBe(200)
})

test('lists a folder that vanishes with the reason, and goes on when it is back', async () => {
  const logs = folderOfLogs(20)
  const served = await serve(logs)
  renameSync(logs, `${logs}-away`)
  expect((await served.json('/api/v1/logs')).note).toEqual(expect.any(String))
  expect((await served.get('/api/v1/logs/1/lines')).status).toBeLessThan(500)
  renameSync(`${logs}-away`, logs)
  copyFileSync(join(logs, 'app.log'), join(logs, 'new.log'))
  expect((await served.json('/api/v1/logs')).logs.map(({ id, file }: { id: number, file: string }) => [id, file.split('/').at(-1)])).toEqual([[1, 'app.log'], [2, 'new.log']])
  expect(numbersOf((await served.json<Page>('/api/v1/logs/1/lines?limit=2')).lines)).toEqual([18, 19])
  rmSync(logs, { recursive: true })
})

test('downloads the matching lines as they stand, and as CSV that no spreadsheet runs', async () => {
  const logs = folderOfLogs(20)
  appendFileSync(join(logs, 'app.log'), '{"level":30,"time":1,"msg":"=HYPERLINK(\\"http://evil\\")","n":-5}\n{"level":30,"time":2,"msg":" +1","n":1}\n{"level":30,"time":3,"msg":"a,\\"b\\"\\nc","n":2}\nno JSON\n')
  const { get } = await serve(logs)
  const lines = await get('/api/v1/logs/1/download?level=error')
  expect(numbersOf(lines.text.trim().split('\n').map((text) => ({ text })))).toEqual([3, 7, 11, 15, 19])
  expect(lines.headers['content-disposition']).toBe('attachment; filename="lines.ndjson"')
  const csv = await get('/api/v1/logs/1/download?format=csv&fields=msg,n&since=0000000001&until=0000000009')
  expect(csv.text).not.toMatch(/(?:^|,|")[=+@]/m)
  const all = await get('/api/v1/logs/1/download?format=csv&fields=n,msg')
  expect(all.text.split('\r\n').slice(-6)).toEqual(['19,line 19', '-5,"\'=HYPERLINK(""http://evil"")"', '1,\' +1', '2,"a,""b""\nc"', ',no JSON', ''])
})

test('follows across rotations without losing or doubling a line, and goes on after the last event', async () => {
  const logs = join(temporaryFolder(), 'logs')
  const log = await rotor({ file: join(logs, 'app.log'), size: '64k', limit: { count: false, age: false } })
  log.write(`${usualLine(0, Date.now())}\n`)
  log.flushSync()
  const served = await serve(logs)
  const total = 3_000
  const half = total / 2
  const writing = async (from: number, to: number): Promise<void> => {
    for (let n = from; n < to; n++) {
      log.write(`${usualLine(n, Date.now())}\n`)
      if (n % 50 === 0) await setTimeout(5) // The pace of an application.
    }
    log.flushSync()
  }
  const numbers = (events: readonly SentEvent[]): number[] => events.flatMap(({ event, data }) => event === 'lines' ? numbersOf(data.lines) : [])
  let written = Promise.resolve()
  const first = await eventsUntil(served, '/api/v1/logs/1/follow', (events) => numbers(events).includes(half - 1), {}, () => { written = writing(1, half) })
  await written
  expect(numbers(first)).toEqual(Array.from({ length: half - 1 }, (_, index) => index + 1))
  const id = first.at(-1)?.id ?? ''
  await writing(half, total)
  const second = await eventsUntil(served, '/api/v1/logs/1/follow', (events) => numbers(events).includes(total - 1), { 'last-event-id': id })
  expect(numbers(second)).toEqual(Array.from({ length: total - half }, (_, index) => index + half))
  expect([...first, ...second].filter(({ event }) => event === 'gap')).toEqual([])
  log.end()
})

test('goes on after a search with what came since, however far back the newest match is', async () => {
  const logs = folderOfLogs(3)
  // More than a follower reads again.
  writeFileSync(join(logs, 'app.20250101_000000.log'), `${usualLine(0, 1).replace('line 0', 'needle')}\n`)
  writeFileSync(join(logs, 'app.20250102_000000.log'), `${usualLine(0, 1)}${' '.repeat(80)}\n`.repeat(250_000))
  const served = await serve(logs)
  for (const [filter, matches] of [['grep=needle', 1], ['grep=no%20such%20line', 0]] as const) {
    const [begin, ...rest] = await eventsUntil(served, `/api/v1/logs/1/lines?${filter}`, (all) => all.at(-1)?.event === 'end')
    expect(rest.filter(({ event }) => event === 'lines').flatMap(({ data }) => data.lines).length).toBe(matches)
    expect(begin).toMatchObject({ event: 'begin', data: { after: rest.at(-1)?.data.after } })
    const { after } = await served.json<Page>(`/api/v1/logs/1/lines?${filter}`)
    expect(after).toBe(rest.at(-1)?.data.after)
    appendFileSync(join(logs, 'app.log'), `${usualLine(7, 1).replace('line 7', 'needle, no such line')}\n${usualLine(8, 1)}\n`)
    const events = await eventsUntil(served, `/api/v1/logs/1/follow?${filter}`, (all) => all.some(({ event }) => event === 'lines'), { 'last-event-id': after ?? '' })
    expect(events.map(({ event, data }) => [event, numbersOf(data.lines)])).toEqual([['lines', [7]]])
    const polled = await served.json<Page>(`/api/v1/logs/1/lines?${filter}&after=${after}`)
    expect(numbersOf(polled.lines)).toEqual([7])
    expect((await served.json<Page>(`/api/v1/logs/1/lines?${filter}&after=${polled.after}`)).lines).toEqual([])
    writeFileSync(join(logs, 'app.log'), `${usualLine(1, 1)}\n`)
  }
})

test('goes on with the first line of an active file that was empty, also after a rotation', async () => {
  const logs = folderOfLogs(0)
  writeFileSync(join(logs, 'app.20250101_000000.log'), `${usualLine(1, 1)}\n`)
  const served = await serve(logs)
  const { lines, after } = await served.json<Page>('/api/v1/logs/1/lines')
  expect(numbersOf(lines)).toEqual([1])
  appendFileSync(join(logs, 'app.log'), `${usualLine(2, 1)}\n`)
  renameSync(join(logs, 'app.log'), join(logs, 'app.20250102_000000.log'))
  writeFileSync(join(logs, 'app.log'), `${usualLine(3, 1)}\n`)
  const events = await eventsUntil(served, '/api/v1/logs/1/follow', (all) => all.some(({ data }) => numbersOf(data.lines ?? []).includes(3)), { 'last-event-id': after ?? '' })
  expect(events.flatMap<number | string>(({ event, data }) => event === 'lines' ? numbersOf(data.lines) : [event])).toEqual([2, 3])
})

test('says where lines may be missing if the last line of a search is gone, though its filter did not want that line', async () => {
  const logs = folderOfLogs(20)
  const served = await serve(logs)
  const { after } = await served.json<Page>('/api/v1/logs/1/lines?grep=nothing')
  writeFileSync(join(logs, 'app.log'), Array.from({ length: 40 }, (_, n) => `${usualLine(n + 500, 1)}\n`).join(''))
  expect((await served.get(`/api/v1/logs/1/lines?after=${after}`)).status).toBe(410)
})

test('follows with the filters of cat, and says where lines are missing', async () => {
  const logs = folderOfLogs(10)
  const served = await serve(logs)
  const events = await eventsUntil(served, '/api/v1/logs/1/follow?level=error&match=n>100', (all) => all.some(({ event }) => event === 'lines'), { 'last-event-id': 'a.20200101_000000.0-5-abc' }, () => {
    appendFileSync(join(logs, 'app.log'), `${usualLine(50, 1)}\n${usualLine(103, 1)}\n${usualLine(104, 1)}\n`)
  })
  expect(events[0]?.event).toBe('gap')
  expect(numbersOf(events.at(-1)?.data.lines ?? [])).toEqual([103])
})

test('follows after a very long line with the line that comes next, not with the rest of the long one', async () => {
  const logs = folderOfLogs(3, (n, timeMs) => n < 2 ? usualLine(n, timeMs) : usualLine(n, timeMs).replace('line 2', 'x'.repeat(5 * 1024 * 1024)))
  const served = await serve(logs)
  const { lines: [long] } = await served.json<Page>('/api/v1/logs/1/lines?limit=1')
  const events = await eventsUntil(served, '/api/v1/logs/1/follow', (all) => all.some(({ event }) => event === 'lines'), { 'last-event-id': long?.cursor ?? '' }, () => {
    appendFileSync(join(logs, 'app.log'), `${usualLine(3, Date.now())}\n`)
  })
  expect(events.map(({ event }) => event)).toEqual(['lines'])
  expect(numbersOf(events[0]?.data.lines ?? [])).toEqual([3])
})
