// Logs numbered lines until it is killed, and notes in a journal which of them were flushed.
import { openSync, writeSync } from 'node:fs'
import { setImmediate } from 'node:timers/promises'
import pino from 'pino'
import rotor, { transport } from 'pino-rotor'

const [file, journal, first, face] = process.argv.slice(2)
const options = { file, size: '20k', limit: false, report: false }
const destination = face === 'worker' ? transport(options) : await rotor(options)
const logger = pino(destination)
const descriptor = openSync(journal, 'a')
for (let i = Number(first); ; i += 20) {
  for (let offset = 0; offset < 20; offset++) logger.info({ i: i + offset })
  destination.flushSync()
  writeSync(descriptor, Array.from({ length: 20 }, (_, offset) => `${i + offset}\n`).join(''))
  await setImmediate()
}
