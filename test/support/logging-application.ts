// Applications that log through one of the three faces, for tests of what becomes of their lines.
import { keptLines } from './kept.js'

const faces = {
  target: "pino.transport({ target: 'pino-rotor', options })",
  handle: 'transport(options)',
  stream: 'await rotor(options)'
}

export type Face = keyof typeof faces

export const everyFace = Object.keys(faces) as Face[]

const lineCount = 5_000

/** The ids of the lines that `logAll()` writes in an application. */
export const everyId = Array.from({ length: lineCount }, (_, id) => id)

/** A module that opens `app.log` as `destination` and `logger` with the options, an expression, and goes on with the body. */
export function applicationSource (face: Face, options: string, body: string): string {
  return `
    import { once } from 'node:events'
    import { readdirSync } from 'node:fs'
    import pino from 'pino'
    import rotor, { transport } from 'pino-rotor'
    const options = { file: 'app.log', ...${options} }
    const destination = ${faces[face]}
    const logger = pino({ base: null, timestamp: false }, destination)
    const logAll = () => { for (let id = 0; id < ${lineCount}; id++) logger.info({ id }, 'a line of some length') }
    ${body}
  `
}

/** The ids of all lines that the log keeps, in order. */
export function idsIn (file: string): unknown[] {
  return keptLines(file).map((line) => (JSON.parse(line) as { id: unknown }).id)
}
