// What the benchmarks log: a request line as an HTTP server writes it, some 340 bytes long with pino's own fields, and the
// same lines ready made for what is fed files or chunks. The numbers come from a small generator, so every run is alike.

const paths = ['/api/v1/orders', '/api/v1/orders/items', '/api/v1/users/profile', '/health', '/api/v1/search']
const methods = ['GET', 'GET', 'GET', 'POST', 'PUT']

/** Makes numbers that look random and are the same in every run. */
export function numbers (seed = 1) {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state
  }
}

/** The fields of one request. */
export function request (next) {
  const id = next()
  return {
    reqId: `req-${id.toString(36)}`,
    req: { method: methods[id % 5], url: `${paths[(id >>> 8) % 5]}/${id % 10_000}`, host: 'shop.example.com', remoteAddress: `10.0.${id >>> 24}.${(id >>> 16) & 255}`, remotePort: 1024 + id % 60_000 },
    res: { statusCode: id % 97 === 0 ? 500 : 200, contentLength: id % 20_000 },
    responseTime: (id % 100_000) / 1000
  }
}

/** Whole lines, at least that many bytes of them. */
export function logText (bytes) {
  const next = numbers()
  const parts = []
  for (let made = 0, number = 0; made < bytes; number++) {
    const fields = { level: 30, time: 1_790_000_000_000 + number * 3, pid: 4242, hostname: 'web-7', ...request(next), msg: 'request completed' }
    const line = JSON.stringify(fields) + '\n'
    parts.push(line)
    made += line.length
  }
  return Buffer.from(parts.join(''))
}
