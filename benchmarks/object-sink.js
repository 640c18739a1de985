// An object store that keeps nothing: it takes each body, and remembers only that the key is taken. It takes what is forwarded, too.
// It prints its address.
import { createServer } from 'node:http'

const taken = new Set()
const serve = (request, response) => {
  const answer = (status) => { response.writeHead(status, { 'Content-Length': 0, ETag: '"e"' }).end() }
  if (request.method === 'POST') return takeLines(request, response)
  if (request.method !== 'PUT') return answer(404)
  if (taken.has(request.url)) return answer(412)
  response.writeContinue()
  request.on('data', () => {})
  request.on('end', () => {
    taken.add(request.url)
    answer(200)
  })
}

// A collector of forwarded lines as well.
const takeLines = (request, response) => {
  request.on('data', () => {}).on('end', () => { response.end('{}') })
}

const server = createServer(serve).on('checkContinue', serve).listen(0, '127.0.0.1', () => {
  process.stdout.write(`http://127.0.0.1:${server.address().port}\n`)
})
