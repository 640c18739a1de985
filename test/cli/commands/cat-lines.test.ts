// `pino-rotor cat`: the questions that people ask of their logs, over archives of every kind, bundles and several logs.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { beforeEach, describe, expect, test } from 'vitest'
import { fill, noTerminal, numbersIn, outcomeOf, program, programWithoutPeers, run, start, startOnTerminal, temporaryFolder, upTo, withoutProgress } from '../command-line.js'
import { whyNoStrace } from '../../support/fault-strace.js'

const noStrace = whyNoStrace()
if (noStrace !== null) console.log(`skipped: ${noStrace}`)

let folder: string
let logs: string
const cat = (...args: string[]) => run(['cat', ...args], { cwd: folder, env: { TZ: 'Europe/Berlin' } })
const numbers = async (...args: string[]) => numbersIn((await cat(...args)).stdout)

const startMs = Date.UTC(2025, 9, 1, 10)
const minuteMs = 60_000
const levels = [30, 30, 30, 40, 50]

/** A line for each minute from ten o'clock on. */
function line (n: number): string {
  return `${JSON.stringify({ level: levels[n % 5], time: startMs + n * minuteMs, pid: 1, hostname: 'here', reqId: `r${n % 7}`, res: { statusCode: n % 10 === 0 ? 500 : 200 }, n, msg: n % 5 === 4 ? 'request failed' : 'request completed' })}\n`
}

function lines (from: number, to: number): string {
  return Array.from({ length: to - from }, (_, index) => line(from + index)).join('')
}

beforeEach(() => {
  folder = temporaryFolder()
  logs = join(folder, 'logs')
  fill(logs, {
    'app.20251001_102000.log.gz': lines(0, 20),
    'app.20251001_104000.log.br': brotliCompressSync(lines(20, 40)),
    'app.20251001_110000.log': lines(40, 60),
    'app.log': lines(60, 80)
  })
})

describe('finds', () => {
  test('the lines of a level and above', async () => {
    expect(await numbers('logs/app.log', '--level', 'warn')).toEqual(upTo(80).filter((n) => n % 5 >= 3))
    expect(await numbers('logs/app.log', '--level', '50')).toEqual(upTo(80).filter((n) => n % 5 === 4))
  })

  test('the lines of a request, and only those that fulfil everything', async () => {
    expect(await numbers('logs/app.log', '--match', 'reqId=r3')).toEqual(upTo(80).filter((n) => n % 7 === 3))
    expect(await numbers('logs/app.log', '--match', 'res.statusCode>=500', '--match', 'n>30', '--level', 'info')).toEqual([40, 50, 60, 70])
  })

  test('a text and an expression in the lines as they stand', async () => {
    expect(await numbers('logs/app.log', '--grep', 'failed')).toEqual(upTo(80).filter((n) => n % 5 === 4))
    expect(await numbers('logs/app.log', '--grep', '/"N":7\\d,/i', '--grep', 'completed')).toEqual(upTo(80).slice(70).filter((n) => n % 5 !== 4))
  })

  test('nothing, with exit status 0, if no line matches', async () => {
    expect(await cat('logs/app.log', '--match', 'nothing')).toEqual({ status: 0, stdout: '', stderr: '' })
  })

  test('the first and the last lines, also of matching lines', async () => {
    expect(await numbers('logs/app.log', '--head', '3')).toEqual([0, 1, 2])
    for (const tail of ['--tail', '-n']) expect(await numbers('logs/app.log', tail, '25')).toEqual(upTo(80).slice(55))
    expect(await numbers('logs/app.log', '-n', '3', '--level', 'error')).toEqual([69, 74, 79])
    expect(await numbers('logs/app.log', '-n', '0')).toEqual([])
    expect(await numbers('logs/app.log', '-n', '1000')).toEqual(upTo(80))
  })

  test('the lines around, each once, across files', async () => {
    expect(await numbers('logs/app.log', '--match', 'n=40', '-C', '2')).toEqual([38, 39, 40, 41, 42])
    expect(await numbers('logs/app.log', '--grep', '/"n":(19|21|59),/', '--context', '1')).toEqual([18, 19, 20, 21, 22, 58, 59, 60])
    expect(await numbers('logs/app.log', '--grep', '/"n":(0|79),/', '-C', '3')).toEqual([0, 1, 2, 3, 76, 77, 78, 79])
    expect(await numbers('logs/app.log', '--match', 'n=40', '-C', '30', '--head', '5')).toEqual([10, 11, 12, 13, 14])
    expect(await numbers('logs/app.log', '--match', 'n=40', '-C', '1', '-n', '2')).toEqual([40, 41])
    expect(await numbers('logs/app.log', '--match', 'n=40', '-C', '3', '-n', '6')).toEqual([38, 39, 40, 41, 42, 43])
    expect(await numbers('logs/app.log', '--match', 'n=19', '-C', '3', '-n', '6')).toEqual([17, 18, 19, 20, 21, 22])
    expect(await numbers('logs/app.log', '--grep', '/"n":(19|60),/', '-C', '25', '-n', '100')).toEqual(upTo(80))
  })

  test('the lines around a hit, each on its own line, also after a file that ends with a torn line', async () => {
    fill(logs, { 'svc.20251001_102000.log': line(0) + line(1).trimEnd(), 'svc.20251001_104000.log.gz': '', 'svc.log': line(2) + line(3).trimEnd() })
    for (const more of [[], ['-n', '3']]) expect(await numbers('logs/svc.log', '--match', 'n=2', '-C', '1', ...more)).toEqual([1, 2, 3])
  })
})

