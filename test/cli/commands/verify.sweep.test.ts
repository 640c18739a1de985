// An archive that is there twice when the folder is listed, because a sweep is at work, and once when it has been read.
import { closeSync, openSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { answer } from '../../../src/cli/answer.js'
import { commands } from '../../../src/cli/commands.js'
import type { Face } from '../../../src/cli/terminal/face.js'
import { Output } from '../../../src/cli/terminal/output.js'
import { Progress } from '../../../src/cli/terminal/progress.js'
import { fill, linesFrom, temporaryFolder } from '../command-line.js'

const [plain, packed] = ['app.20251001_121111.log', 'app.20251001_121111.log.gz']
let folder: string

/** Does something between the listing and the reading. */
class Meanwhile extends Progress {
  readonly #action: () => void

  constructor (action: () => void) {
    super(() => {})
    this.#action = action
  }

  override expect (total: number): void {
    super.expect(total)
    this.#action()
  }
}

beforeEach(() => {
  folder = temporaryFolder()
  fill(join(folder, 'logs'), { [plain]: linesFrom(0, 0, 10), [packed]: linesFrom(0, 0, 10), 'app.log': linesFrom(0, 10, 10) })
})

async function verify (meanwhile: () => void): Promise<{ status: number, printed: string }> {
  const path = join(folder, 'printed')
  const descriptor = openSync(path, 'a')
  onTestFinished(() => { closeSync(descriptor) })
  const face: Face = { out: new Output(descriptor), progress: new Meanwhile(meanwhile), isTerminal: false, columns: 80, lineColumns: Infinity, paint: (_, text) => text, say: () => {}, sayPart: () => {} }
  const status = await answer(['verify', join(folder, 'logs', 'app.log')], face, commands)
  return { status, printed: readFileSync(path, 'utf8') }
}

test('an archive that is still there twice is a fault', async () => {
  const { status, printed } = await verify(() => {})
  expect(printed).toContain(`doubled     ${packed} is there as ${plain} too`)
  expect(status).toBe(1)
})

test.each([plain, packed])('an archive of which %s was removed since is no fault', async (name) => {
  const { status, printed } = await verify(() => {
    rmSync(join(folder, 'logs', name))
  })
  expect(printed).not.toContain('doubled')
  expect(status).toBe(0)
})
