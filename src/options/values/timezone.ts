// Parses the zone of schedules and stamps. Only names are accepted: some Node versions also know offsets such as +02:00, but an option must not
// depend on the version.
import type { Reading } from '../faults/option-reading.js'

/** Parses 'UTC', 'local' or an IANA name into the IANA name that Intl gives it. */
export function parseTimezone (raw: unknown): Reading<string> {
  // The default needs no Intl, whose first use takes some 20 ms.
  if (raw === 'UTC') return { value: raw }
  const name = raw === 'local' ? systemZone() : raw
  const timezone = typeof name === 'string' && /^[a-z]/i.test(name) ? canonicalName(name) : null
  if (timezone !== null) return { value: timezone }
  return {
    expected: raw === 'local'
      ? 'an IANA time zone, because the system\'s own (environment variable TZ) has no name'
      : '"UTC", "local" or an IANA time zone such as "Europe/Berlin"'
  }
}

// With an offset such as TZ=UTC-3, the system's zone has no name.
function systemZone (): string | undefined {
  return Intl.DateTimeFormat().resolvedOptions().timeZone
}

function canonicalName (name: string): string | null {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone
  } catch (cause) {
    if (cause instanceof RangeError) return null
    throw cause
  }
}
