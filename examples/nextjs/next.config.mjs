export default {
  serverExternalPackages: ['pino', 'pino-rotor', 'thread-stream']
}
