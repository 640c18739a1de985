// An answer of the server as a component needs it: asked anew when the question changes, given up when the component goes.
import { useCallback, useEffect, useState } from 'preact/hooks'
import { systemClock } from '../../../clock.js'
import { ask, faultText, type Parameters } from './api.js'

export interface Answer<T> {
  /** The last answer; it stays while the next one is on its way. */
  readonly value: T | null
  readonly fault: string | null
  readonly isBusy: boolean
  /** Whether the first answer came, was refused or was given up. */
  readonly isSettled: boolean
  /** Gives up waiting. */
  readonly cancel: () => void
  readonly again: () => void
}

interface State<T> {
  readonly value: T | null
  readonly fault: string | null
  readonly abort: AbortController | null
  readonly isSettled: boolean
}

/** Asks the question; `path` null asks nothing. With `everyMs` it asks again while the page is visible and answers come fast. */
export function useAnswer<T> (path: string | null, parameters: Parameters, everyMs: number | null = null): Answer<T> {
  const [round, setRound] = useState(0)
  const [state, setState] = useState<State<T>>({ value: null, fault: null, abort: null, isSettled: false })
  const key = JSON.stringify(parameters)
  useEffect(() => {
    if (path === null) return
    const abort = new AbortController()
    let timer: ReturnType<typeof setTimeout> | null = null
    const startedMs = systemClock.monotonic()
    const repeat = (): void => {
      const tookMs = systemClock.monotonic() - startedMs
      if (everyMs !== null && !abort.signal.aborted) timer = setTimeout(() => { setRound((count) => count + 1) }, document.hidden ? everyMs * 10 : Math.max(everyMs, tookMs * 20))
    }
    setState((last) => ({ ...last, fault: null, abort }))
    ask<T>(path, JSON.parse(key) as Parameters, abort.signal).then((value) => {
      if (!abort.signal.aborted) setState({ value, fault: null, abort: null, isSettled: true })
    }, (error: unknown) => {
      setState((last) => last.abort === abort ? { value: last.value, fault: faultText(error), abort: null, isSettled: true } : last)
    }).finally(repeat)
    return () => {
      abort.abort()
      if (timer !== null) clearTimeout(timer)
    }
  }, [path, key, round])
  const again = useCallback(() => { setRound((count) => count + 1) }, [])
  return { value: state.value, fault: state.fault, isBusy: state.abort !== null, isSettled: state.isSettled, cancel: () => state.abort?.abort(), again }
}
