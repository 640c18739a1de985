// Runs once in each server, before the first request, and not in the edge runtime, which has no files.
export async function register () {
  if (process.env.NEXT_RUNTIME !== 'nodejs') return
  const { logger } = await import('./logger.js')
  logger.info('the server has started')
}
