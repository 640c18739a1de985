// The names of the logs on the page and in its links: the file's name alone, if no other log has it.
import type { LogsAnswer } from '../../answer-shapes.js'

/** The answer with each log under its shortest name that no other log has. */
export function withShortNames (answer: LogsAnswer): LogsAnswer {
  const nameOf = (file: string): string => file.split(/[/\\]/).at(-1) ?? file
  const counts = new Map<string, number>()
  for (const { file } of answer.logs) counts.set(nameOf(file), (counts.get(nameOf(file)) ?? 0) + 1)
  return { ...answer, logs: answer.logs.map((log) => counts.get(nameOf(log.file)) === 1 ? { ...log, file: nameOf(log.file) } : log) }
}
