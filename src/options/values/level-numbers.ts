// The numbers of a logger's levels by name. A logger may have levels of its own, and pino tells their names to a transport.

export type LevelNumbers = Readonly<Record<string, number>>

/** Takes the levels out of what pino told; none from anything else. */
export function levelNumbersIn (raw: unknown): LevelNumbers {
  if (typeof raw !== 'object' || raw === null) return {}
  return Object.fromEntries(Object.entries(raw).filter((entry): entry is [string, number] => typeof entry[1] === 'number' && Number.isFinite(entry[1])))
}
