// Prints the demo's tables: plain text within 80 columns, with a little colour on a terminal that has colours.
// @ts-check

const isColourful = process.stdout.isTTY && process.stdout.hasColors()
const faint = style(2)
const bold = style(1)
const good = style(32)
const bad = style(31)

/** @param {number} code */
function style (code) {
  return (/** @type {string} */ text) => isColourful ? `\u001B[${code}m${text}\u001B[0m` : text
}

/**
 * Says what is about to happen.
 *
 * @param {import('./record.js').DemoOptions} options
 * @param {number} requests
 */
export function showSettings ({ size, frequency, compress, limit }, requests) {
  heading(`A Fastify server logs ${thousands(requests)} requests over loopback`)
  console.log(`size ${size}, frequency ${frequency}, ${compress}, limit: ${limit.count} archives, ${limit.totalSize} in all, ${limit.age}\n`)
  row([['round', 7], ['requests', -10], ['p99', -8], ['rotated', -9], ['compressed', -12], ['removed', -9]], faint)
}

/**
 * Sums up a round.
 *
 * @param {number} round
 * @param {import('./load.js').Load} load
 * @param {ReturnType<import('./record.js').Record['counts']>} before
 * @param {ReturnType<import('./record.js').Record['counts']>} after
 */
export function showRound (round, { answered, p99Ms }, before, after) {
  row([
    [String(round), 7], [thousands(answered), -10], [`${p99Ms} ms`, -8], [String(after.rotated - before.rotated), -9],
    [String(after.compressed - before.compressed), -12], [String(after.removed - before.removed), -9]
  ])
}

/**
 * Lists the files that are left.
 *
 * @param {import('./account.js').Account} account
 */
export function showFiles ({ files }) {
  heading('Files that are left')
  row([['', 34], ['on disk', -10], ['unpacked', -11], ['ratio', -9], ['lines', -8]], faint)
  for (const { name, bytes, content } of files) showFile(name, bytes, content)
  showFile('in all', files.reduce((sum, { bytes }) => sum + bytes, 0), files.map(({ content }) => content).join(''))
}

/**
 * @param {string} name
 * @param {number} bytes
 * @param {string} content
 */
function showFile (name, bytes, content) {
  const unpacked = Buffer.byteLength(content)
  row([[name, 34], [size(bytes), -10], [size(unpacked), -11], [ratio(bytes, unpacked), -9], [thousands(content.split('\n').length - 1), -8]])
}

/**
 * Counts the events by kind and reason.
 *
 * @param {import('./record.js').Record} record
 */
export function showEvents ({ events, compressedBytes: { from, to } }) {
  heading('Events')
  for (const [kind, reasons] of events) {
    const total = [...reasons.values()].reduce((sum, count) => sum + count, 0)
    const detail = kind === 'compressed' ? `${size(from)} to ${size(to)}, ${ratio(to, from)}` : byReason(reasons)
    row([[kind, 12], [thousands(total), -8], ['', 3], [total === 0 ? '' : detail, 40]])
  }
}

/**
 * Prints the proof. If it fails, says what is wrong.
 *
 * @param {import('./account.js').Account} account
 * @param {number} elapsedMs
 */
export function showAccount ({ answered, served, logged, lines, requests, missing, doubled, faults }, elapsedMs) {
  heading('Proof')
  row([['', 40], ['requests', -10], ['lines', -10]], faint)
  row([['sent by autocannon and answered', 40], [thousands(answered), -10], ['', -10]])
  row([['answered by Fastify, logged by pino', 40], [thousands(served), -10], [thousands(logged), -10]])
  row([['in the files that are left', 40], [thousands(requests.kept), -10], [thousands(lines.kept), -10]])
  for (const [reason, count] of lines.removed) {
    row([[`in archives removed for ${reason}`, 40], [thousands(requests.removed.get(reason) ?? 0), -10], [thousands(count), -10]])
  }
  row([['missing', 40], ['', -10], [thousands(missing), -10]])
  row([['doubled', 40], ['', -10], [thousands(doubled), -10]])
  console.log()
  for (const fault of faults) console.log(`${bad('wrong:')} ${fault}`)
  if (faults.length === 0) {
    console.log(`${good('proven:')} each line is kept exactly once, or was removed by the limit named.`)
    console.log('Put together in order, the files equal what was logged, byte for byte. No file')
    console.log('is larger than its limit or ends within a line. Each limit named was exceeded.')
  }
  console.log(faint(`${(elapsedMs / 1000).toFixed(1)} seconds`))
}

/** @param {string} text */
function heading (text) {
  console.log(`\n${bold(text)}`)
}

/**
 * Prints a row of cells. A width counts columns. A negative width aligns to the right.
 *
 * @param {ReadonlyArray<[text: string, width: number]>} cells
 * @param {(text: string) => string} paint
 */
function row (cells, paint = (text) => text) {
  const text = cells.map(([cell, width]) => width < 0 ? cell.padStart(-width) : cell.padEnd(width)).join('')
  console.log(paint(text.trimEnd()))
}

/** @param {ReadonlyMap<string, number>} reasons */
function byReason (reasons) {
  return [...reasons].map(([reason, count]) => `${reason} ${thousands(count)}`).join(', ')
}

/** @param {number} count */
function thousands (count) {
  return Math.round(count).toLocaleString('en')
}

/** @param {number} bytes */
function size (bytes) {
  if (bytes < 1024) return `${bytes} B`
  return bytes < 1024 ** 2 ? `${(bytes / 1024).toFixed(1)} KiB` : `${(bytes / 1024 ** 2).toFixed(2)} MiB`
}

/**
 * @param {number} part
 * @param {number} whole
 */
function ratio (part, whole) {
  return whole === 0 ? '' : `${(part / whole * 100).toFixed(1)} %`
}
