// pino's levels by name and number. Lines may use either.

/** The numbers of pino's default levels. */
const levelNumbers: Readonly<Record<string, number>> = { trace: 10, debug: 20, info: 30, warn: 40, warning: 40, error: 50, fatal: 60 }

/** The number of a line's level: a number, a name among `own`, or pino's name in any case; NaN for anything else. */
export function levelOf (value: unknown, own: Readonly<Record<string, number>> = {}): number {
  if (typeof value === 'number') return value
  if (typeof value === 'string' && Object.hasOwn(own, value)) return own[value] ?? NaN
  return typeof value === 'string' ? levelNumber(value) ?? NaN : NaN
}

/** The number of a level that pino names; null for another name. */
export function levelNumber (name: string): number | null {
  const lower = name.toLowerCase()
  return Object.hasOwn(levelNumbers, lower) ? levelNumbers[lower] ?? null : null
}

/** The name of a default level; null for another number. */
export function levelName (number: number): string | null {
  return Object.keys(levelNumbers).find((name) => levelNumbers[name] === number) ?? null
}