test('a torn line at the end of a file is a line of its own for --head, and where logs are merged', async () => {
  const files = { 'svc.20251001_102000.log': line(0).trimEnd(), 'svc.log': line(1) + line(2) }
  fill(logs, { ...files, 'web.log': line(3) })
  expect(await numbers('logs/svc.log', '--head', '2')).toEqual([0, 1])
  expect((await cat('logs/svc.log', 'logs/web.log')).stdout).toBe(lines(0, 4))
})

describe('counts', () => {
  test('lines', async () => {
    expect((await cat('logs/app.log', '--count')).stdout).toBe('80\n')
    expect((await cat('logs/app.log', '--count', '--level', 'error', '--since', '2025-10-01T11:00:00Z')).stdout).toBe('4\n')
  })

  test.each([
    ['level', 'info   48\nwarn   16\nerror  16\n'],
    ['hour', '2025-10-01 12:00  60\n2025-10-01 13:00  20\n'],
    ['day', '2025-10-01  80\n'],
    ['res.statusCode', '200  72\n500   8\n'],
    ['nothing', '(none)  80\n']
  ])('lines by %s', async (by, printed) => {
    expect(await cat('logs/app.log', '--count', '--by', by)).toEqual({ status: 0, stdout: printed, stderr: '' })
  })

  test('a line of several MiB in the group that its beginning names', async () => {
    writeFileSync(join(logs, 'app.log'), `{"level":50,"time":${startMs},"n":1,"big":"${'x'.repeat(3 * 1024 * 1024)}"}\n`)
    fill(logs, { 'app.20251001_104000.log.br': brotliCompressSync('') })
    expect((await cat('logs/app.log', '--count', '--match', 'n')).stdout).toBe('41\n')
    expect((await cat('logs/app.log', '--count', '--by', 'level', '--match', 'n')).stdout).toBe('info   24\nwarn    8\nerror   9\n')
    expect((await cat('logs/app.log', '--count', '--by', 'hour', '--match', 'n')).stdout).toBe('2025-10-01 12:00  41\n')
  })

  test('lines a minute, in the given zone', async () => {
    expect((await cat('logs/app.log', '--count', '--by', 'minute', '--match', 'n<2', '--timezone', 'UTC')).stdout).toBe('2025-10-01 10:00  1\n2025-10-01 10:01  1\n')
  })

  test.skipIf(noTerminal !== null)('with bars on a terminal', async () => {
    const { stdout } = await outcomeOf(startOnTerminal(['cat', 'logs/app.log', '--count', '--by', 'level'], { cwd: folder, env: withoutProgress }))
    expect(stdout.replaceAll('\r', '')).toBe(`info   48  ${'█'.repeat(60)}\nwarn   16  ${'█'.repeat(20)}\nerror  16  ${'█'.repeat(20)}\n`)
  })
})

