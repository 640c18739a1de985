// The usual way: Fastify makes the logger, pino loads the target in a worker.
import Fastify from 'fastify'

const app = Fastify({
  logger: {
    transport: { target: 'pino-rotor', options: { file: 'logs/app.log', size: process.env.LOG_SIZE ?? '50m' } }
  }
})

app.get('/', async (request) => {
  request.log.info({ n: Number(request.query.n) }, 'handled')
  return { ok: true }
})

process.once('SIGTERM', () => app.close())
await app.listen({ port: Number(process.env.PORT ?? 3000), host: '127.0.0.1' })
