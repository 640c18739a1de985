// An unfolded line: each field with its value, to filter by it, exclude it or give it a column; and the lines around it.
import { html } from 'htm/preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import type { VNode } from 'preact'
import { fieldAt } from '../../../policy/lines/field-path.js'
import type { Page } from '../app/use-page-state.js'
import { fieldTerm, formatFilterLine, withTerm } from '../filter/filter-line.js'
import { termsOf } from '../filter/request-parameters.js'
import { toggled } from '../columns/column-chooser.js'
import { LineContext } from './line-context.js'
import { leavesMax, leavesOf, recordOf, valueText, type Leaf } from './line-record.js'
import type { LogLine, Row } from './ring.js'

interface DetailsProps {
  readonly page: Page
  readonly logId: number
  readonly row: Row | undefined
  readonly number: number
  readonly topPx: number
  readonly hasContext: boolean
  readonly onMeasure: (number: number, extraPx: number) => void
}

const valueCharactersMax = 8_000

export function LineDetails ({ page, logId, row, number, topPx, hasContext, onMeasure }: DetailsProps): VNode | null {
  const box = useRef<HTMLDivElement>(null)
  const [showsContext, setShowsContext] = useState(hasContext)
  useEffect(() => { if (hasContext) setShowsContext(true) }, [hasContext])
  useEffect(() => {
    if (box.current === null) return
    const observer = new ResizeObserver(() => { if (box.current !== null) onMeasure(number, box.current.offsetHeight) })
    observer.observe(box.current)
    return () => { observer.disconnect() }
  }, [number])
  if (row?.kind !== 'line') return null
  const { line } = row
  return html`
    <div class="details" role="row" ref=${box} style=${{ top: `${topPx}px` }}>
      <div role="gridcell">
        <div class="actions">
          <button aria-pressed=${showsContext} onClick=${() => { setShowsContext(!showsContext) }}>Context</button>
          <${CopyButton} name="Copy line" text=${() => line.text} />
          <${CopyButton} name="Copy link" text=${() => location.href} />
          ${line.isCut === true && html`<span class="note">The line is longer than the page takes. Download it to see all of it.</span>`}
        </div>
        <${Fields} page=${page} line=${line} />
        ${showsContext && html`<${LineContext} page=${page} logId=${logId} line=${line} />`}
      </div>
    </div>
  `
}

function Fields ({ page, line }: { readonly page: Page, readonly line: LogLine }): VNode {
  const { fields } = recordOf(line)
  if (fields === null) return html`<pre class="raw">${line.text.slice(0, valueCharactersMax)}</pre>`
  const leaves = leavesOf(fields, leavesMax + 1)
  return html`
    <table class="fields"><caption class="hidden">The fields of the line</caption><tbody>${leaves.slice(0, leavesMax).map((leaf) => html`<${Field} key=${leaf.path.join('.')} page=${page} fields=${fields} leaf=${leaf} />`)}</tbody></table>
    ${leaves.length > leavesMax && html`<p class="note">${`The line has more fields. The page shows the first ${leavesMax}. Copy the line to see all of them.`}</p>`}
  `
}

interface FieldProps {
  readonly page: Page
  readonly fields: Readonly<Record<string, unknown>>
  readonly leaf: Leaf
}

function Field ({ page, fields, leaf: { path, value } }: FieldProps): VNode {
  const name = path.join('.')
  // The line may have another field under the same dotted path, which a filter would look at.
  const isNamed = Object.is(fieldAt(fields, name.split('.')), value)
  const text = valueText(value)
  const { columns, filter } = page.state
  const button = (operator: '=' | '!=', sign: string, meaning: string): VNode | null => {
    const term = isNamed ? fieldTerm(path, operator, value) : null
    if (term === null) return null
    return html`<button class="quiet" title=${meaning} aria-label=${`${meaning}: ${name}`} onClick=${() => { page.change({ filter: formatFilterLine(withTerm(termsOf(filter), term)), line: null }) }}>${sign}</button>`
  }
  const isColumn = columns.includes(name)
  return html`
    <tr>
      <th scope="row">${name}</th>
      <td class="buttons">
        ${button('=', '=', 'Only lines with this value')}${button('!=', '≠', 'No lines with this value')}
        <button class="quiet" title="A column of its own" aria-label=${`Column for ${name}`} aria-pressed=${isColumn} onClick=${() => { page.change({ columns: toggled(columns, name) }, 'detail') }}>▥</button>
      </td>
      <td class=${`value ${typeof value}`}>${text.length > valueCharactersMax ? `${text.slice(0, valueCharactersMax)}… (${text.length} characters)` : text}</td>
    </tr>
  `
}

function CopyButton ({ name, text }: { readonly name: string, readonly text: () => string }): VNode {
  const [said, setSaid] = useState('')
  const copy = (): void => {
    navigator.clipboard.writeText(text()).then(() => { setSaid(' ✓') }, () => { setSaid(' (not allowed)') })
  }
  return html`<button onClick=${copy}>${name}${said}</button>`
}
