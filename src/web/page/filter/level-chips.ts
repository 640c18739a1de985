// A chip for each level, with its count in the time that is shown.
import { html } from 'htm/preact'
import type { VNode } from 'preact'
import { countText } from '../app/time-text.js'
import type { Page } from '../app/use-page-state.js'
import { levelCounts } from '../histogram/histogram-geometry.js'
import type { HistogramAnswer } from '../../answer-shapes.js'
import { formatFilterLine, type Term } from './filter-line.js'
import { levelNames, levelNumber, onlyLevel, showsLevel, toggleLevel } from './level-terms.js'
import { termsOf } from './request-parameters.js'

export function LevelChips ({ page, answer }: { readonly page: Page, readonly answer: HistogramAnswer | null }): VNode {
  const terms = termsOf(page.state.filter)
  const counts = levelCounts(answer?.buckets ?? [])
  const present = sortedLevels([...new Set(['error', 'warn', 'info', ...counts.keys()])])
  const choose = (chosen: readonly Term[], kind: 'step' | 'detail' = 'step'): void => { page.change({ filter: formatFilterLine(chosen), line: null }, kind) }
  // A double click is one change: its first click makes the entry of the history, its second click does nothing.
  return html`
    <div class="chips" role="group" aria-label="Levels">
      ${present.map((level) => html`
        <button key=${level} class=${`chip ${levelClass(level)}`} aria-pressed=${showsLevel(terms, level)} disabled=${levelNumber(level) === null}
          title="Click: show or hide. Double click: only this level."
          onClick=${(event: MouseEvent) => { if (event.detail <= 1) choose(toggleLevel(terms, level, present)) }} onDblClick=${() => { choose(onlyLevel(terms, level), 'detail') }}>
          ${level} <span class="count">${answer === null ? '…' : countText(counts.get(level) ?? 0)}</span>
        </button>`)}
    </div>
  `
}

/** The class that gives a level its colour. */
export function levelClass (level: string): string {
  return (levelNames as readonly string[]).includes(level) ? `level-${level}` : 'level-other'
}

// The worst first. Levels without a number come last.
function sortedLevels (levels: readonly string[]): string[] {
  return [...levels].sort((a, b) => (levelNumber(b) ?? -1) - (levelNumber(a) ?? -1))
}
