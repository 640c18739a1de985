// Folders with rights, mounts and interruptions of their own. Each application is a process, with its own user or view of the
// folder.
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, chmodSync, chownSync, mkdirSync, readFileSync, statSync, unlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { json } from 'node:stream/consumers'
import { pathToFileURL } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { target } from '../support/built-package.js'
import { whyNoStrace } from '../support/fault-strace.js'
import { mountImage, whyNoImage } from '../support/image-disk.js'
import { besides, filesOf, kept, keptLines } from '../support/kept.js'
import { mountOddDisk, whyNoOddDisk } from '../support/odd-disk.js'
import { canMount, SmallDisk } from '../support/small-disk.js'
import { temporaryFolder } from '../support/temporary-folder.js'

const isRoot = process.getuid?.() === 0
if (!isRoot) console.log('skipped: tests with another user, because that takes root')
const [noStrace, noOddDisk] = [whyNoStrace(), whyNoOddDisk()]
for (const reason of [noStrace, noOddDisk]) if (reason !== null) console.log(`skipped: ${reason}`)
const imageTypes = (['vfat', 'exfat-fuse', 'ntfs-3g'] as const).filter((type) => {
  const reason = whyNoImage(type)
  if (reason !== null) console.log(`skipped: ${reason}`)
  return reason === null
})

const [otherUser, otherGroup] = [65_534, 60]
const asOther = ['setpriv', '--reuid', String(otherUser), '--regid', String(otherUser), '--groups', String(otherGroup)]
const cli = join(dirname(target), 'cli.js')
const count = 600

interface Told { readonly name: string, readonly step?: string, readonly code?: string, readonly message?: string }

/** Logs lines with that identifier, has them swept, and returns the events that say what failed. */
async function log (file: string, id: string, before: readonly string[] = []): Promise<Told[]> {
  const code = `
    const { default: rotor } = await import(${JSON.stringify(pathToFileURL(target).href)})
    const stream = await rotor({ file: ${JSON.stringify(file)}, size: '16k', limit: false, report: false })
    const told = []
    for (const name of ['failed', 'dropped']) stream.on(name, (details) => { told.push({ name, ...details }) })
    for (let n = 0; n < ${count}; n++) {
      stream.write(JSON.stringify({ id: ${JSON.stringify(id)}, n, text: 'x'.repeat(80) }) + '\\n')
      if (n % 100 === 0) await new Promise(setImmediate)
    }
    await stream.sweep().catch(() => {})
    stream.on('close', () => { console.log(JSON.stringify(told)) })
    stream.end()`
  const [program = '', ...given] = [...before, process.execPath, '--input-type=module', '-e', code]
  const child = spawn(program, given, { stdio: ['ignore', 'pipe', 'inherit'] })
  const [told] = await Promise.all([json(child.stdout), once(child, 'exit')])
  return told as Told[]
}

function logged (...ids: string[]): string[] {
  return ids.flatMap((id) => Array.from({ length: count }, (_, n) => JSON.stringify({ id, n, text: 'x'.repeat(80) }))).sort()
}

/** Several lines a millisecond may come from each writer, so only the order of each one's lines is fixed. */
function expectAll (file: string, ...ids: string[]): void {
  const lines = keptLines(file)
  expect([...lines].sort()).toEqual(logged(...ids))
  for (const id of ids) {
    const numbers = lines.map((line) => JSON.parse(line) as { id: string, n: number }).filter((line) => line.id === id).map(({ n }) => n)
    expect(numbers).toEqual([...numbers].sort((a, b) => a - b))
  }
}

function compressed (file: string): number {
  return filesOf(file).filter(({ name }) => name.endsWith('.gz')).length
}

/** A folder that other users may enter, with that mode and a log of root's in it. */
function openFolder (mode: number, fileMode: number, group = 0): string {
  const folder = join(temporaryFolder(), 'logs')
  chmodSync(dirname(folder), 0o755)
  mkdirSync(folder)
  const file = join(folder, 'app.log')
  writeFileSync(file, '')
  chownSync(file, 0, group)
  chmodSync(file, fileMode)
  chownSync(folder, 0, group)
  chmodSync(folder, mode)
  return file
}

function mount (...given: string[]): void {
  execFileSync('mount', given)
  onTestFinished(() => { execFileSync('umount', ['--lazy', given.at(-1) ?? '']) })
}

test.skipIf(noStrace !== null).each(['link', 'rename', 'unlink', 'fsync', 'openat', 'write', 'pread64'])('keeps every line once, rotates and compresses where every second %s is interrupted (EINTR)', async (call) => {
  const file = join(temporaryFolder(), 'app.log')
  // Node does not start if it cannot open or write its own files, so these calls are interrupted on the log's files alone.
  const paths = ['openat', 'write', 'pread64'].includes(call) ? ['app.log', '.app.log.rotor.next', '.app.log.rotor.lock'].flatMap((name) => ['-P', join(dirname(file), name)]) : []
  const calls = join(temporaryFolder(), 'calls')
  const strace = ['strace', '-f', '-qq', '-o', calls, ...paths, '-e', `trace=${call}`, '-e', `inject=${call}:error=EINTR:when=1+2`]
  expect(await log(file, 'a', strace)).toEqual([])
  expect(readFileSync(calls, 'utf8').split('EINTR').length).toBeGreaterThan(3)
  expectAll(file, 'a')
  expect(compressed(file)).toBeGreaterThanOrEqual(3)
  expect(besides(file)).toEqual([])
})

