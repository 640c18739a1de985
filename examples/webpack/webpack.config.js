const { join } = require('node:path')
const { PinoWebpackPlugin } = require('pino-webpack-plugin')

module.exports = {
  mode: 'production',
  target: 'node',
  entry: { app: './src/app.js', single: './src/single.js', target: './src/target.js' },
  // The parts of pino-rotor that load later are compiled for each entry, so their names tell what is in them.
  output: { path: join(__dirname, 'build'), filename: '[name].js', chunkFilename: '[name].[contenthash].js' },
  // The first name is for pino.transport({ target: 'pino-rotor' }), the second for transport().
  plugins: [new PinoWebpackPlugin({ transports: ['pino-rotor', 'pino-rotor/worker'] })]
}
