// Draws a terminal's screen as an SVG: real output, with its colours, in a window. The text in it stays text, so it can be searched, copied
// and compared.
// @ts-check

const fontPx = 14
const columnPx = 8.43
const linePx = 20
const marginPx = 20
const titlePx = 34

const background = '#0d1117'
const foreground = '#d6dde6'

/** The attributes of each SGR code that the commands use. @type {Readonly<Record<string, string>>} */
const styles = {
  1: 'font-weight="bold"',
  2: 'fill="#8b949e"',
  31: 'fill="#ff7b72"',
  32: 'fill="#3fb950"',
  33: 'fill="#e3b341"'
}

/**
 * Draws a command and what it printed.
 *
 * @param {string} command
 * @param {string} output with colours as escape sequences
 */
export function terminalPicture (command, output) {
  const lines = [`$ ${command}`, ...output.trimEnd().split('\n')]
  const columns = Math.max(...lines.map((line) => [...plain(line)].length))
  const width = Math.ceil(columns * columnPx + 2 * marginPx)
  const height = titlePx + lines.length * linePx + marginPx
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">
<title>${escaped(command)}</title>
<rect width="${width}" height="${height}" rx="8" fill="${background}"/>
<g>${['#ff5f57', '#febc2e', '#28c840'].map((colour, index) => `<circle cx="${marginPx + index * 18}" cy="18" r="5.5" fill="${colour}"/>`).join('')}</g>
<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="${fontPx}" fill="${foreground}" xml:space="preserve">
${lines.map((line, index) => row(line, titlePx + (index + 1) * linePx - 4)).join('\n')}
</g>
</svg>
`
}

/**
 * Returns the text that a picture shows, line by line, without its first line, which is the command.
 *
 * @param {string} picture
 */
export function textOf (picture) {
  const rows = [...picture.matchAll(/<text [^>]*>(.*)<\/text>/g)].map(([, content = '']) => content.replaceAll(/<[^>]*>/g, ''))
  return rows.slice(1).map(unescaped).join('\n')
}

/**
 * @param {string} line
 * @param {number} y
 */
function row (line, y) {
  const columns = [...plain(line)].length
  // textLength keeps columns aligned if the font has another width.
  const length = columns === 0 ? '' : ` textLength="${Number((columns * columnPx).toFixed(2))}" lengthAdjust="spacingAndGlyphs"`
  return `<text x="${marginPx}" y="${y}"${length} xml:space="preserve">${spans(line)}</text>`
}

/** @param {string} line */
function spans (line) {
  return pieces(line).map(({ style, text }) => style === undefined ? escaped(text) : `<tspan ${style}>${escaped(text)}</tspan>`).join('')
}

/** @param {string} line */
function plain (line) {
  return pieces(line).map(({ text }) => text).join('')
}

/**
 * Cuts a line where its colour changes.
 *
 * @param {string} line
 * @returns {Array<{ style: string | undefined, text: string }>}
 */
function pieces (line) {
  const [first = '', ...others] = line.split('\u001B[')
  return [{ style: undefined, text: first }, ...others.map((other) => {
    const [, code = '', text = ''] = /^(\d+)m(.*)$/.exec(other) ?? []
    return { style: styles[code], text }
  })]
}

/** @param {string} text */
function escaped (text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

/** @param {string} text */
function unescaped (text) {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&')
}
