// The users of the demo: autocannon over loopback, with a mix of requests that succeed and requests that fail.
// @ts-check
import autocannon from 'autocannon'

/** @typedef {{ answered: number, p99Ms: number }} Load */

const requests = [
  { path: '/orders/1017' },
  { path: '/orders/1018?with=items' },
  { method: 'POST', path: '/orders', headers: { 'content-type': 'application/json' }, body: '{"items":["tea","cups"]}' },
  { path: '/no/such/page' }
]

/**
 * Sends `amount` requests over 20 connections. Resolves when all have been answered.
 *
 * @param {string} url
 * @param {number} amount
 * @returns {Promise<Load>}
 */
export async function sendRequests (url, amount) {
  const { requests: { total }, latency, errors } = await autocannon({ url, amount, connections: 20, requests })
  if (errors > 0) throw new Error(`${errors} requests were not answered`)
  return { answered: total, p99Ms: latency.p99 }
}
