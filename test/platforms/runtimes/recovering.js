// Starts on what a killed process left, and sweeps it.
import rotor from 'pino-rotor'

const stream = await rotor({ file: process.argv[2], size: '20k', limit: false, report: false })
await stream.sweep()
stream.end()
