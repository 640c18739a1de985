// The time that a log line says it is from: pino's `time`, in whichever of its formats.

/** What pino writes at the start of a line unless it is told otherwise: then nothing else needs to be read. */
const usualStart = /^\{"level":(?:\d+|"[^"\\]*"),"time":(?:(\d+(?:\.\d+)?)|"([^"\\]*)")/
const startLength = 160
/** pino can write seconds (`unixTime`) and nanoseconds (`epochNano`) too. As milliseconds these are years far from any log's. */
const secondsMin = 1e8
const secondsMax = 1e11
const nanosecondsMin = 1e16

/** Reads the time of a line in milliseconds since the epoch; null where it has none that can be read. */
export function lineTime (line: Buffer): number | null {
  const start = line.toString('latin1', 0, startLength)
  const [usual, epoch, text] = usualStart.exec(start) ?? []
  if (usual !== undefined) return timeFrom(epoch === undefined ? text : Number(epoch))
  return start.startsWith('{') ? timeFrom(timeField(line)) : null
}

function timeField (line: Buffer): unknown {
  try {
    return (JSON.parse(line.toString()) as { readonly time?: unknown }).time
  } catch {
    return undefined // Not every line is JSON: a stack trace, a torn line.
  }
}

function timeFrom (value: unknown): number | null {
  if (typeof value === 'string') {
    const atMs = Date.parse(value)
    return Number.isNaN(atMs) ? null : atMs
  }
  if (typeof value !== 'number') return null
  if (value >= nanosecondsMin) return value / 1e6
  return value >= secondsMin && value < secondsMax ? value * 1000 : value
}
