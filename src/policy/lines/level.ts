// The level of a line, by name or number. Lines may use either.
import { pinoLevels } from '../../pino-levels.js'

/** Other loggers write `warning`. */
const levelNumbers: Readonly<Record<string, number>> = { ...pinoLevels, warning: pinoLevels.warn }

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
