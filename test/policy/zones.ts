// The zones that tests of time use, with all the changes of their clocks in years that matter: summer time by an hour
// and by half an hour, on both sides of the equator and at midnight, and a day that never was.

export const minuteMs = 60_000
export const hourMs = 3_600_000
export const dayMs = 24 * hourMs

export const zones = [
  'UTC', 'Europe/Rome', 'America/New_York', 'Asia/Kolkata', 'Australia/Lord_Howe', 'Pacific/Apia', 'America/Sao_Paulo', 'America/Havana'
] as const

const years = [1970, 2011, 2017, 2025, 2100]
const leapDayMs = Date.UTC(2024, 1, 29)
const formats = new Map(zones.map((timezone) => [timezone as string, clockFormat(timezone)]))

/** The clock's reading in a zone, as the instant at which UTC shows it; written apart from what is tested. */
export function readingOf (atMs: number, timezone: string): number {
  const [date, time] = (formats.get(timezone) ?? clockFormat(timezone)).format(atMs).split(' ')
  return Date.parse(`${date}T${time}Z`)
}

/** The instants to look around in a zone: each change of its clocks in the years above, and a leap day without one. */
export function hardTimesOf (timezone: string): number[] {
  return [leapDayMs, ...years.flatMap((year) => changesBetween(Date.UTC(year, 0, 1), Date.UTC(year + 1, 0, 1), timezone))]
}

function changesBetween (fromMs: number, toMs: number, timezone: string): number[] {
  const changes: number[] = []
  for (let dayStartMs = fromMs; dayStartMs < toMs; dayStartMs += dayMs) {
    if (offset(dayStartMs, timezone) === offset(dayStartMs + dayMs, timezone)) continue
    let atMs = dayStartMs
    while (offset(atMs, timezone) === offset(dayStartMs, timezone)) atMs += minuteMs
    changes.push(atMs)
  }
  return changes
}

function offset (atMs: number, timezone: string): number {
  return readingOf(atMs, timezone) - atMs
}

function clockFormat (timezone: string): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat('sv-SE', {
    timeZone: timezone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit'
  })
}
