const { join } = require('node:path')
const { PinoWebpackPlugin } = require('pino-webpack-plugin')

module.exports = {
  mode: 'production',
  target: 'node',
  entry: { app: './src/app.js', single: './src/single.js', target: './src/target.js' },
  output: { path: join(__dirname, 'build'), filename: '[name].js' },
  // The first name is for pino.transport({ target: 'pino-rotor' }), the second for transport().
  plugins: [new PinoWebpackPlugin({ transports: ['pino-rotor', 'pino-rotor/worker'] })]
}
