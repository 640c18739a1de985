// The package on Windows' own node.exe. What Wine cannot show is not tested here: symbolic links do nothing, and Windows'
// reserved names are ordinary files. Wine's appends are not atomic; windows/writers.js makes them so.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { whyNoWindows, Wine, windowsLines } from './wine.js'

const scripts = ['faces.js', 'rotation.js', 'commands.js', 'elsewhere.js', 'names.js', 'holds.js', 'kills.js', 'writers.js']

/** The names of a script's tests. The script itself loads the installed package and cannot be loaded here. */
function testsIn (script: string): string[] {
  const source = readFileSync(join(import.meta.dirname, 'windows', script), 'utf8')
  return [...source.matchAll(/^ {2}async '([^']+)' \(\) \{$/gm)].map(([, name = '']) => name)
}

const reason = whyNoWindows()
if (reason !== null) console.log(`skipped: ${reason}`)

describe.skipIf(reason !== null)("on Windows' node.exe", () => {
  let wine: Wine

  beforeAll(() => { wine = new Wine() })
  afterAll(() => { wine.remove() })

  describe.each(windowsLines)('of Node %s', (line) => {
    describe.each(scripts)('%s', (script) => {
      test.each(testsIn(script))('%s', async (name) => {
        const { code, output } = await wine.run(line, 'run.js', script, name)
        expect({ code, output: output.trim() }).toEqual({ code: 0, output: 'passed' })
      })
    })
  })
})
