import { logger } from '../../../logger.js'

export const dynamic = 'force-dynamic'

export async function GET (request) {
  logger.info({ n: Number(new URL(request.url).searchParams.get('n')), url: request.url }, 'handled')
  return Response.json({ ok: true })
}
