// A row of bars, one for each amount, as high as its share of the largest.

const bars = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█']

/** Draws the amounts as bars of one character each; nothing at all is a dot. */
export function showBars (amounts: readonly number[]): string {
  const most = Math.max(...amounts)
  return amounts.map((amount) => amount <= 0 ? '·' : bars[Math.ceil(amount / most * bars.length) - 1] ?? '·').join('')
}
