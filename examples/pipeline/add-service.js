// A transform for a pino pipeline: takes each line as an object, and hands it on with one field more.
import { pipeline, Transform } from 'node:stream'
import build from 'pino-abstract-transport'

export default async function addService ({ service }) {
  return build((source) => {
    const transform = new Transform({
      autoDestroy: true,
      objectMode: true,
      transform (line, _encoding, done) {
        // The newline ends the line. Without it, the next line would be taken for its rest.
        done(null, `${JSON.stringify({ ...line, service })}\n`)
      }
    })
    pipeline(source, transform, () => {})
    return transform
  }, { enablePipelining: true })
}
