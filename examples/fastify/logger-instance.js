// With a logger of one's own: the handle tells what happens to the files, and takes requests.
import Fastify from 'fastify'
import pino from 'pino'
import { transport } from 'pino-rotor'

const destination = transport({ file: 'logs/app.log', size: process.env.LOG_SIZE ?? '50m' })
destination.on('rotated', ({ archive, reason }) => { console.log(`rotated (${reason}): ${archive}`) })

const app = Fastify({ loggerInstance: pino(destination) })

app.get('/', async (request) => {
  request.log.info({ n: Number(request.query.n) }, 'handled')
  return { ok: true }
})

process.once('SIGTERM', () => app.close())
await app.listen({ port: Number(process.env.PORT ?? 3000), host: '127.0.0.1' })
