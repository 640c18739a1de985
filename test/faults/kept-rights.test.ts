// Who may read the files of a log, as the kernel says it: with real access control lists, groups and owners.
import { spawnSync } from 'node:child_process'
import { chmodSync, chownSync, mkdirSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'
import { target } from '../support/built-package.js'
import { temporaryFolder } from '../support/temporary-folder.js'

const reason = process.getuid?.() !== 0
  ? 'rights of other users, because that takes root'
  : spawnSync('setfacl', ['--version']).status === 0 ? null : 'rights of other users, because setfacl is missing'
if (reason !== null) console.log(`skipped: ${reason}`)

/** Ids that belong to no one here. */
const [application, shipper, stranger] = [40_001, 40_002, 40_003]
const [first, second, foreign] = [40_011, 40_012, 40_013]

interface Failed { readonly step: string, readonly code: string }

/** Logs and rotates as that user, compresses if asked to, and returns what failed. */
function log (file: string, user: readonly string[], compress = true, path = process.env['PATH']): Failed[] {
  const code = `
    const { default: rotor } = await import(${JSON.stringify(pathToFileURL(target).href)})
    const stream = await rotor({ file: ${JSON.stringify(file)}, ${compress ? '' : 'compress: false, '}report: false })
    const failed = []
    stream.on('failed', (event) => { failed.push(event) })
    for (const n of [1, 2]) {
      stream.write(n + '\\n')
      await stream.rotate()
    }
    stream.write('3\\n')
    if (${compress}) await new Promise((resolve) => setTimeout(resolve, 1_100))
    if (${compress}) await stream.sweep()
    stream.on('close', () => { console.log(JSON.stringify(failed)) })
    stream.end()`
  const { stdout, stderr, status } = spawnSync('setpriv', [...user, process.execPath, '--input-type=module', '-e', code], { encoding: 'utf8', env: { ...process.env, PATH: path } })
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 })
  expect(readdirSync(join(file, '..')).filter((name) => name.endsWith('.gz'))).toHaveLength(compress ? 2 : 0)
  return JSON.parse(stdout) as Failed[]
}

function mayRead (file: string, uid: number, gid: number): boolean[] {
  const names = readdirSync(join(file, '..')).map((name) => join(file, '..', name))
  return names.map((path) => spawnSync('setpriv', ['--reuid', String(uid), '--regid', String(gid), '--clear-groups', 'head', '-c', '1', path]).status === 0)
}

function made (owner: number, group: number, mode: number): string {
  const folder = join(temporaryFolder(), 'logs')
  mkdirSync(folder)
  chmodSync(join(folder, '..'), 0o755)
  chmodSync(folder, 0o777)
  const file = join(folder, 'app.log')
  writeFileSync(file, '')
  chownSync(file, owner, group)
  chmodSync(file, mode)
  return file
}

/** What is left to start if Debian's package `acl` is not installed. */
function toolsWithoutGetfacl (): string {
  const folder = temporaryFolder()
  for (const tool of ['setpriv', 'ls']) symlinkSync(spawnSync('which', [tool], { encoding: 'utf8' }).stdout.trim(), join(folder, tool))
  return folder
}

const asRoot: readonly string[] = []
const asApplication = ['--reuid', String(application), '--regid', String(first), '--groups', `${first},${second}`]

test.runIf(reason === null)('every file gets the access control list, and no group gets its mask', () => {
  const file = made(0, foreign, 0o600)
  spawnSync('setfacl', ['-m', `u:${shipper}:rw`, file])
  expect(log(file, asRoot)).toEqual([])
  expect(mayRead(file, shipper, first)).toEqual([true, true, true])
  expect(mayRead(file, stranger, foreign)).toEqual([false, false, false])
})

test.runIf(reason === null)('a list that no tool can read is reported as lost, and no group gets its mask', () => {
  const file = made(0, foreign, 0o600)
  spawnSync('setfacl', ['-m', `u:${shipper}:rw`, file])
  expect(log(file, asRoot, true, toolsWithoutGetfacl())).toMatchObject([{ step: 'rights', code: 'ERR_ROTOR_RIGHTS' }])
  expect(mayRead(file, shipper, first)).toEqual([false, false, false])
  expect(mayRead(file, stranger, foreign)).toEqual([false, false, false])
})

