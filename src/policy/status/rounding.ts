// Rounds the numbers in the status, so that two readings of the same facts print the same text.

/** Rounds to that many digits after the point. */
export function rounded (value: number, digits: number): number {
  return Math.round(value * 10 ** digits) / 10 ** digits
}

/** Rounds a number that may be unknown. */
export function roundedOrNull (value: number | null | undefined, digits: number): number | null {
  return value === null || value === undefined ? null : rounded(value, digits)
}
