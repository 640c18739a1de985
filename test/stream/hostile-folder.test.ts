// Another program has put things where the log's files are about to be: links, folders, pipes, rubbish. They are neither followed nor
// overwritten, and logging goes on.
import { execFileSync } from 'node:child_process'
import { chownSync, linkSync, lstatSync, mkdirSync, readFileSync, readdirSync, readlinkSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { basename, join, relative } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { systemClock } from '../../src/clock.js'
import { currentOwner, formatOwner } from '../../src/disk/lock/owner.js'
import type { FailedEvent, RotatedEvent } from '../../src/events.js'
import type { RotorOptions } from '../../src/options/options.js'
import { parseOptions } from '../../src/options/parse-options.js'
import { packPart } from '../../src/policy/names/hidden-name.js'
import { formatStamp } from '../../src/policy/names/stamp.js'
import { LogStream } from '../../src/stream.js'
import { closed, collect, eventWhere } from '../support/events.js'
import { kept } from '../support/kept.js'
import { temporaryFolder } from '../support/temporary-folder.js'

const isRoot = process.getuid?.() === 0
if (!isRoot) console.log('skipped: files of another owner, which only root can make')

let folder: string
let file: string
let victim: string
let victimBefore: string

beforeEach(() => {
  folder = temporaryFolder()
  file = join(folder, 'app.log')
  victim = join(temporaryFolder(), 'precious')
  writeFileSync(victim, 'precious', { mode: 0o640 })
  victimBefore = facts(victim)
})

function open (options: Partial<RotorOptions> = {}): LogStream {
  const log = new LogStream(parseOptions({ file, report: false, ...options }), systemClock)
  onTestFinished(() => { log.end() })
  return log
}

/** What would show that another program had touched it. */
function facts (path: string): string {
  const { ino, size, mode, uid, mtimeMs } = lstatSync(path)
  const content = lstatSync(path).isFile() ? readFileSync(path, 'utf8') : ''
  const target = lstatSync(path).isSymbolicLink() ? readlinkSync(path) : ''
  return JSON.stringify({ ino, size, mode, uid, mtimeMs, content, target })
}

function line (number: number): string {
  return `{"number":${number}}\n`
}

/** Names that archives may get within the next seconds. */
function nextNames (suffix: string): string[] {
  const nowMs = systemClock.now()
  return Array.from({ length: 6 }, (_, second) => `app.${formatStamp(nowMs + second * 1_000, 'datetime', 'UTC')}.log${suffix}`)
}

describe('a folder with other things in it', () => {
  test('keeps files that only resemble the log\'s, at any limits', async () => {
    const names = ['app.http.log', 'app.20251001.log.bak', 'app.20251301.log', 'app.99999999.log', 'application.20251001.log',
      'xapp.20251001.log.gz', 'app.20251001.log.gz.tmp', 'app.20251001_1.log', 'APP.20251001.log', 'app.20251001.01.log',
      'app.20251001.log.GZ', 'app.20251001..log', '.app.log', '.app.log.rotorx', '.other.log.rotor.next']
    for (const name of names) writeFileSync(join(folder, name), name)
    for (const name of ['app.20250101.log', 'app.20250102.log.gz', '.app.log.rotor.pack.folder']) mkdirSync(join(folder, name))
    symlinkSync(victim, join(folder, 'app.20250103.log'))
    symlinkSync('nowhere', join(folder, 'app.20250104.log.gz'))
    symlinkSync(victim, join(folder, '.app.log.rotor.pack.link'))
    writeFileSync(join(folder, 'app.20250105.log'), 'ours')
    const others = readdirSync(folder).filter((name) => name !== 'app.20250105.log')
    const before = others.map((name) => facts(join(folder, name)))

    const log = open({ limit: { count: 1, age: '30d' }, compress: false })
    log.write(line(1))
    const rotated = await log.rotate()
    await log.sweep()
    await closed(log)

    expect(others.map((name) => facts(join(folder, name)))).toEqual(before)
    expect(readdirSync(folder).sort()).toEqual([...others, 'app.log', basename(rotated?.archive ?? '')].sort())
    expect(facts(victim)).toBe(victimBefore)
  })

  test.each(['lock', 'lock.break', 'sweep', 'next'])('does not follow a link at the place of %s of its own', async (part) => {
    const trap = join(folder, `.app.log.rotor.${part}`)
    symlinkSync(victim, trap)
    const log = open({ size: '1k' })
    for (let number = 1; number <= 200; number++) log.write(line(number))
    await log.rotate().catch(() => null)
    await log.sweep().catch(() => null)
    await closed(log)
    expect(facts(victim)).toBe(victimBefore)
    expect(readlinkSync(trap)).toBe(victim)
    expect(kept(file).toString()).toBe(Array.from({ length: 200 }, (_, index) => line(index + 1)).join(''))
  })

  test('does not follow a link in place of the lock for breaking a dead process\'s lock', async () => {
    const trap = join(folder, '.app.log.rotor.lock.break')
    symlinkSync(victim, trap)
    const abandoned = formatOwner({ ...currentOwner(), started: '1' })
    writeFileSync(join(folder, '.app.log.rotor.lock'), abandoned)
    const log = open()
    log.write(line(1))
    await expect(log.rotate()).rejects.toMatchObject({ code: 'ERR_ROTOR_FILE_TYPE', path: trap })
    await closed(log)
    expect(facts(victim)).toBe(victimBefore)
    expect(readlinkSync(trap)).toBe(victim)
    expect(readFileSync(join(folder, '.app.log.rotor.lock'), 'utf8')).toBe(abandoned)
    expect(kept(file).toString()).toBe(line(1))
  })

  test.each([
    ['symbolic links', (name: string) => { symlinkSync(victim, name) }],
    ['folders', (name: string) => { mkdirSync(name) }],
    ['hard links', (name: string) => { linkSync(victim, name) }]
  ])('does not follow or overwrite %s that have the names of its next archives', async (_, make) => {
    const names = nextNames('').map((name) => join(folder, name))
    names.forEach(make)
    const before = names.map(facts)
    const log = open({ compress: false, limit: { count: false, age: false } })
    log.write(line(1))
    const rotated = await log.rotate()
    await closed(log)
    expect(rotated?.archive).toMatch(/\.1\.log$/)
    expect(readFileSync(rotated?.archive ?? '', 'utf8')).toBe(line(1))
    expect(names.map(facts)).toEqual(before)
    expect(readFileSync(victim, 'utf8')).toBe('precious')
  })

  test.each([`.app.log.rotor.${packPart({ name: 'app.20250105.log' })}`, 'app.20250105.log.gz'])('does not follow or overwrite a link at the name of a copy, %s, and keeps the source', async (name) => {
    const trap = join(folder, name)
    symlinkSync(victim, trap)
    writeFileSync(join(folder, 'app.20250105.log'), line(1))
    const log = open({ limit: { count: false, age: false } })
    const failure = eventWhere<FailedEvent>(log, 'failed', ({ step }) => step === 'compress')
    await log.sweep()
    const failed = await failure
    await closed(log)
    expect(failed.code).toBe('EEXIST')
    expect(facts(victim)).toBe(victimBefore)
    expect(readlinkSync(trap)).toBe(victim)
    expect(readFileSync(join(folder, 'app.20250105.log'), 'utf8')).toBe(line(1))
  })

  test.each(['archive', 'archive/deeper'])('makes, finds and removes no bundle if a link is on the way to %s, and keeps the archives', async (directory) => {
    const elsewhere = temporaryFolder()
    const names = ['app.202501.log.gz', 'app.202502.log.gz', '.app.log.rotor.bundle.202501']
    mkdirSync(join(elsewhere, 'deeper'))
    const theirs = names.flatMap((name) => [join(elsewhere, name), join(elsewhere, 'deeper', name)])
    for (const path of theirs) writeFileSync(path, 'precious')
    const log = open({ bundle: { directory, limit: { count: 1 } }, compress: false, limit: { count: false, age: false } })
    symlinkSync(elsewhere, join(folder, 'archive'))
    writeFileSync(join(folder, 'app.20250305.log'), line(1))
    const failure = eventWhere<FailedEvent>(log, 'failed', ({ step }) => step === 'bundle')
    await log.sweep()
    const failed = await failure
    await closed(log)
    expect(failed).toMatchObject({ code: 'ERR_ROTOR_FILE_TYPE', message: expect.stringContaining('but a symbolic link') as string })
    expect(readdirSync(elsewhere, { recursive: true }).sort()).toEqual(['deeper', ...theirs.map((path) => relative(elsewhere, path))].sort())
    expect(readFileSync(join(folder, 'app.20250305.log'), 'utf8')).toBe(line(1))
  })

  test.each(['app.202501.log.gz', '.app.log.rotor.bundle.202501'])('does not follow or overwrite a link at the name of a bundle, %s, and keeps the archives', async (name) => {
    mkdirSync(join(folder, 'archive'))
    const trap = join(folder, 'archive', name)
    symlinkSync(victim, trap)
    writeFileSync(join(folder, 'app.20250105.log'), line(1))
    const log = open({ bundle: {}, compress: false, limit: { count: false, age: false } })
    const failure = eventWhere<FailedEvent>(log, 'failed', ({ step }) => step === 'bundle')
    await log.sweep()
    await failure
    await closed(log)
    expect(facts(victim)).toBe(victimBefore)
    expect(readlinkSync(trap)).toBe(victim)
    expect(readFileSync(join(folder, 'app.20250105.log'), 'utf8')).toBe(line(1))
  })

  test.runIf(isRoot)('overwrites and removes no file of another owner: at the names of archives, or at names that resemble them', async () => {
    const names = [...nextNames(''), ...nextNames('.gz'), 'app.20250105.log.bak', '.app.log.rotorx']
    for (const name of names) {
      writeFileSync(join(folder, name), 'precious', { mode: 0o000 })
      chownSync(join(folder, name), 65_534, 65_534)
    }
    const before = names.map((name) => facts(join(folder, name)))
    const log = open({ compress: false, limit: { count: false, age: false } })
    log.write(line(1))
    const rotated = await log.rotate()
    await log.sweep()
    await closed(log)
    expect(readFileSync(rotated?.archive ?? '', 'utf8')).toBe(line(1))
    expect(names.map((name) => facts(join(folder, name)))).toEqual(before)
  })

  test('removes a hard link in place of its own file, and leaves the linked file alone', async () => {
    for (const part of ['next', 'lock', 'sweep', packPart({ name: 'app.20250105.log' })]) linkSync(victim, join(folder, `.app.log.rotor.${part}`))
    const log = open()
    log.write(line(1))
    expect(await log.rotate()).not.toBeNull()
    await log.sweep()
    await closed(log)
    expect(facts(victim)).toBe(victimBefore)
    expect(lstatSync(victim).nlink).toBe(1)
  })

  test.each(['precious', ''])('writes nothing into a file that has another name as well: %j at the active file\'s name', async (content) => {
    writeFileSync(victim, content)
    victimBefore = facts(victim)
    linkSync(victim, file)
    const log = open({ compress: false })
    log.write(line(1))
    await closed(log)
    expect(facts(victim)).toBe(victimBefore)
    expect(kept(file).toString()).toBe(content + line(1))
  })

  test('writes nothing into a file with a second name that takes the place of the active file', async () => {
    const log = open({ compress: false })
    log.write(line(1))
    renameSync(file, join(folder, 'away'))
    linkSync(victim, file)
    const rotated = eventWhere<RotatedEvent>(log, 'rotated', () => true)
    log.write(line(2))
    expect(readFileSync((await rotated).archive, 'utf8')).toBe('precious')
    await closed(log)
    expect(facts(victim)).toBe(victimBefore)
    expect(readFileSync(join(folder, 'away'), 'utf8') + readFileSync(file, 'utf8')).toBe(line(1) + line(2))
  })

  test('does not open a link at the active file\'s name, at the start or later on', async () => {
    symlinkSync(victim, file)
    expect(() => open()).toThrow(expect.objectContaining({ message: expect.stringContaining('not a symbolic link') as string }))
    rmSync(file)
    const log = open()
    log.write(line(1))
    renameSync(file, join(folder, 'away'))
    symlinkSync(victim, file)
    const failed = await eventWhere<FailedEvent>(log, 'failed', ({ step }) => step === 'open')
    expect(failed.code).toBe('ELOOP')
    log.write(line(2))
    rmSync(file)
    await new Promise<void>((resolve) => { log.flush(() => { resolve() }) })
    await closed(log)
    expect(facts(victim)).toBe(victimBefore)
    expect(readFileSync(file, 'utf8')).toBe(line(2))
  })
})

describe('an active file that is none', () => {
  test.runIf(process.platform === 'linux')('is refused at once: a pipe, a device or a folder', () => {
    execFileSync('mkfifo', [file])
    for (const none of [file, '/dev/null', folder]) {
      expect(() => open({ file: none })).toThrow(expect.objectContaining({ message: expect.stringMatching(/expected a (regular )?file, not a/) as string }))
    }
  })

  test.runIf(process.platform === 'linux')('is waited for when it takes the place of a file that is being written', async () => {
    const log = open()
    log.write(line(1))
    renameSync(file, join(folder, 'away'))
    execFileSync('mkfifo', [file])
    const failed = await eventWhere<FailedEvent>(log, 'failed', ({ step }) => step === 'open')
    expect(failed.code).toBe('ERR_ROTOR_FILE_TYPE')
    log.write(line(2))
    rmSync(file)
    await new Promise<void>((resolve) => { log.flush(() => { resolve() }) })
    await closed(log)
    expect(readFileSync(file, 'utf8')).toBe(line(2))
  })
})

describe('rubbish', () => {
  test('in an archive that is packed already is left as it is', async () => {
    writeFileSync(join(folder, 'app.20250105.log.gz'), 'no gzip')
    const log = open({ limit: { count: false, age: false } })
    const failures = collect(log, 'failed')
    await log.sweep()
    await closed(log)
    expect(readFileSync(join(folder, 'app.20250105.log.gz'), 'utf8')).toBe('no gzip')
    expect(failures).toEqual([])
  })

  test('in a packed archive beside its plain one gives way to a good copy', async () => {
    writeFileSync(join(folder, 'app.20250105.log.gz'), 'no gzip')
    writeFileSync(join(folder, 'app.20250105.log'), line(1))
    const log = open({ limit: { count: false, age: false } })
    await log.sweep()
    await closed(log)
    expect(gunzipSync(readFileSync(join(folder, 'app.20250105.log.gz'))).toString()).toBe(line(1))
    expect(readdirSync(folder).sort()).toEqual(['app.20250105.log.gz', 'app.log'])
  })

  test('in a plain archive is packed like anything else', async () => {
    const rubbish = Buffer.from([0, 255, 10, 128, 0])
    writeFileSync(join(folder, 'app.20250105.log'), rubbish)
    const log = open({ limit: { count: false, age: false } })
    await log.sweep()
    await closed(log)
    expect(gunzipSync(readFileSync(join(folder, 'app.20250105.log.gz')))).toEqual(rubbish)
  })

  test('in both locks delays nothing for longer than a second', async () => {
    for (const part of ['lock', 'sweep']) writeFileSync(join(folder, `.app.log.rotor.${part}`), '\0rubbish\n')
    const log = open()
    log.write(line(1))
    const startedMs = performance.now()
    expect(await log.rotate()).not.toBeNull()
    expect(performance.now() - startedMs).toBeLessThan(1_000)
    await log.sweep()
    await closed(log)
    expect(readdirSync(folder).filter((name) => name.startsWith('.'))).toEqual([])
  })
})
