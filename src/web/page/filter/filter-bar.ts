// The filter line with its suggestions. It applies on Enter, so that half a word starts no search through history.
import { html } from 'htm/preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import type { VNode } from 'preact'
import { valueOf } from '../app/header.js'
import { useKey } from '../app/shortcuts.js'
import type { Page } from '../app/use-page-state.js'
import { accept, complete, type Completion, type KnownField } from './completion.js'
import { parseFilterLine } from './filter-line.js'
import { Suggestions } from './suggestions.js'

const nothing: Completion = { from: 0, to: 0, suggestions: [] }

interface Typing {
  readonly line: string
  readonly completion: Completion
  /** The marked suggestion; -1 for none. */
  readonly marked: number
}

export function FilterBar ({ page, fields }: { readonly page: Page, readonly fields: readonly KnownField[] }): VNode {
  const input = useRef<HTMLInputElement>(null)
  const [typing, setTyping] = useState<Typing>({ line: page.state.filter, completion: nothing, marked: -1 })
  useEffect(() => { setTyping({ line: page.state.filter, completion: nothing, marked: -1 }) }, [page.state.filter])
  useKey('/', () => { input.current?.focus() })
  const suggest = (line: string): void => { setTyping({ line, completion: complete(line, input.current?.selectionStart ?? line.length, fields), marked: -1 }) }
  // On a long log, the fields are known a while after the user begins to type.
  const hasFields = fields.length > 0
  useEffect(() => { if (hasFields && input.current !== null && document.activeElement === input.current) suggest(input.current.value) }, [hasFields])
  const take = (index: number): void => {
    const suggestion = typing.completion.suggestions[index]
    if (suggestion === undefined) return
    const accepted = accept(typing.line, typing.completion, suggestion)
    if (input.current === null) return
    input.current.value = accepted.line
    input.current.focus()
    input.current.setSelectionRange(accepted.caret, accepted.caret)
    suggest(accepted.line)
  }
  const parsed = parseFilterLine(typing.line)
  const apply = (): void => {
    if (parsed.kind === 'fault') return
    setTyping({ ...typing, completion: nothing, marked: -1 })
    page.change({ filter: typing.line.trim(), line: null })
  }
  const { suggestions } = typing.completion
  return html`
    <form class="filter" role="search" onSubmit=${(event: Event) => { event.preventDefault(); apply() }}>
      <input ref=${input} type="text" class="filter-line" value=${typing.line} spellcheck=${false} autocomplete="off" autocapitalize="off"
        placeholder='level>=warn  reqId=abc  res.statusCode>=500  "text"  /pattern/' aria-label="Filter" aria-invalid=${parsed.kind === 'fault'}
        aria-describedby=${parsed.kind === 'fault' ? 'filter-fault' : null}
        role="combobox" aria-expanded=${suggestions.length > 0} aria-controls="suggestions" aria-autocomplete="list" aria-activedescendant=${typing.marked >= 0 ? `suggestion-${typing.marked}` : null}
        onInput=${(event: Event) => { suggest(valueOf(event)) }} onFocus=${() => { suggest(typing.line) }} onBlur=${() => { setTyping((last) => ({ ...last, completion: nothing, marked: -1 })) }}
        onKeyDown=${(event: KeyboardEvent) => { onKey(event, typing, setTyping, take, input.current) }} />
      ${typing.line !== '' && html`<button type="button" class="clear" aria-label="Remove the filter" onClick=${() => { page.change({ filter: '', line: null }); setTyping({ line: '', completion: nothing, marked: -1 }) }}>×</button>`}
      <button class="primary" disabled=${parsed.kind === 'fault'}>Filter</button>
      <${Suggestions} suggestions=${suggestions} marked=${typing.marked} onTake=${take} />
      ${parsed.kind === 'fault' && html`<p id="filter-fault" class="problem" role="alert">${parsed.message}</p>`}
    </form>
  `
}

function onKey (event: KeyboardEvent, typing: Typing, setTyping: (typing: Typing) => void, take: (index: number) => void, input: HTMLInputElement | null): void {
  const { completion: { suggestions }, marked } = typing
  const move = (to: number): void => {
    event.preventDefault()
    setTyping({ ...typing, marked: to })
  }
  if (event.key === 'Escape') {
    event.preventDefault()
    if (suggestions.length > 0) setTyping({ ...typing, completion: nothing, marked: -1 })
    else input?.blur()
  }
  if (suggestions.length === 0) return
  if (event.key === 'ArrowDown') move((marked + 1) % suggestions.length)
  else if (event.key === 'ArrowUp') move((marked <= 0 ? suggestions.length : marked) - 1)
  else if ((event.key === 'Enter' || (event.key === 'Tab' && !event.shiftKey)) && marked >= 0) {
    event.preventDefault()
    take(marked)
  }
}
