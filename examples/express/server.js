import express from 'express'
import pino from 'pino'
import { pinoHttp } from 'pino-http'
import { transport } from 'pino-rotor'

const logger = pino(transport({ file: 'logs/app.log', size: process.env.LOG_SIZE ?? '50m' }))

const app = express()
app.use(pinoHttp({ logger }))
app.get('/', (request, response) => {
  request.log.info({ n: Number(request.query.n) }, 'handled')
  response.json({ ok: true })
})

const server = app.listen(Number(process.env.PORT ?? 3000), '127.0.0.1')
process.once('SIGTERM', () => server.close())
