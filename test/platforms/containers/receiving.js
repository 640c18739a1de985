// A receiver of OTLP in a container: it notes the number in each record, and prints the numbers once so many have come.
import { createServer } from 'node:http'
import { gunzipSync } from 'node:zlib'

const wanted = Number(process.argv[2])
const numbers = []
createServer(async (request, response) => {
  const text = gunzipSync(Buffer.concat(await request.toArray())).toString()
  numbers.push(...[...text.matchAll(/"key":"i","value":\{"intValue":"(\d+)"/g)].map(([, number]) => Number(number)))
  response.end('{}', () => {
    if (numbers.length < wanted) return
    console.log(JSON.stringify(numbers))
    process.exit(0)
  })
}).listen(4318, '127.0.0.1')
