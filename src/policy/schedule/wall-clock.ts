// Converts between instants and the readings of a zone's clocks. A reading is represented by the instant when the clocks of
// UTC show the same, so calendar arithmetic is plain arithmetic. Intl costs microseconds a call, and a sweep may ask about
// 100,000 names. So the zone's offsets are remembered by day.

interface Zone {
  readonly format: Intl.DateTimeFormat
  /** The offset at midnight UTC, by days since the epoch. */
  readonly offsetsMs: Map<number, number>
}

const secondMs = 1_000
const dayMs = 86_400_000
const zonesMax = 64
const offsetsMax = 8_192
const zones = new Map<string, Zone>()

/** What the zone's clocks show at an instant, in whole seconds. */
export function wallClock (atMs: number, timezone: string): number {
  const wholeMs = Math.floor(atMs / secondMs) * secondMs
  return timezone === 'UTC' ? wholeMs : readClock(wholeMs, zoneOf(timezone).format)
}

/**
 * The first instant when the zone's clocks show this reading, or a later one if they skip it. If they show it twice, it is
 * the earlier instant.
 */
export function instantOf (wallMs: number, timezone: string): number {
  return instantsOf(wallMs, timezone)[0]
}

/** The last instant when the zone's clocks show this reading, or a later one if they skip it. */
export function lastInstantOf (wallMs: number, timezone: string): number {
  return instantsOf(wallMs, timezone)[1]
}

// The first and the last instant of a reading.
function instantsOf (wallMs: number, timezone: string): [firstMs: number, lastMs: number] {
  if (timezone === 'UTC') return [wallMs, wallMs]
  const zone = zoneOf(timezone)
  const day = Math.floor(wallMs / dayMs)
  // No zone is further than 14 hours from UTC, and none moves its clocks there and back within three days.
  const beforeMs = offsetAt(day - 1, zone)
  const afterMs = offsetAt(day + 2, zone)
  if (beforeMs === afterMs) return [wallMs - beforeMs, wallMs - beforeMs]
  const wholeMs = Math.floor(wallMs / secondMs) * secondMs
  const [firstMs, lastMs] = instantsBesideChange(wholeMs, beforeMs, afterMs, zone)
  return [firstMs + wallMs - wholeMs, lastMs + wallMs - wholeMs]
}

function instantsBesideChange (wallMs: number, beforeMs: number, afterMs: number, zone: Zone): [firstMs: number, lastMs: number] {
  const earlierMs = wallMs - Math.max(beforeMs, afterMs)
  const laterMs = wallMs - Math.min(beforeMs, afterMs)
  const showing = [earlierMs, laterMs].filter((atMs) => readClock(atMs, zone.format) === wallMs)
  const firstMs = showing[0] ?? endOfGap(wallMs, earlierMs, laterMs, zone)
  return [firstMs, showing[1] ?? firstMs]
}

function endOfGap (wallMs: number, beforeMs: number, afterMs: number, zone: Zone): number {
  let lastBeforeMs = beforeMs
  let firstAfterMs = afterMs
  while (firstAfterMs - lastBeforeMs > secondMs) {
    const middleMs = lastBeforeMs + Math.floor((firstAfterMs - lastBeforeMs) / 2 / secondMs) * secondMs
    if (readClock(middleMs, zone.format) < wallMs) lastBeforeMs = middleMs
    else firstAfterMs = middleMs
  }
  return firstAfterMs
}

function offsetAt (day: number, zone: Zone): number {
  const known = zone.offsetsMs.get(day)
  if (known !== undefined) return known
  const offsetMs = readClock(day * dayMs, zone.format) - day * dayMs
  if (zone.offsetsMs.size >= offsetsMax) zone.offsetsMs.clear()
  zone.offsetsMs.set(day, offsetMs)
  return offsetMs
}

function readClock (atMs: number, format: Intl.DateTimeFormat): number {
  const fields = { year: 0, month: 0, day: 0, hour: 0, minute: 0, second: 0 }
  for (const { type, value } of format.formatToParts(atMs)) {
    if (type in fields) fields[type as keyof typeof fields] = Number(value)
  }
  return Date.UTC(fields.year, fields.month - 1, fields.day, fields.hour, fields.minute, fields.second)
}

function zoneOf (timezone: string): Zone {
  const known = zones.get(timezone)
  if (known !== undefined) return known
  const zone: Zone = { format: clockFormat(timezone), offsetsMs: new Map() }
  if (zones.size >= zonesMax) zones.clear()
  zones.set(timezone, zone)
  return zone
}

function clockFormat (timezone: string): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat('en-US-u-ca-gregory-nu-latn', {
    timeZone: timezone,
    // Without this setting some ICU versions write midnight as hour 24.
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric'
  })
}
