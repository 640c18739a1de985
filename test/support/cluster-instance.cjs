// An application as a cluster runs it, PM2's or Node's own: every instance logs to the same file, and is done when all is written.
const { writeFileSync } = require('node:fs')
const pino = require('pino')
const { transport } = require('pino-rotor')

const { file, done, lines } = JSON.parse(process.env.ROTOR_JOB)
const name = `instance${process.env.NODE_APP_INSTANCE}`
const destination = transport({ file, size: '64k', limit: { count: false, age: false }, report: false })
const logger = pino({ base: { writer: name }, timestamp: false }, destination)

let number = 0
function logSome () {
  for (let count = 0; count < 20 && number < lines; count++) logger.info({ number: ++number, pad: 'x'.repeat(100) })
  if (number < lines) setImmediate(logSome)
  else destination.flush(() => { writeFileSync(`${done}.${name}`, '') })
}
logSome()

// What an instance is kept for.
setInterval(() => {}, 60_000)