test.runIf(reason === null)('every file gets a list that is set while lines come fast, and no group gets its mask', async () => {
  const file = made(0, foreign, 0o660)
  const code = `
    const { default: rotor } = await import(${JSON.stringify(pathToFileURL(target).href)})
    const { spawnSync } = await import('node:child_process')
    const { readdirSync } = await import('node:fs')
    const stream = await rotor({ file: ${JSON.stringify(file)}, size: '1k', compress: false, limit: false, report: false })
    const line = 'x'.repeat(499) + '\\n'
    const write = async (count) => {
      for (let n = 0; n < count; n++) {
        stream.write(line)
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
    }
    await write(5)
    spawnSync('setfacl', ['-m', 'u:${shipper}:rw,g::-', ${JSON.stringify(file)}])
    await write(15)
    // The files are looked at half a second after a rotation. The first two were full before the list was set.
    const folder = ${JSON.stringify(join(file, '..'))}
    const haveList = () => {
      const paths = readdirSync(folder).map((name) => folder + '/' + name)
      return spawnSync('getfacl', ['-cpE', '--', ...paths], { encoding: 'utf8' }).stdout.split('mask::').length - 1 >= paths.length - 2
    }
    for (let look = 0; look < 100 && !haveList(); look++) await new Promise((resolve) => setTimeout(resolve, 100))
    stream.end()`
  const { stderr, status } = spawnSync(process.execPath, ['--input-type=module', '-e', code], { encoding: 'utf8' })
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 })
  const files = readdirSync(join(file, '..')).length
  expect(files).toBeGreaterThanOrEqual(10)
  expect(mayRead(file, shipper, first).filter((may) => may)).toHaveLength(files - 2)
  expect(mayRead(file, stranger, foreign).filter((may) => may)).toHaveLength(2)
})

test.runIf(reason === null)('a list that the folder hands to new files does not open them', () => {
  const file = made(0, first, 0o640)
  spawnSync('setfacl', ['-d', '-m', `u:${stranger}:rw`, join(file, '..')])
  expect(log(file, asRoot)).toEqual([])
  expect(mayRead(file, stranger, foreign)).toEqual([false, false, false])
  expect(mayRead(file, shipper, first)).toEqual([true, true, true])
})

test.runIf(reason === null)('a log that is created and filled at once keeps the list that its folder hands to new files', () => {
  const file = made(0, first, 0o640)
  rmSync(file)
  spawnSync('setfacl', ['-d', '-m', `u:${shipper}:r,o::-`, join(file, '..')])
  const code = `
    const { default: rotor } = await import(${JSON.stringify(pathToFileURL(target).href)})
    const stream = await rotor({ file: ${JSON.stringify(file)}, size: '1m', compress: false, report: false })
    const lines = ('x'.repeat(1_023) + '\\n').repeat(64)
    for (let n = 0; n < 40; n++) stream.write(lines)
    stream.end()`
  const { stderr, status } = spawnSync(process.execPath, ['--input-type=module', '-e', code], { encoding: 'utf8' })
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 })
  expect(mayRead(file, shipper, first)).toEqual([true, true, true])
  expect(mayRead(file, stranger, foreign)).toEqual([false, false, false])
})

test.runIf(reason === null)('a group that the application belongs to stays', () => {
  const file = made(application, second, 0o640)
  expect(log(file, asApplication)).toEqual([])
  expect(statSync(file).gid).toBe(second)
  expect(mayRead(file, shipper, second)).toEqual([true, true, true])
  expect(mayRead(file, shipper, first)).toEqual([false, false, false])
})

test.runIf(reason === null).each([true, false])('a foreign owner that cannot be kept is reported once, delays nothing and grants no rights, compress: %s', (compress) => {
  const file = made(0, second, 0o660)
  expect(log(file, asApplication, compress)).toMatchObject([{ step: 'rights', code: 'EPERM' }])
  expect(mayRead(file, shipper, second)).toEqual([true, true, true])
  expect(mayRead(file, stranger, foreign)).toEqual([false, false, false])
})

test.runIf(reason === null)('root keeps a foreign owner, group and mode where it may not change what belongs to others (no CAP_FOWNER, as in many containers)', () => {
  const file = made(application, second, 0o640)
  expect(log(file, ['--bounding-set', '-fowner', '--inh-caps', '-fowner'])).toEqual([])
  for (const name of readdirSync(join(file, '..'))) {
    const { uid, gid, mode } = statSync(join(file, '..', name))
    expect({ name, uid, gid, mode: mode & 0o777 }).toEqual({ name, uid: application, gid: second, mode: 0o640 })
  }
})

test.runIf(reason === null)('an owner and a group that the user namespace does not know are reported once, delay nothing and grant no rights', () => {
  const file = made(0, second, 0o660)
  expect(log(file, [...asApplication, 'unshare', '--user', '--map-root-user'])).toMatchObject([{ step: 'rights', code: 'EINVAL' }])
  expect(mayRead(file, stranger, foreign)).toEqual([false, false, false])
  expect(mayRead(file, application, first)).toEqual([true, true, true])
})
