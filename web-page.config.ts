// Builds the page of `pino-rotor web` into one HTML file: style and script stand in it, so that it needs nothing from elsewhere.
import { readFile, writeFile } from 'node:fs/promises'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'

const source = 'src/web/page'
const target = 'dist/web-page.html'
const gzippedBytesMax = 60 * 1024

/** Writes dist/web-page.html. Rejects if it is larger than promised. */
export async function buildWebPage (): Promise<void> {
  const { outputFiles } = await build({
    entryPoints: { page: `${source}/main.ts`, style: `${source}/styles/page.css` },
    bundle: true,
    minify: true,
    write: false,
    outdir: 'dist',
    format: 'iife',
    target: ['chrome115', 'firefox115', 'safari16.4'],
    legalComments: 'none',
    logLevel: 'warning'
  })
  const textOf = (ending: string): string => outputFiles.find(({ path }) => path.endsWith(ending))?.text.trim() ?? ''
  const frame = await readFile(`${source}/page.html`, 'utf8')
  // A function as the replacement, because the code may have `$&` in it.
  const page = frame
    .replace('<style></style>', () => `<style>${textOf('.css')}</style>`)
    .replace('<script></script>', () => `<script>${textOf('.js')}</script>`)
  const gzippedBytes = gzipSync(page).length
  if (gzippedBytes > gzippedBytesMax) throw new Error(`${target} has ${gzippedBytes} bytes gzipped, more than ${gzippedBytesMax}`)
  await writeFile(target, page)
}
