// A server whose log options stand in a file of their own, so that the command line can read the same ones.
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import pino from 'pino'
import { transport } from 'pino-rotor'

const destination = transport(JSON.parse(readFileSync('pino-rotor.json', 'utf8')))
const logger = pino(destination)
const server = createServer((request, response) => {
  logger.info({ method: request.method, url: request.url }, 'request')
  response.end('hello')
})
server.listen(process.env.PORT ?? 3000, () => { logger.info({ port: server.address().port }, 'listening') })

process.once('SIGTERM', async () => {
  server.close()
  server.closeAllConnections()
  const closed = once(destination, 'close')
  destination.end()
  await closed
})
