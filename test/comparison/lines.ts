// What both rivals are fed, and what is looked at afterwards.
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

export interface FileFound {
  readonly name: string
  readonly bytes: number
  /** Whether it ends with a whole line. */
  readonly isWhole: boolean
}

/** A log line of so many bytes, its newline included. */
export function lineOf (bytes: number): string {
  const [before, after] = ['{"level":30,"msg":"', '"}\n']
  return before + 'x'.repeat(bytes - before.length - after.length) + after
}

/** The files of a folder, those that a person would call log files. */
export function logFilesIn (folder: string): FileFound[] {
  return readdirSync(folder).filter((name) => name.endsWith('.log')).map((name) => {
    const content = readFileSync(join(folder, name))
    return { name, bytes: content.length, isWhole: content.length === 0 || content.at(-1) === 0x0a }
  })
}
