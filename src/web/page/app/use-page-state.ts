// Keeps the page's state in the URL, so that the browser's own back and forward work.
import { useCallback, useEffect, useState } from 'preact/hooks'
import { readState, writeState, type PageState } from './page-state.js'

/** `step`: a new entry of the browser's history, if anything changes. `detail`: the present entry changes. */
export type Change = (values: Partial<PageState>, kind?: 'step' | 'detail') => void

export interface Page {
  readonly state: PageState
  readonly change: Change
}

/** The state of the URL, and how to change it. */
export function usePageState (): Page {
  const [state, setState] = useState(() => readState(location.hash))
  useEffect(() => {
    const read = (): void => { setState(readState(location.hash)) }
    addEventListener('popstate', read)
    return () => { removeEventListener('popstate', read) }
  }, [])
  const change = useCallback<Change>((values, kind = 'step') => {
    const next = { ...readState(location.hash), ...values }
    const address = `${location.pathname}${location.search}${writeState(next)}`
    if (kind === 'step' && address !== `${location.pathname}${location.search}${location.hash}`) history.pushState(null, '', address)
    else history.replaceState(null, '', address)
    setState(next)
  }, [])
  return { state, change }
}

/** The URL's fragment of a state, for a link that can also be opened in another tab. */
export function linkTo (state: PageState, values: Partial<PageState>): string {
  const fragment = writeState({ ...state, ...values })
  return fragment === '' ? '#' : fragment
}
