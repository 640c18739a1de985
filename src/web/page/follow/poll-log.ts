// New lines for a tab without a connection that stays open: one short search for what came since the last line.
import { ServerFault, type Parameters } from '../server/api.js'
import type { LinesEnd } from '../../answer-shapes.js'
import type { LogLine, Row } from '../lines/ring.js'
import { searchLines } from '../lines/search-lines.js'

export interface Polled {
  readonly rows: readonly Row[]
  readonly lines: number
  /** Where the next search begins; null if the log has had no such line. */
  readonly cursor: string | null
}

const linesMax = '1000'
/** A tab that is further behind goes on with the newest lines. */
const searchesMax = 10
const newestLines = '300'
const gone = 410

/** Hands on what came since the cursor, and resolves with the place where it ended. Without a cursor, every line is new. */
export async function pollLog (logId: number, parameters: Parameters, cursor: string | null, signal: AbortSignal, take: (polled: Polled) => void): Promise<void> {
  let after = cursor
  for (let count = 0; count < searchesMax; count++) {
    try {
      const { lines, end } = await linesOf(logId, [...parameters, ['limit', linesMax], ...after === null ? [] : [['after', after] as const]], signal)
      after = end.after
      take({ rows: lines.map(rowOf), lines: lines.length, cursor: after })
      if (end.isComplete || lines.length === 0) return
    } catch (error) {
      if (error instanceof ServerFault && error.status === gone) break
      throw error
    }
  }
  const { lines, end } = await linesOf(logId, [...parameters, ['limit', newestLines]], signal)
  take({ rows: [{ kind: 'gap', message: 'Lines may be missing here.' }, ...lines.map(rowOf)], lines: lines.length, cursor: end.after })
}

async function linesOf (logId: number, parameters: Parameters, signal: AbortSignal): Promise<{ lines: LogLine[], end: LinesEnd }> {
  const parts: LogLine[][] = []
  const end = await searchLines(logId, parameters, signal, { begun: () => {}, progress: () => {}, lines: (lines) => { parts.push([...lines]) }, changed: () => {} })
  // A search that begins at the end of the log finds the newest lines first.
  const isForward = parameters.some(([name]) => name === 'after')
  return { lines: (isForward ? parts : parts.toReversed()).flat(), end }
}

function rowOf (line: LogLine): Row {
  return { kind: 'line', line }
}
