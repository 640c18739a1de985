// The list of suggestions below the filter line.
import { html } from 'htm/preact'
import type { VNode } from 'preact'
import type { Suggestion } from './completion.js'

interface SuggestionsProps {
  readonly suggestions: readonly Suggestion[]
  readonly marked: number
  readonly onTake: (index: number) => void
}

export function Suggestions ({ suggestions, marked, onTake }: SuggestionsProps): VNode {
  return html`
    <ul id="suggestions" class="suggestions" role="listbox" aria-label="Suggestions" hidden=${suggestions.length === 0}>
      ${suggestions.map(({ text, note }, index) => html`
        <li key=${text} id=${`suggestion-${index}`} role="option" aria-selected=${index === marked}
          onPointerDown=${(event: Event) => { event.preventDefault(); onTake(index) }}><span>${text}</span><span class="note">${note}</span></li>`)}
    </ul>
  `
}
