// A machine may have none of the tools. It is not searched for them again and again.
import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { runTool, runToolAside, type ToolCall } from '../../../src/disk/rights/access-tool.js'
import { temporaryFolder } from '../../support/temporary-folder.js'

const { PATH } = process.env

afterEach(() => { process.env['PATH'] = PATH })

function provide (tool: string, folder: string): void {
  writeFileSync(join(folder, tool), '#!/bin/sh\necho told\n')
  chmodSync(join(folder, tool), 0o755)
}

test.skipIf(process.platform === 'win32').each<[string, ToolCall['tool'], (call: ToolCall) => unknown]>([
  ['waits for', 'getfacl', runTool],
  ['does not wait for', 'ls', runToolAside]
])('a tool that a caller %s is not looked for again once it was missing', async (_name, tool, run) => {
  const folder = temporaryFolder()
  process.env['PATH'] = folder
  const call = { tool, toolArguments: [] }
  expect(await run(call)).toEqual({ is: 'missing', output: '' })
  for (const provided of [tool, 'setfacl']) provide(provided, folder)
  expect([runTool(call).is, (await runToolAside(call)).is]).toEqual(['missing', 'missing'])
  expect(await run({ tool: 'setfacl', toolArguments: [] })).toEqual({ is: 'done', output: 'told\n' })
})
