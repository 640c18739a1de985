// Runs the examples as a user would have them: each is copied into a temp folder, installed there by npm together with
// the packed tarball, and checked. Arguments, if any, name the examples to take.
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { checks } from './checks.js'

const repository = join(import.meta.dirname, '../..')
const installMsMax = 240_000

const names = process.argv.slice(2)
const wanted = names.length > 0 ? names : Object.keys(checks)

function run (command, args, options) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: 'utf8', ...options })
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${status ?? error?.message}\n${stdout}${stderr}`)
  return stdout
}

function install (name, folder, tarball) {
  cpSync(join(repository, 'examples', name), folder, { recursive: true })
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  manifest.dependencies['pino-rotor'] = `file:${tarball}`
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest, null, 2))
  run('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: folder, timeout: installMsMax })
}

function secondsSince (start) {
  return ((performance.now() - start) / 1000).toFixed(1)
}

async function check (name, folder, tarball) {
  const start = performance.now()
  mkdirSync(folder)
  try {
    install(name, folder, tarball)
    const installed = secondsSince(start)
    const seen = await checks[name](folder)
    console.log(`ok     ${name}: ${seen} (installed in ${installed} s, ${secondsSince(start)} s in all)`)
    return true
  } catch (error) {
    console.log(`FAILED ${name}: ${error.stack}`)
    return false
  }
}

const root = realpathSync(mkdtempSync(join(tmpdir(), 'pino-rotor-examples-')))
try {
  const tarball = join(root, run('npm', ['pack', '--silent', '--pack-destination', root], { cwd: repository }).trim())
  let failures = 0
  for (const name of wanted) failures += await check(name, join(root, name), tarball) ? 0 : 1
  console.log(`${wanted.length - failures} of ${wanted.length} examples work with Node ${process.versions.node}`)
  if (failures > 0) process.exitCode = 1
} finally {
  rmSync(root, { recursive: true, force: true })
}
