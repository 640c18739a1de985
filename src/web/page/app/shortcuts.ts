// The keys of the page. A key does nothing while you type, and Space and Enter stay with the button that has the focus.
import { useEffect, useRef } from 'preact/hooks'

const typing = 'input, textarea, select'
const pressable = 'button, a, summary, [role="option"]'

/** The keys as the help shows them. */
export const shortcuts: ReadonlyArray<readonly [string, string]> = [
  ['/', 'go to the filter'],
  ['j  k', 'next and previous line'],
  ['Enter', 'unfold the line, or fold it'],
  ['c', 'the lines around it'],
  ['Space', 'pause the live tail, or go on'],
  ['g  G', 'to the oldest line held, to the newest'],
  ['Esc', 'close, fold, stop a search'],
  ['?', 'this help']
]

/** Calls the handler when the key is pressed anywhere on the page. A handler that returns false leaves the key to the others. */
export function useKey (key: string, handler: () => unknown): void {
  const last = useRef(handler)
  last.current = handler
  useEffect(() => {
    const listener = (event: KeyboardEvent): void => {
      if (event.key !== key || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || isTaken(event)) return
      if (last.current() !== false) event.preventDefault()
    }
    addEventListener('keydown', listener)
    return () => { removeEventListener('keydown', listener) }
  }, [key])
}

function isTaken ({ key, target }: KeyboardEvent): boolean {
  if (!(target instanceof Element)) return false
  if (document.querySelector('dialog[open]') !== null) return true
  return target.closest(typing) !== null || ((key === ' ' || key === 'Enter') && target.closest(pressable) !== null)
}
