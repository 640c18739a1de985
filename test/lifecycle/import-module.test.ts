// Modules of the user are waited for only as long as something needs them.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { importModule } from '../../src/lifecycle/import-module.js'
import { temporaryFolder } from '../support/temporary-folder.js'

test('a loading module delays nothing once the signal is aborted', async () => {
  const module = join(temporaryFolder(), 'never.mjs')
  writeFileSync(module, 'await new Promise(() => {})')
  const abort = new AbortController()
  const loading = importModule(module, 'forward.module', abort.signal)
  abort.abort(new Error('closed meanwhile'))
  await expect(loading).rejects.toThrow('closed meanwhile')
})
