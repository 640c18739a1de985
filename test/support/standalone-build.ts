// Builds files of this folder from src, each into one file without dependencies, as a bundler does.
import { join } from 'node:path'
import { build } from 'tsup'

/** Builds each `NAME.ts` into `NAME.cjs` in the directory, which begins with the banner. */
export async function buildStandalone (names: readonly string[], directory: string, banner = ''): Promise<void> {
  await build({
    config: false,
    silent: true,
    entry: names.map((name) => join(import.meta.dirname, `${name}.ts`)),
    format: 'cjs',
    target: 'node20',
    outDir: directory,
    noExternal: [/.*/],
    splitting: false,
    banner: { js: banner },
    outExtension: () => ({ js: '.cjs' })
  })
}
