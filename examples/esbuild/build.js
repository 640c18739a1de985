const { build } = require('esbuild')
const { esbuildPluginPino } = require('esbuild-plugin-pino')

build({
  entryPoints: ['src/app.js', 'src/single.js', 'src/target.js'],
  outdir: 'build',
  bundle: true,
  platform: 'node',
  // The first name is for pino.transport({ target: 'pino-rotor' }), the second for transport().
  plugins: [esbuildPluginPino({ transports: ['pino-rotor', 'pino-rotor/worker'] })]
})
