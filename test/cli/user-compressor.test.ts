// The command line on archives that a user module packed. With the application's options, they are read like any other.
// Without them, the command says what it did not read.
import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { deflateRawSync } from 'node:zlib'
import { beforeEach, describe, expect, test } from 'vitest'
import { fill, linesFrom, pictureOf, run, temporaryFolder } from './command-line.js'

let folder: string
let logs: string
const call = (command: string, ...args: string[]) => run([command, ...args], { cwd: folder })
const configured = (command: string, ...args: string[]) => call(command, '--config', 'rotor.json', ...args)

beforeEach(() => {
  folder = temporaryFolder()
  logs = join(folder, 'logs')
  fill(logs, { 'app.20251001_110000.log.deflate': deflateRawSync(linesFrom(0, 0, 5)), 'app.20251001_120000.log.gz': linesFrom(0, 5, 5), 'app.log': linesFrom(0, 10, 5) })
  writeFileSync(join(folder, 'rotor.json'), JSON.stringify({ file: 'logs/app.log', limit: false, compress: { module: './my-compressor.mjs' } }))
  makeModule('create: () => zlib.createDeflateRaw(), restore: () => zlib.createInflateRaw()')
})

function makeModule (members: string): void {
  writeFileSync(join(folder, 'my-compressor.mjs'), `import zlib from 'node:zlib'; export default { extension: '.deflate', ${members} }`)
}

describe('with --config', () => {
  test('cat prints their lines, verify and status count them', async () => {
    const before = pictureOf(logs)
    expect(await configured('cat')).toEqual({ status: 0, stderr: '', stdout: linesFrom(0, 0, 5) + linesFrom(0, 5, 5) + linesFrom(0, 10, 5) })
    expect(await configured('verify')).toMatchObject({ status: 0, stdout: expect.stringMatching(/2 archives, 10 lines, .* all whole/) })
    expect(JSON.parse((await configured('status', '--json')).stdout)).toMatchObject({ kinds: { compressed: { files: 2 } }, compression: { archives: 2, measuredArchives: 1 } })
    expect(pictureOf(logs)).toEqual(before)
  })

  test('sweep packs with the module, as its dry run says', async () => {
    fill(logs, { 'app.20251001_130000.log': linesFrom(0, 9, 1) })
    const name = 'app.20251001_130000.log.deflate'
    expect((await configured('sweep', '--dry-run')).stdout).toContain(`would have compressed ${name}`)
    expect((await configured('sweep')).stdout).toContain(`compressed ${name}`)
    expect(readdirSync(logs)).toContain(name)
  })

  test('verify names the one that is damaged, and cat prints the rest', async () => {
    fill(logs, { 'app.20251001_110000.log.deflate': Buffer.from('no deflate at all') })
    expect(await configured('verify')).toMatchObject({ status: 1, stdout: expect.stringMatching(/^corrupt +app\.20251001_110000\.log\.deflate/) })
    expect(await configured('cat')).toMatchObject({ status: 1, stdout: linesFrom(0, 5, 5) + linesFrom(0, 10, 5), stderr: expect.stringContaining('my-compressor.mjs') })
  })

  test('cat and verify say that a module without restore() cannot be read', async () => {
    makeModule('create: () => zlib.createDeflateRaw()')
    expect(await configured('cat')).toMatchObject({ status: 1, stdout: linesFrom(0, 5, 5) + linesFrom(0, 10, 5), stderr: expect.stringContaining('has no restore()') })
    expect(await configured('verify')).toMatchObject({ status: 1, stdout: expect.stringMatching(/^unreadable .*has no restore\(\)/) })
  })

  test('a wrong module is one line and exit status 2, and what doctor finds first', async () => {
    makeModule('create: 7')
    expect(await configured('cat')).toMatchObject({ status: 2, stdout: '', stderr: expect.stringMatching(/^pino-rotor: rotor\.json: compress\.module: expected [^\n]*"create"[^\n]*\n$/) })
    expect(await configured('doctor')).toMatchObject({ status: 1, stdout: expect.stringContaining('"compress.module"') })
  })
})

test('without --config cat and verify say what they do not read', async () => {
  const notRead = 'app.20251001_110000.log.deflate is not read'
  expect(await call('cat', 'logs/app.log')).toMatchObject({ status: 0, stdout: linesFrom(0, 5, 5) + linesFrom(0, 10, 5), stderr: expect.stringContaining(notRead) })
  expect(await call('verify', 'logs/app.log')).toMatchObject({ status: 0, stderr: expect.stringContaining(notRead) })
})