describe('times', () => {
  test('are wall-clock times in the zone of the system, of --timezone or of the options', async () => {
    const ofDay = ['--since', '2025-10-01 12:10', '--until', '2025-10-01 12:12']
    expect(await numbers('logs/app.log', ...ofDay)).toEqual([10, 11, 12])
    expect(await numbers('logs/app.log', ...ofDay, '--timezone', 'Asia/Kolkata')).toEqual([])
    expect(await numbers('logs/app.log', '--since', '2025-10-01 10:10', '--until', '2025-10-01 10:12', '--timezone', 'UTC')).toEqual([10, 11, 12])
    writeFileSync(join(folder, 'rotor.json'), JSON.stringify({ file: 'logs/app.log', timezone: 'Asia/Tokyo' }))
    expect(await numbers('--config', 'rotor.json', '--since', '2025-10-01 20:05', '--until', '2025-10-01 20:07')).toEqual([65, 66, 67])
    writeFileSync(join(folder, 'rotor.json'), JSON.stringify({ file: 'logs/app.log' }))
    expect(await numbers('--config', 'rotor.json', ...ofDay)).toEqual([10, 11, 12])
  })

  test('a date includes its whole day', async () => {
    expect(await numbers('logs/app.log', '--until', '2025-10-01')).toEqual(upTo(80))
    expect(await numbers('logs/app.log', '--since', '2025-10-02')).toEqual([])
  })

  test.each(['timestamp', '@timestamp', 'ts'])('are found under %s', async (key) => {
    fill(logs, { 'web.log': lines(0, 80).replaceAll('"time"', `"${key}"`) })
    expect(await numbers('logs/web.log', '--since', '2025-10-01T11:15:00Z')).toEqual([75, 76, 77, 78, 79])
  })

  test('are found under the named key, and a message says if there are none', async () => {
    fill(logs, { 'web.log': lines(0, 80).replaceAll('"time"', '"when"') })
    expect(await numbers('logs/web.log', '--since', '2025-10-01T11:15:00Z', '--time-key', 'when')).toEqual([75, 76, 77, 78, 79])
    const { status, stderr } = await cat('logs/web.log', '--since', '2h')
    expect({ status, stderr }).toEqual({ status: 1, stderr: 'pino-rotor: no line of logs/web.log that was read has a time under time, timestamp, @timestamp, ts, so --since and --until cannot select any: name the key with --time-key\n' })
  })
})

