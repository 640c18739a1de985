import cluster from 'node:cluster'
import { createServer } from 'node:http'
import pino from 'pino'
import { transport } from 'pino-rotor'

if (cluster.isPrimary) startWorkers(Number(process.env.WORKERS ?? 3))
else serve()

function startWorkers (count) {
  for (let i = 0; i < count; i++) cluster.fork()
  // Lets every worker finish; a signal sent to them would end them at once.
  process.once('SIGTERM', () => cluster.disconnect())
}

function serve () {
  const logger = pino(transport({ file: 'logs/app.log', size: process.env.LOG_SIZE ?? '50m' }))
  const server = createServer(({ url }, response) => {
    logger.info({ n: Number(new URL(url, 'http://localhost').searchParams.get('n')), url }, 'handled')
    response.end('ok')
  })
  server.listen(Number(process.env.PORT ?? 3000), '127.0.0.1')
}
