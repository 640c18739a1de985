// What the keys and the filter line can do.
import { html } from 'htm/preact'
import { useEffect, useRef } from 'preact/hooks'
import type { VNode } from 'preact'
import { shortcuts } from './shortcuts.js'

const examples: ReadonlyArray<readonly [string, string]> = [
  ['level>=warn', 'this level and above'],
  ['reqId=abc', 'the field has this value; also != > >= < <='],
  ['res.statusCode>=500', 'a field inside an object'],
  ['err', 'the line has this field'],
  ['msg~/time.?out/i', 'the field matches the regular expression'],
  ['"connection reset"', 'the line has this text'],
  ['/ECONN[A-Z]+/', 'the line matches the regular expression']
]

export function HelpDialog ({ onClose }: { readonly onClose: () => void }): VNode {
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => { dialog.current?.showModal() }, [])
  return html`
    <dialog ref=${dialog} class="help" aria-labelledby="help-title" onClose=${onClose} onClick=${(event: MouseEvent) => { if (event.target === dialog.current) dialog.current?.close() }}>
      <div class="help-content">
        <h2 id="help-title" tabindex="-1" autofocus>Keys and filters</h2>
        <dl>${shortcuts.map(([keys, meaning]) => html`<dt>${keys.split('  ').map((key) => html`<kbd>${key}</kbd> `)}</dt><dd>${meaning}</dd>`)}</dl>
        <h3>Filter</h3>
        <dl>${examples.map(([term, meaning]) => html`<dt><code>${term}</code></dt><dd>${meaning}</dd>`)}</dl>
        <p>All terms must hold. Click a level to show or hide it, double-click it to see it alone. Drag over the histogram to zoom.</p>
        <button class="primary" onClick=${() => { dialog.current?.close() }}>Close</button>
      </div>
    </dialog>
  `
}
