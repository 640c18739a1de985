import { createServer } from 'node:http'
import pino from 'pino'
import { transport } from 'pino-rotor'

const logger = pino(transport({ file: 'logs/app.log', size: process.env.LOG_SIZE ?? '50m' }))

const server = createServer(({ url }, response) => {
  logger.info({ n: Number(new URL(url, 'http://localhost').searchParams.get('n')), url }, 'handled')
  response.end('ok')
})

server.listen(Number(process.env.PORT ?? 3000), '127.0.0.1', () => console.log('listening'))
process.once('SIGTERM', () => {
  server.close()
  server.closeAllConnections()
})
