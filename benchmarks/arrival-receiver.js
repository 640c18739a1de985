// A receiver on loopback that counts which numbered lines arrive, whatever protocol carries them. It can be away.
import { once } from 'node:events'
import { createServer } from 'node:http'
import { createServer as createTcpServer } from 'node:net'
import { gunzipSync } from 'node:zlib'

const marker = /arrival-(\d+);/g
/** A marker is shorter. */
const tailLength = 32

export class ArrivalReceiver {
  port = 0
  repeated = 0
  #isTcp
  #server = null
  #sockets = new Set()
  #seen = new Set()

  /** Takes lines over TCP, or any request over HTTP. */
  constructor (isTcp) {
    this.#isTcp = isTcp
  }

  get arrived () {
    return this.#seen.size
  }

  /** Listens, at the same port as before. */
  async start () {
    this.#server = this.#isTcp ? createTcpServer((socket) => { this.#takeLines(socket) }) : createServer((request, response) => { this.#takeRequest(request, response) })
    this.#server.on('connection', (socket) => {
      this.#sockets.add(socket)
      socket.on('error', () => {}).on('close', () => { this.#sockets.delete(socket) })
    })
    this.#server.listen(this.port, '127.0.0.1')
    await once(this.#server, 'listening')
    this.port = this.#server.address().port
  }

  /** Cuts every connection and refuses new ones. */
  async stop () {
    const closed = once(this.#server, 'close')
    this.#server.close()
    for (const socket of this.#sockets) socket.destroy()
    await closed
  }

  #note (text) {
    for (const [, number] of text.matchAll(marker)) {
      if (this.#seen.has(number)) this.repeated++
      else this.#seen.add(number)
    }
  }

  #takeLines (socket) {
    let rest = ''
    socket.on('data', (bytes) => {
      rest += bytes.toString('latin1')
      const end = rest.lastIndexOf(';') + 1
      this.#note(rest.slice(0, end))
      rest = rest.slice(Math.max(end, rest.length - tailLength))
    })
  }

  #takeRequest (request, response) {
    const parts = []
    request.on('data', (bytes) => { parts.push(bytes) }).on('end', () => {
      const bytes = Buffer.concat(parts)
      const text = (request.headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes).toString('latin1')
      this.#note(text)
      response.writeHead(200, { 'Content-Type': 'application/json', 'X-Elastic-Product': 'Elasticsearch' }).end(answerTo(request.url, text))
    })
  }
}

// Elasticsearch's client wants to hear of each document. The others read the status alone.
function answerTo (path, text) {
  if (!path.includes('_bulk')) return '{"version":{"number":"8.19.1","build_flavor":"default"},"tagline":"You Know, for Search"}'
  const items = Array.from({ length: text.trim().split('\n').length / 2 }, () => ({ create: { status: 201 } }))
  return JSON.stringify({ took: 1, errors: false, items })
}
