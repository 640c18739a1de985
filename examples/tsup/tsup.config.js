const { defineConfig } = require('tsup')

module.exports = defineConfig({
  entry: {
    app: 'src/app.js',
    single: 'src/single.js',
    'pino-rotor-worker': require.resolve('pino-rotor/worker')
  },
  outDir: 'build',
  format: 'cjs',
  splitting: false,
  // tsup leaves dependencies out unless it is told otherwise.
  noExternal: [/.*/]
})
