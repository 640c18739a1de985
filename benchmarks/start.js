// How long a start takes beside few archives and beside many, until the first line is in the file.
import { join } from 'node:path'
import { folderWithArchives } from './archives.js'

const starters = {
  'pino-rotor': async (file) => (await import('pino-rotor')).default({ file, size: '50m', limit: { count: false, age: false }, report: false }),
  'pino-roll': async (file) => (await import('pino-roll')).default({ file, size: '50m' }),
  'pino/file': async (file) => (await import('pino/file.js')).default({ destination: file })
}

async function measure ({ scenario: { archives }, contestant, folder }) {
  const logs = folderWithArchives(folder, archives, contestant)
  await starters[contestant](join(folder, 'elsewhere.log')) // loads what is to be loaded
  const startedMs = performance.now()
  const stream = await starters[contestant](join(logs, 'app.log'))
  stream.write('{"level":30,"msg":"first"}\n')
  const startMs = performance.now() - startedMs
  stream.destroy()
  return { startMs }
}

export default {
  name: 'start',
  title: 'Start: until the first line is in the file, beside many archives',
  ours: ['pino-rotor'],
  metrics: { startMs: 'ms' },
  scenarios: (quick) => (quick ? [10, 100] : [10, 1_000, 100_000]).map((archives) => (
    { name: `beside ${archives.toLocaleString('en')} archives`, contestants: Object.keys(starters), archives }
  )),
  targets: () => [],
  measure
}
