// Logs 500 lines through the target and ends.
import pino from 'pino'

const logger = pino({ transport: { target: 'pino-rotor', options: { file: process.argv[2] } } })
for (let i = 0; i < 500; i++) logger.info({ i })
