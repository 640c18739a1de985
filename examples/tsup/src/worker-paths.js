// Tells pino, thread-stream and pino-rotor where the bundler put what runs in their workers. It must be imported first.
import { join } from 'node:path'

globalThis.__bundlerPathsOverrides = {
  'thread-stream-worker': join(__dirname, 'thread-stream-worker.js'),
  'pino-rotor/worker': join(__dirname, 'pino-rotor-worker.js')
}
