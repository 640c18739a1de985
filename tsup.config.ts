import { relative, resolve } from 'node:path'
import { defineConfig, type Options } from 'tsup'
import { buildWebPage } from './web-page.config.js'

/** The program with `cat` alone: one file, which loads sooner than many. */
const catProgram = { 'cat-program': 'src/cli/cat-program.ts' }

/** What a worker loads only where an option asks for it. Each is an entry of its own, and the others import it by its built name. */
const optionalParts = {
  upload: 'src/lifecycle/uploading/uploader.ts',
  forward: 'src/lifecycle/forwarding/forwarder.ts',
  'forward-threaded': 'src/lifecycle/forwarding/threaded-forwarder.ts',
  metrics: 'src/lifecycle/metrics/metrics-file.ts',
  'unsent-lines': 'src/lifecycle/survey/unsent-lines.ts',
  'failure-record': 'src/lifecycle/failures/failure-record.ts'
}

/** Leaves entries that another build makes to it. They are loaded when they are used. */
function builtElsewhere (entries: Readonly<Record<string, string>>): NonNullable<Options['esbuildPlugins']>[number] {
  return {
    name: 'built-elsewhere',
    setup (build) {
      build.onResolve({ filter: /^\./ }, ({ path, resolveDir, kind }) => {
        const source = relative(import.meta.dirname, resolve(resolveDir, path)).replace(/\.js$/, '.ts')
        const entry = Object.entries(entries).find(([, file]) => file === source)
        return entry === undefined || kind !== 'dynamic-import' ? undefined : { path: `./${entry[0]}.js`, external: true }
      })
    }
  }
}

// Names stay, so that a stack says where it is. Lines stay short, since Node prints the whole line that threw what nothing caught.
const withoutSpace: NonNullable<Options['esbuildOptions']> = (options) => {
  options.minifyWhitespace = true
  options.lineLimit = 200
}

export default defineConfig([
  {
    entry: { index: 'src/index.ts', worker: 'src/worker/worker.ts' },
    esbuildPlugins: [builtElsewhere(optionalParts)],
    format: ['esm', 'cjs'],
    target: 'node20',
    dts: { entry: 'src/index.ts', compilerOptions: { ignoreDeprecations: '6.0' } },
    clean: ['!cli*', '!reading-thread*', '!query-process*', '!server-thread*', '!web-page*', ...Object.keys({ ...optionalParts, ...catProgram }).map((name) => `!${name}*`)],
    // Each file stands alone, so that a bundler may copy the worker by itself.
    splitting: false,
    noExternal: ['valibot'],
    // tsup's own shim for import.meta.url fails under jsdom and in folders with a '#' or '%' in their name.
    esbuildOptions (options, context) {
      withoutSpace(options, context)
      if (context.format !== 'cjs') return
      options.define = { ...options.define, 'import.meta.url': 'importMetaUrl' }
      options.banner = { js: "'use strict'; const importMetaUrl = require('node:url').pathToFileURL(__filename).href;" }
      // `require` gives the target function itself, as transports in CommonJS do, with everything else on it.
      options.footer = { js: "if (module.exports.default) module.exports = Object.defineProperty(Object.assign(module.exports.default, module.exports), '__esModule', { value: true });" }
    }
  },
  {
    entry: { ...optionalParts, cli: 'src/cli/main.ts', 'reading-thread': 'src/reading/scan/reading-thread.ts', 'forwarding-thread': 'src/lifecycle/forwarding/forwarding-thread.ts', 'query-process': 'src/cli/commands/web/query-process.ts', 'server-thread': 'src/cli/commands/web/server-thread.ts' },
    format: 'esm',
    target: 'node20',
    esbuildPlugins: [builtElsewhere(catProgram)],
    clean: ['!index*', '!worker*', '!web-page*', '!cat-program*'],
    // Each command and each optional part is a file of its own, so that one is loaded without the others. What they share is there once.
    splitting: true,
    noExternal: ['valibot'],
    esbuildOptions (options, context) {
      options.chunkNames = 'cli-[name]-[hash]'
      withoutSpace(options, context)
    },
    onSuccess: buildWebPage
  },
  {
    entry: catProgram,
    esbuildPlugins: [builtElsewhere(optionalParts)],
    format: 'esm',
    target: 'node20',
    splitting: false,
    noExternal: ['valibot'],
    esbuildOptions: withoutSpace
  }
])
