'use strict'
const { createServer } = require('node:http')
const pino = require('pino')
const { transport } = require('pino-rotor')

const logger = pino(transport({ file: 'logs/app.log', size: process.env.LOG_SIZE ?? '50m' }))

const server = createServer(({ url }, response) => {
  logger.info({ n: Number(new URL(url, 'http://localhost').searchParams.get('n')), url }, 'handled')
  response.end('ok')
})

server.listen(Number(process.env.PORT ?? 3000), '127.0.0.1')

// PM2 asks with SIGINT and keeps a channel to each instance open, which would keep the process.
process.once('SIGINT', () => server.close(() => process.exit()))