test.runIf(isRoot)('gives every file the group of a setgid folder whose log belongs to another user, and reports that owner once', async () => {
  const file = openFolder(0o2777, 0o664, otherGroup)
  expect((await log(file, 'a', asOther)).map(({ step, code }) => [step, code])).toEqual([['rights', 'EPERM']])
  expectAll(file, 'a')
  expect(compressed(file)).toBeGreaterThanOrEqual(3)
  for (const { name } of filesOf(file)) {
    const { gid, mode } = statSync(join(dirname(file), name))
    expect({ name, gid, mode: mode & 0o777 }).toEqual({ name, gid: otherGroup, mode: 0o664 })
  }
})

test.runIf(isRoot)('keeps every line where a sticky folder lets no other user replace the log, and doctor and rotate --dry-run say why', async () => {
  const file = openFolder(0o1777, 0o666)
  const call = (command: string): string => {
    const [program = '', ...given] = [...asOther, process.execPath, cli, ...command.split(' '), file]
    try {
      return execFileSync(program, given, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
    } catch (error) {
      const { stdout, stderr } = error as { stdout: string, stderr: string }
      return `${stdout}${stderr}`
    }
  }
  appendFileSync(file, 'earlier\n')
  for (const command of ['doctor', 'rotate --dry-run']) expect(call(command).replaceAll(/\s+/g, ' '), command).toMatch(/EPERM.*the folder is sticky/)
  writeFileSync(file, '')
  expect(await log(file, 'a', asOther)).toMatchObject([{ step: 'rotate', code: 'EPERM', message: expect.stringMatching(/rename .*to cure it, check the owner/) as string }])
  expect(keptLines(file).length).toBeGreaterThanOrEqual(count)
  expect(readFileSync(file, 'utf8').trim().split('\n').sort()).toEqual(logged('a'))
})

test.runIf(isRoot)('keeps every line in a folder that its user may enter and not list, and names the call and the folder', async () => {
  const file = openFolder(0o333, 0o666)
  const told = await log(file, 'a', asOther)
  expect(told.map(({ step, code }) => `${step} ${code}`).sort()).toEqual(['rotate EACCES', 'sweep EACCES'])
  for (const { message } of told) expect(message).toContain(`opendir '${dirname(file)}'; to cure it, give the user that runs the application read and write access`)
  expectAll(file, 'a')
})

test.runIf(isRoot).each(['0777', '0477', '0277', '0077'])('keeps every line and leaves no lock behind under the umask %s', async (umask) => {
  const file = openFolder(0o777, 0o644)
  unlinkSync(file)
  const told = await log(file, 'a', [...asOther, 'sh', '-c', `umask ${umask}; exec "$@"`, 'sh'])
  // The user may not read an archive, or not write its copy. The archives stay plain then, and this is reported once.
  expect(told.map(({ step, code }) => `${step} ${code}`)).toEqual(umask === '0077' ? [] : ['compress EACCES'])
  expectAll(file, 'a')
  expect(filesOf(file).length).toBeGreaterThanOrEqual(4)
  expect(besides(file)).toEqual([])
})

test.runIf(canMount)('goes on with a log of a lower layer, whose inode changes with the first line (overlayfs)', async () => {
  const { directory } = new SmallDisk('size=20m')
  const [lower, upper, work, merged] = ['lower', 'upper', 'work', 'merged'].map((name) => join(directory, name)) as [string, string, string, string]
  for (const folder of [lower, upper, work, merged]) mkdirSync(folder)
  writeFileSync(join(lower, 'app.log'), 'earlier\n')
  mount('-t', 'overlay', 'overlay', '-o', `lowerdir=${lower},upperdir=${upper},workdir=${work}`, merged)
  const file = join(merged, 'app.log')
  expect(await Promise.all(['a', 'b'].map((id) => log(file, id)))).toEqual([[], []])
  expect(keptLines(file).sort()).toEqual([...logged('a', 'b'), 'earlier'].sort())
  expect(compressed(file)).toBeGreaterThanOrEqual(3)
  expect(kept(file).toString().startsWith('earlier\n')).toBe(true)
})

test.runIf(canMount)('keeps every line of two writers that reach one folder by two mounts', async () => {
  const { directory } = new SmallDisk('size=20m')
  const other = temporaryFolder()
  mount('--bind', directory, other)
  const file = join(directory, 'app.log')
  expect(await Promise.all([log(file, 'a'), log(join(other, 'app.log'), 'b')])).toEqual([[], []])
  expectAll(file, 'a', 'b')
  expect(compressed(file)).toBeGreaterThanOrEqual(3)
})

test.skipIf(noOddDisk !== null)('keeps every line of two writers on a disk like FAT: no hard links, no owners or modes, names in which case does not count', async () => {
  const file = join(await mountOddDisk('link=EPERM', 'nochown', 'folding'), 'app.log')
  await Promise.all(['a', 'b'].map((id) => log(file, id)))
  expectAll(file, 'a', 'b')
  expect(compressed(file)).toBeGreaterThanOrEqual(3)
})

// They have no owners or modes, and no hard links (but for NTFS). Their times are coarse, and the driver makes up the inode numbers.
test.each(imageTypes)('keeps every line of two writers on a real %s', async (type) => {
  const file = join(mountImage(type), 'app.log')
  await Promise.all(['a', 'b'].map((id) => log(file, id)))
  expectAll(file, 'a', 'b')
  expect(compressed(file)).toBeGreaterThanOrEqual(3)
  expect(besides(file)).toEqual([])
})
