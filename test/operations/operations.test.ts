import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parseOptions } from '../../src/options/parse-options.js'
import { parseSize } from '../../src/options/values/size.js'
import { temporaryFolder } from '../support/temporary-folder.js'

const examples = join(import.meta.dirname, '../../examples/operations')
const unit = readFileSync(join(examples, 'app.service'), 'utf8')
const deployment = readFileSync(join(examples, 'deployment.yaml'), 'utf8')
/** What an application may need at most to end its logger, by the guarantee that exit is fast. */
const exitSeconds = 1

const hasAnalyzer = spawnSync('systemd-analyze', ['--version']).status === 0
if (!hasAnalyzer) console.log('the systemd unit is not verified: systemd-analyze is not installed')

function only (pattern: RegExp, text: string): string {
  const found = [...text.matchAll(new RegExp(pattern, 'gm'))]
  if (found.length !== 1) throw new Error(`${String(pattern)} stands there ${found.length} times`)
  return found[0]?.[1] ?? ''
}

describe('the systemd unit', () => {
  test.skipIf(!hasAnalyzer)('is one that systemd understands', () => {
    const folder = temporaryFolder()
    const program = join(folder, 'node')
    mkdirSync(folder, { recursive: true })
    writeFileSync(program, '')
    chmodSync(program, 0o755)
    const file = join(folder, 'app.service')
    // The programme and the user of the example need not be on the machine that verifies it.
    writeFileSync(file, unit.replace('/usr/bin/node', program).replace(/^(User|Group)=.*\n/gm, ''))
    const { status, stdout, stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', '--recursive-errors=no', file], { encoding: 'utf8' })
    expect({ status, said: stdout + stderr }).toEqual({ status: 0, said: '' })
  })

  test('leaves the logger time to finish, and its folder writable', () => {
    expect(Number(only(/^TimeoutStopSec=(\d+)$/, unit))).toBeGreaterThan(exitSeconds)
    expect(only(/^ProtectSystem=(\w+)$/, unit)).toBe('strict')
    expect(only(/^LogsDirectory=(\w+)$/, unit)).toBe('app')
  })
})

describe('the Kubernetes deployment', () => {
  const options = JSON.parse(only(/^ {2}rotor\.json: \|\n((?: {4}.*\n)+)/, deployment)) as { file: string }

  test('has options that pino-rotor takes', () => {
    expect(options.file.startsWith(only(/mountPath: (\/var\/log\/\w+) \}$/, deployment))).toBe(true)
    const settings = parseOptions({ ...options, file: join(temporaryFolder(), 'app.log') })
    expect(settings.limits.totalBytes).toBe(1024 ** 3)
  })

  test('has a volume that its logs cannot fill', () => {
    const limit = parseSize(`${only(/sizeLimit: (\d+)Gi$/, deployment)}g`)
    const settings = parseOptions({ ...options, file: join(temporaryFolder(), 'app.log') })
    // Beside what the limits allow: the archive that is being compressed, and what is rotated until a sweep has run.
    expect('value' in limit && limit.value).toBeGreaterThanOrEqual(settings.limits.totalBytes + 4 * settings.fileBytesMax)
  })

  test('leaves the logger time to finish', () => {
    expect(Number(only(/terminationGracePeriodSeconds: (\d+)$/, deployment))).toBeGreaterThan(exitSeconds)
  })
})
