import { defineConfig } from 'tsup'

export default defineConfig([
  {
    entry: { index: 'src/index.ts', worker: 'src/worker/worker.ts' },
    format: ['esm', 'cjs'],
    target: 'node20',
    dts: { entry: 'src/index.ts', compilerOptions: { ignoreDeprecations: '6.0' } },
    clean: ['!cli*'],
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
    entry: { cli: 'src/cli/main.ts' },
    format: 'esm',
    target: 'node20',
    clean: ['!index*', '!worker*'],
    // Each command is a file of its own, so that one is called without loading the others.
    splitting: true,
    noExternal: ['valibot'],
    esbuildOptions (options) { options.chunkNames = 'cli-[name]-[hash]' }
  }
])
