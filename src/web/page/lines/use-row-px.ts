// The height of a folded row. On a narrow screen a row has two lines.
import { useEffect, useState } from 'preact/hooks'

const narrow = '(max-width: 700px)'
const rowPxOf = (isNarrow: boolean): number => isNarrow ? 42 : 22

export function useRowPx (): number {
  const [rowPx, setRowPx] = useState(() => rowPxOf(matchMedia(narrow).matches))
  useEffect(() => {
    const query = matchMedia(narrow)
    const changed = (): void => { setRowPx(rowPxOf(query.matches)) }
    query.addEventListener('change', changed)
    return () => { query.removeEventListener('change', changed) }
  }, [])
  return rowPx
}
