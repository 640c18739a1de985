// The present time, for times that are written relative to it.
import { useEffect, useState } from 'preact/hooks'
import { systemClock } from '../../../clock.js'

const tickMs = 1_000

/** The present time. It is updated only while it is needed. */
export function useNow (isMoving: boolean): number {
  const [nowMs, setNowMs] = useState(() => systemClock.now())
  useEffect(() => {
    if (!isMoving) return
    setNowMs(systemClock.now())
    const timer = setInterval(() => { setNowMs(systemClock.now()) }, tickMs)
    return () => { clearInterval(timer) }
  }, [isMoving])
  return nowMs
}
