// Looks at every log of a folder, a few at a time. A folder may have thousands of logs, and each look opens files and lists the folder.

const looksAtOnce = 4

/** Resolves to what the look at each log tells, in the order of the logs. */
export async function eachLog<Log, Seen> (logs: readonly Log[], look: (log: Log) => Promise<Seen>): Promise<Seen[]> {
  const seen: Seen[] = []
  const rest = logs.entries()
  const lookAtRest = async (): Promise<void> => {
    for (const [index, log] of rest) seen[index] = await look(log)
  }
  await Promise.all(Array.from({ length: looksAtOnce }, lookAtRest))
  return seen
}
