// Runs the tests of the built package, and those of the parts that lean on Node most, under every supported line of Node
// but the one that runs this. The binaries come from npm's package `node`, into a temp folder that is removed at the end.
// Arguments, if any, are the lines to take. Each line leaves a report, reports/node-22.json and so on.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'

const repository = join(import.meta.dirname, '../..')
const vitest = join(repository, 'node_modules/vitest/vitest.mjs')
const current = process.versions.node.split('.')[0]
const lines = process.argv.length > 2 ? process.argv.slice(2) : ['20', '22', '24', '26'].filter((line) => line !== current)
// A registry that hangs must not hold up everything else for ever.
const installMsMax = 300_000

function run (command, args, options = {}) {
  const { status, error } = spawnSync(command, args, { stdio: 'inherit', ...options })
  if (error !== undefined) console.log(`${command}: ${error.message}`)
  return status === 0
}

// Newer npm versions leave install scripts out unless asked, and the package's own script is what brings the binary.
function install (line, folder) {
  mkdirSync(folder)
  run('npm', ['install', '--prefix', folder, '--no-audit', '--no-fund', '--silent', `node@${line}`], { timeout: installMsMax })
  const installed = join(folder, 'node_modules/node')
  const binary = join(installed, 'bin/node')
  if (existsSync(installed) && !existsSync(binary)) run(process.execPath, ['installArchSpecificPackage'], { cwd: installed, timeout: installMsMax })
  return existsSync(binary) ? binary : null
}

function testUnder (line, folder) {
  console.log(`\n--- Node ${line}`)
  const binary = install(line, folder)
  if (binary === null) {
    console.log(`node@${line} could not be installed`)
    return false
  }
  run(binary, ['--print', 'const { node, zlib, zstd } = process.versions; JSON.stringify({ node, zlib, zstd })'])
  // What the tests start by the name `node`, such as npm's own scripts, is of this line as well.
  const env = { ...process.env, PATH: `${dirname(binary)}${delimiter}${process.env.PATH}` }
  return run(binary, [vitest, 'run', '--project', 'nodes', `--outputFile.json=reports/node-${line}.json`], { cwd: repository, env })
}

const folder = mkdtempSync(join(tmpdir(), 'pino-rotor-nodes-'))
try {
  const failed = lines.filter((line) => !testUnder(line, join(folder, line)))
  console.log(failed.length === 0 ? `\npassed under Node ${lines.join(', ')}` : `\nfailed under Node ${failed.join(', ')}`)
  if (failed.length > 0) process.exitCode = 1
} finally {
  rmSync(folder, { recursive: true, force: true })
}