describe('reads', () => {
  test('several logs and a folder, by the time of their lines', async () => {
    fill(logs, { 'web.log': lines(0, 80).replaceAll('"n":', '"n":10') })
    const { stdout } = await cat('logs')
    const times = stdout.split('\n').slice(0, -1).map((text) => (JSON.parse(text) as { time: number }).time)
    expect(times).toHaveLength(160)
    expect(times).toEqual([...times].sort((a, b) => a - b))
    expect((await cat('logs/web.log', 'logs/app.log', '--level', 'error')).stdout.split('\n')).toHaveLength(33)
    expect((await cat('logs', '--count')).stdout).toBe('160\n')
    expect((await numbers('logs', '--tail', '2')).sort((a, b) => a - b)).toEqual([79, 1079])
  })

  test('a single archive of any compression', async () => {
    expect(await numbers('logs/app.20251001_102000.log.gz')).toEqual(upTo(20))
    expect(await numbers('logs/app.20251001_104000.log.br', '--level', 'error')).toEqual([24, 29, 34, 39])
    expect(await numbers('logs/app.20251001_110000.log')).toEqual(upTo(60).slice(40))
  })

  test('every file that a shell pattern names, once', async () => {
    expect(await numbers('logs/app.20251001_102000.log.gz', 'logs/app.20251001_104000.log.br', 'logs/app.20251001_110000.log', 'logs/app.log')).toEqual(upTo(80))
  })

  test('input from a pipe, plain or compressed', async () => {
    for (const content of [Buffer.from(lines(0, 20)), gzipSync(lines(0, 20))]) {
      const child = start(['cat', '-', '--level', 'error'], { cwd: folder })
      child.stdin.end(content)
      expect(numbersIn((await outcomeOf(child)).stdout)).toEqual([4, 9, 14, 19])
    }
  })

  test.each<[flags: string, expected: readonly number[]]>([
    ['--head 2', [0, 1]],
    ['--tail 2', [18, 19]],
    ['--tail 2 --level error', [14, 19]],
    ['-n 3 -C 1 --match n=10', [9, 10, 11]],
    ['--since 2025-10-01T10:03Z --until 2025-10-01T10:05Z', [3, 4, 5]]
  ])('input from a pipe with %s', async (flags, expected) => {
    for (const content of [Buffer.from(lines(0, 20)), gzipSync(lines(0, 20))]) {
      const child = start(['cat', '-', ...flags.split(' ')], { cwd: folder })
      child.stdin.end(content)
      const { status, stdout, stderr } = await outcomeOf(child)
      expect({ numbers: numbersIn(stdout), status, stderr }).toEqual({ numbers: expected, status: 0, stderr: '' })
    }
  })

  test('the first lines of a pipe that stays open', async () => {
    const child = start(['cat', '-', '--head', '2'], { cwd: folder })
    child.stdin.write(lines(0, 20))
    expect(numbersIn((await outcomeOf(child)).stdout)).toEqual([0, 1])
  })

  test('the log behind the link that the options ask for', async () => {
    symlinkSync('app.log', join(logs, 'current.log'))
    expect(await numbers('logs/current.log')).toEqual(upTo(80))
  })

  test.each([
    ['logrotate', { 'svc.log.2.gz': [0, 20], 'svc.log.1': [20, 40], 'svc.log': [40, 60] }],
    ['logrotate with dates', { 'svc.log-20251001.gz': [0, 20], 'svc.log-20251002': [20, 40], 'svc.log': [40, 60] }],
    ['winston', { 'svc-2025-10-01.log.gz': [0, 20], 'svc-2025-10-02.log': [20, 40], 'svc.log': [40, 60] }],
    ['pino-roll', { 'svc.1.log': [0, 20], 'svc.2.log': [20, 40], 'svc.log': [40, 60] }]
  ])('what %s has rotated out, in the order of the lines', async (_, files) => {
    fill(logs, Object.fromEntries(Object.entries(files).map(([name, [from = 0, to = 0]]) => [name, lines(from, to)])))
    expect(await numbers('logs/svc.log')).toEqual(upTo(60))
    expect(await numbers('logs/svc.log', '--since', '2025-10-01T10:30:00Z', '--until', '2025-10-01T10:45:00Z')).toEqual(upTo(46).slice(30))
  })
})

test('prints through pino-pretty', async () => {
  const { stdout } = await cat('logs/app.log', '--match', 'n=4', '--pretty')
  expect(stdout).toContain('ERROR (1): request failed\n')
})

test('asks for pino-pretty if it is not installed', () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [programWithoutPeers(folder), 'cat', 'logs/app.log', '--pretty'], { cwd: folder, encoding: 'utf8' })
  expect({ status, stdout, stderr }).toEqual({ status: 2, stdout: '', stderr: 'pino-rotor: --pretty needs pino-pretty, which is not installed: npm install pino-pretty\n' })
})

