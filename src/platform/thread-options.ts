// How this package starts threads. Preloaded files (`--import`, `-r`, NODE_OPTIONS) belong to the application. In these
// threads they would run again, and a file that calls `transport()` would start a thread in each thread. The threads need
// only Yarn's resolver, and loaders for user modules that are not JavaScript.
import type { WorkerOptions } from 'node:worker_threads'

const preloadFlags = ['--import', '--require', '-r']

/** The options of a thread. `modules`: paths of the user's modules that it loads. */
export function threadOptions (modules: readonly string[]): Pick<WorkerOptions, 'execArgv' | 'env'> {
  const needsLoaders = modules.some((path) => !/\.[cm]?js$/.test(path))
  const isKept = (value: string): boolean => /\.pnp\.c?js$/.test(value) || (needsLoaders && !/^(?:\.{1,2}\/|\/|file:|[a-z]:[\\/])/i.test(value))
  const given = process.execArgv
  const environment = process.env['NODE_OPTIONS']
  const words = environment === undefined ? [] : wordsOf(environment)
  return {
    ...((hasDropped(given, isKept) || given.some(isEntryFlag)) && { execArgv: preloadsOf(given).filter(({ value }) => isKept(value)).flatMap(({ words: kept }) => kept) }),
    ...(hasDropped(words.map(({ text }) => text), isKept) && { env: { ...process.env, NODE_OPTIONS: withoutPreloads(words, isKept) } })
  }
}

/** The flags by which Yarn's Plug'n'Play finds modules, for a thread that needs no others. */
export function resolverFlags (): string[] {
  return flagsOf(process.execArgv, [...preloadFlags, '--loader', '--experimental-loader']).filter(({ value }) => /\.pnp\.(?:c?js|loader\.mjs)$/.test(value)).flatMap(({ words }) => words)
}

// It says how the text of `--eval` is parsed. Node refuses it for a thread with a file.
function isEntryFlag (word: string): boolean {
  return word.startsWith('--input-type')
}

interface Preload { readonly value: string, readonly words: string[], readonly index: number }

function preloadsOf (words: readonly string[]): Preload[] {
  return flagsOf(words, preloadFlags)
}

function flagsOf (words: readonly string[], flags: readonly string[]): Preload[] {
  return words.flatMap((word, index) => {
    if (flags.includes(word)) return [{ value: words[index + 1] ?? '', words: words.slice(index, index + 2), index }]
    const flag = flags.find((name) => word.startsWith(`${name}=`))
    return flag === undefined ? [] : [{ value: word.slice(flag.length + 1), words: [word], index }]
  })
}

function hasDropped (words: readonly string[], isKept: (value: string) => boolean): boolean {
  return preloadsOf(words).some(({ value }) => !isKept(value))
}

function withoutPreloads (words: ReadonlyArray<{ readonly text: string, readonly raw: string }>, isKept: (value: string) => boolean): string {
  const dropped = new Set(preloadsOf(words.map(({ text }) => text)).filter(({ value }) => !isKept(value)).flatMap(({ index, words: { length } }) => length === 2 ? [index, index + 1] : [index]))
  return words.filter((_, index) => !dropped.has(index)).map(({ raw }) => raw).join(' ')
}

// Node separates words by spaces, and allows double quotes around a word with spaces.
function wordsOf (options: string): Array<{ text: string, raw: string }> {
  return [...options.matchAll(/(?:[^\s"]|"(?:\\.|[^"\\])*")+/g)].map(([raw]) => ({ raw, text: raw.replace(/"((?:\\.|[^"\\])*)"/g, (_, quoted: string) => quoted.replace(/\\(.)/g, '$1')) }))
}
