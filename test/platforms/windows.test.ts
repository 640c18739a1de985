// The package on Windows' own node.exe. What Wine cannot show is not tested here: appends of two processes are not atomic
// under Wine, symbolic links do nothing, and Windows' reserved names are ordinary files.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { whyNoWindows, Wine, windowsLines } from './wine.js'

const scripts: Readonly<Record<string, readonly string[]>> = {
  'faces.js': [
    'keeps every line of a process that just ends, with the target',
    'rotates, sweeps and tells its status through the handle',
    'rotates in process'
  ]
}

const reason = whyNoWindows()
if (reason !== null) console.log(`skipped: ${reason}`)

describe.skipIf(reason !== null)("on Windows' node.exe", () => {
  let wine: Wine

  beforeAll(() => { wine = new Wine() })
  afterAll(() => { wine.remove() })

  describe.each(windowsLines)('of Node %s', (line) => {
    describe.each(Object.entries(scripts))('%s', (script, names) => {
      test.each(names)('%s', async (name) => {
        const { code, output } = await wine.run(line, 'run.js', script, name)
        expect({ code, output: output.trim() }).toEqual({ code: 0, output: 'passed' })
      })
    })
  })
})
