import { relative, resolve } from 'node:path'
import { defineConfig, type Options } from 'tsup'
import { buildWebPage } from './web-page.config.js'

/** What a worker loads only where an option asks for it. Each is an entry of its own, and the others import it by its built name. */
const optionalParts = {
  upload: 'src/lifecycle/uploading/uploader.ts',
  forward: 'src/lifecycle/forwarding/forwarder.ts',
  'forward-threaded': 'src/lifecycle/forwarding/threaded-forwarder.ts',
  metrics: 'src/lifecycle/metrics/metrics-file.ts',
  'unsent-lines': 'src/lifecycle/survey/unsent-lines.ts',
  'failure-record': 'src/lifecycle/failures/failure-record.ts'
}

const loadOptionalPartsLate: NonNullable<Options['esbuildPlugins']>[number] = {
  name: 'optional-parts',
  setup (build) {
    build.onResolve({ filter: /^\./ }, ({ path, resolveDir, kind }) => {
      const source = relative(import.meta.dirname, resolve(resolveDir, path)).replace(/\.js$/, '.ts')
      const part = Object.entries(optionalParts).find(([, file]) => file === source)
      return part === undefined || kind !== 'dynamic-import' ? undefined : { path: `./${part[0]}.js`, external: true }
    })
  }
}

export default defineConfig([
  {
    entry: { index: 'src/index.ts', worker: 'src/worker/worker.ts' },
    esbuildPlugins: [loadOptionalPartsLate],
    format: ['esm', 'cjs'],
    target: 'node20',
    dts: { entry: 'src/index.ts', compilerOptions: { ignoreDeprecations: '6.0' } },
    clean: ['!cli*', '!reading-thread*', '!query-process*', '!server-thread*', '!web-page*', ...Object.keys(optionalParts).map((name) => `!${name}*`)],
    // Each file stands alone, so that a bundler may copy the worker by itself.
    splitting: false,
    noExternal: ['valibot'],
    // tsup's own shim for import.meta.url fails under jsdom and in folders with a '#' or '%' in their name.
    esbuildOptions (options, { format }) {
      if (format !== 'cjs') return
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
    clean: ['!index*', '!worker*', '!web-page*'],
    // Each command and each optional part is a file of its own, so that one is loaded without the others. What they share is there once.
    splitting: true,
    noExternal: ['valibot'],
    esbuildOptions (options) {
      options.chunkNames = 'cli-[name]-[hash]'
      // Names stay, so that a stack says where it is.
      options.minifyWhitespace = true
    },
    onSuccess: buildWebPage
  }
])
