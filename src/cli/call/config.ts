// Reads the application's own options, from a JSON file or a module's default export.
import { readFile } from 'node:fs/promises'
import { extname, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { errnoOf } from '../../disk/errno.js'
import { jsonFaultIndex } from './json-fault.js'
import { UsageError } from './usage-error.js'
import { isError } from '../../errors.js'

/** Reads the options object at the path. Throws a UsageError that names the place of a syntax error. */
export async function readConfig (path: string): Promise<Record<string, unknown>> {
  const config = extname(path) === '.json' ? parseJson(path, await readText(path)) : await importDefault(path)
  if (typeof config === 'object' && config !== null && !Array.isArray(config)) return { ...config }
  throw new UsageError(`${path} must contain the options as an object, such as { "file": "logs/app.log" }`)
}

async function readText (path: string): Promise<string> {
  try {
    const text = await readFile(path, 'utf8')
    return text.startsWith('\ufeff') ? text.slice(1) : text
  } catch (error) {
    throw unreadable(path, error)
  }
}

function parseJson (path: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    const before = text.slice(0, jsonFaultIndex(text)).split('\n')
    const why = String(isError(error) ? error.message : error).replace(/(,? "[^]*?"| in JSON).*$/, '')
    throw new UsageError(`${path}:${before.length}:${(before.at(-1) ?? '').length + 1}: invalid JSON: ${why}`)
  }
}

async function importDefault (path: string): Promise<unknown> {
  await readText(path)
  let module: object
  try {
    module = await import(pathToFileURL(resolve(path)).href) as object
  } catch (error) {
    throw new UsageError(error instanceof SyntaxError ? await syntaxFault(path, error) : `${path} cannot be loaded: ${firstLine(error)}`)
  }
  if ('default' in module) return module.default
  throw new UsageError(`${path} has no default export: write "export default { file: 'logs/app.log' }"`)
}

// Node tells the place of a syntax error only when it prints the error: FILE:LINE, the line, and a mark below it.
async function syntaxFault (path: string, error: SyntaxError): Promise<string> {
  const lines = (await printedFault(path)).split('\n')
  const line = /:(\d+)$/.exec(lines[0] ?? '')?.[1]
  const column = (lines.find((text) => /^\s*\^+\s*$/.test(text)) ?? '').indexOf('^') + 1
  const place = line === undefined || column === 0 ? path : `${path}:${line}:${column}`
  return `${place}: ${error.message}`
}

async function printedFault (path: string): Promise<string> {
  const { execFile } = await import('node:child_process')
  return await new Promise((resolve) => {
    execFile(process.execPath, ['--check', path], (_error, _stdout, stderr) => { resolve(stderr) })
  })
}

function unreadable (path: string, error: unknown): UsageError {
  switch (errnoOf(error)) {
    case 'ENOENT': return new UsageError(`${path} does not exist (--config takes the path of a JSON file or a module)`)
    case 'EISDIR': return new UsageError(`${path} is a folder (--config takes the path of a JSON file or a module)`)
    case 'EACCES': return new UsageError(`this user may not read ${path}: run the command as the user of the application`)
    default: return new UsageError(`${path} cannot be read: ${firstLine(error)}`)
  }
}

function firstLine (error: unknown): string {
  return String(isError(error) ? error.message : error).split('\n')[0] ?? ''
}
