import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, test } from 'vitest'
import { compiler, packProject, type PackedProject } from './packed-project.js'

let project: PackedProject

beforeAll(() => { project = packProject() })
afterAll(() => { project.remove() })

describe('the types of the packed tarball', () => {
  test.each([
    { moduleResolution: 'nodenext', module: 'nodenext', files: ['types.mts', 'types.cts'] },
    { moduleResolution: 'node16', module: 'node16', files: ['types.mts', 'types.cts'] },
    { moduleResolution: 'bundler', module: 'esnext', files: ['types.ts'] },
    { moduleResolution: 'node10', module: 'commonjs', files: ['types.ts'], ignoreDeprecations: '6.0' }
  ])('accept good options and refuse bad ones under moduleResolution $moduleResolution', ({ files, ...options }) => {
    const source = readFileSync(join(project.folder, 'types.ts'))
    for (const file of files) writeFileSync(join(project.folder, file), source)
    writeFileSync(join(project.folder, 'tsconfig.json'), JSON.stringify({
      compilerOptions: { strict: true, noEmit: true, target: 'es2022', esModuleInterop: true, types: ['node'], ...options },
      files
    }))
    project.node(compiler, '-p', '.')
  }, 60_000)
})
