// Tells pino-rotor where the bundler put what runs in its worker. It must be imported first.
import { join } from 'node:path'

globalThis.__bundlerPathsOverrides = {
  'pino-rotor/worker': join(__dirname, 'pino-rotor-worker.js')
}
