// Formats lines with pino-pretty, if it is installed.
import { errnoOf } from '../../disk/errno.js'
import { UsageError } from '../call/usage-error.js'
import type { Face } from './face.js'

const newline = 0x0a

/** Loads pino-pretty and returns a function that formats lines. Throws a UsageError if it is not installed. */
export async function prettyPrinter ({ isTerminal, paint }: Pick<Face, 'isTerminal' | 'paint'>): Promise<(lines: Buffer) => string> {
  const { prettyFactory } = await load()
  const print = prettyFactory({ colorize: isTerminal && paint('bold', '') !== '' })
  return (lines) => {
    const texts: string[] = []
    for (let start = 0; start < lines.length;) {
      const found = lines.indexOf(newline, start)
      const end = found === -1 ? lines.length : found
      texts.push(print(lines.toString('utf8', start, end)))
      start = end + 1
    }
    return texts.join('')
  }
}

async function load (): Promise<typeof import('pino-pretty')> {
  try {
    const module = await import('pino-pretty')
    return module.default
  } catch (error) {
    if (errnoOf(error) !== 'ERR_MODULE_NOT_FOUND') throw error
    throw new UsageError('--pretty needs pino-pretty, which is not installed: npm install pino-pretty')
  }
}
