export default {
  serverExternalPackages: ['pino-rotor']
}