test.skipIf(noStrace !== null)('reads no bytes of the blocks in a bundle that cannot hold a wanted line', async () => {
  const atOf = (n: number): number => Date.UTC(2025, 8, 1 + Math.floor(n / 5_000), 8) + n % 5_000 * 1000
  const noisy = (archive: number): string => Array.from({ length: 5_000 }, (_, index) => {
    const n = archive * 5_000 + index
    return `${JSON.stringify({ level: n === 12_345 ? 50 : 30, time: atOf(n), reqId: `id-${n}`, n, noise: ['a', 'b', 'c', 'd', 'e'].map((part) => createHash('sha512').update(`${part}${n}`).digest('base64')) })}\n`
  }).join('')
  fill(join(folder, 'big'), { 'app.20250901_100000.log': noisy(0), 'app.20250902_100000.log': noisy(1), 'app.20250903_100000.log': noisy(2), 'app.log': '' })
  const options = { file: 'big/app.log', limit: false, compress: { index: ['reqId'] } }
  for (const bundle of [false, {}]) {
    writeFileSync(join(folder, 'rotor.json'), JSON.stringify({ ...options, bundle }))
    expect(await run(['sweep', '--config', 'rotor.json'], { cwd: folder })).toMatchObject({ status: 0, stderr: '' })
  }
  const bundle = join(folder, 'big/archive/app.202509.log.gz')
  const { size } = statSync(bundle)
  const bytesRead = (...args: string[]): number => {
    const trace = join(folder, 'trace')
    const { stdout, stderr } = spawnSync('strace', ['-f', '-qq', '-P', bundle, '-e', 'trace=read,readv,pread64,preadv,mmap', '-o', trace, process.execPath, program, 'cat', 'big/app.log', ...args], { cwd: folder, encoding: 'utf8', maxBuffer: Infinity })
    expect({ numbers: numbersIn(stdout), stderr }).toEqual({ numbers: args.length === 0 ? upTo(15_000) : [12_345], stderr: '' })
    return [...readFileSync(trace, 'utf8').matchAll(/\) += (\d+)$/gm)].reduce((sum, [, bytes]) => sum + Number(bytes), 0)
  }
  expect(bytesRead()).toBeGreaterThanOrEqual(size)
  const at = new Date(atOf(12_345)).toISOString()
  for (const args of [['--level', 'error'], ['--match', 'reqId=id-12345'], ['--since', at, '--until', at]]) expect(bytesRead(...args) / size, args.join(' ')).toBeLessThan(0.2)
})

test('searches a large log on several threads, and prints its lines in their order', async () => {
  const many = (from: number): string => Array.from({ length: 25_000 }, (_, index) => `{"level":30,"n":${from + index},"x":"${'y'.repeat(100)}"}\n`).join('')
  fill(join(folder, 'big'), { 'app.20251001_100000.log': many(0), 'app.20251001_110000.log.gz': many(25_000), 'app.20251001_120000.log': many(50_000), 'app.log': many(75_000) })
  const { status, stdout, stderr } = await cat('big/app.log', '--match', 'n>=0', '--match', 'n!=50001')
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  expect(numbersIn(stdout)).toEqual(upTo(100_000).filter((n) => n !== 50_001))
})

test('leaves a pipe blocking, so that its reader never waits', () => {
  mkdirSync(join(folder, 'big'))
  writeFileSync(join(folder, 'big', 'app.log'), lines(0, 80).repeat(200))
  const traced = spawnSync('sh', ['-c', `strace -f -qq -e trace=write,fcntl,ioctl -o ${folder}/trace ${process.execPath} ${join(import.meta.dirname, '../../../dist/cli.js')} cat big/app.log | (sleep 1; wc -l)`], { cwd: folder, encoding: 'utf8' })
  expect(Number(traced.stdout)).toBe(16_000)
  expect(readFileSync(join(folder, 'trace'), 'utf8')).not.toMatch(/EAGAIN|FIONBIO/)
})
