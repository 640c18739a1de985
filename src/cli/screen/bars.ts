// Draws a row of bars, one for each amount, relative to the largest.

const bars = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█']

/** Draws each amount as a bar of one character; zero is a dot. */
export function showBars (amounts: readonly number[]): string {
  const most = amounts.reduce((a, b) => Math.max(a, b), 0)
  return amounts.map((amount) => amount <= 0 ? '·' : bars[Math.ceil(amount / most * bars.length) - 1] ?? '·').join('')
}
