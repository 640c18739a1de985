// Lines of hundreds of MiB, and beyond 2 GiB, through the handle: one line, and memory that is given back.
import { createReadStream, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { runApplication } from '../support/application.js'
import { temporaryFolder } from '../support/temporary-folder.js'

async function run (body: string): Promise<{ folder: string, result: Record<string, number> }> {
  const folder = temporaryFolder()
  const { ended } = runApplication(folder, `
    import { once } from 'node:events'
    import { transport } from 'pino-rotor'
    const destination = transport({ file: 'app.log', size: false, compress: false, limit: false })
    await once(destination, 'ready')
    // What the stack still refers to is not collected, and memory goes back to the system a little later.
    const mebibytes = async () => { for (let turn = 0; turn < 5; turn++) await gc({ type: 'major', execution: 'async' }); return process.memoryUsage().rss / 1048576 }
    const before = await mebibytes()
    ${body}
    destination.end()
    await once(destination, 'close')
  `, ['--expose-gc'])
  const ending = await ended
  expect(ending).toMatchObject({ code: 0, stderr: '' })
  return { folder, result: JSON.parse(ending.stdout) as Record<string, number> }
}

async function newlinesIn (file: string): Promise<number> {
  let newlines = 0
  for await (const chunk of createReadStream(file, { highWaterMark: 1024 * 1024 }) as AsyncIterable<Buffer>) {
    for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, at + 1)) newlines++
  }
  return newlines
}

test('gives the memory of a line of 300 MB back', async () => {
  const { folder, result } = await run(`
    destination.write('x'.repeat(300_000_000) + '\\n')
    await new Promise((resolve) => destination.flush(resolve))
    console.log(JSON.stringify({ added: await mebibytes() - before }))
  `)
  expect(statSync(join(folder, 'app.log')).size).toBe(300_000_001)
  expect(result['added']).toBeLessThan(80)
})

test('writes a line beyond 2 GiB as one line, in memory that stays flat, and is not ended by its length', async () => {
  const { folder, result } = await run(`
    const piece = Buffer.alloc(4 * 1048576, 'x')
    let peak = 0
    for (let written = 0; written < 2_300; written += 4) {
      if (!destination.write(piece)) await once(destination, 'drain')
      if (written % 100 === 0) peak = Math.max(peak, await mebibytes())
    }
    destination.write('\\n{"after":true}\\n')
    await new Promise((resolve) => destination.flush(resolve))
    console.log(JSON.stringify({ added: peak - before }))
  `)
  expect(statSync(join(folder, 'app.log')).size).toBe(2_300 * 1_048_576 + 1 + 15)
  expect(await newlinesIn(join(folder, 'app.log'))).toBe(2)
  expect(result['added']).toBeLessThan(150)
})
