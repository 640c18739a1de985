// The application of the demo: a small Fastify server with Fastify's own request logging. Only the destination of its
// logger is special.
// @ts-check
import Fastify from 'fastify'
import pino from 'pino'

/**
 * Starts the server on a free port of the loopback interface.
 *
 * @param {import('pino-rotor').Transport} destination
 * @param {import('./record.js').Record} record notes each line that pino passes to the destination, and each request
 */
export async function startServer (destination, record) {
  const logger = pino({ hooks: { streamWrite: (line) => record.logged(line) } }, destination)
  const app = Fastify({ loggerInstance: logger })

  app.get('/orders/:id', async (request) => {
    const { id } = /** @type {{ id: string }} */ (request.params)
    request.log.info({ order: id, customer: 'Zoë Müller', total: '12,50 €' }, 'order read')
    return { id, state: 'paid' }
  })
  app.post('/orders', async (request, reply) => {
    const { items } = /** @type {{ items: string[] }} */ (request.body)
    reply.code(201)
    return { items: items.length }
  })
  app.addHook('onResponse', async (request) => { record.served(request.id) })

  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  return { url, close: () => app.close() }
}
