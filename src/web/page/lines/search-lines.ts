// One search through the log's history, whose finds, progress and end arrive as they come.
import { listen, ServerFault, type Parameters } from '../server/api.js'
import type { LinesEnd, Progress } from '../../answer-shapes.js'
import type { LogLine } from './ring.js'

export interface SearchListener {
  /** With the cursor of the log's last line, if the search begins there. */
  readonly begun: (after: string | null) => void
  readonly progress: (progress: Progress) => void
  readonly lines: (lines: readonly LogLine[]) => void
  /** After each event. */
  readonly changed: () => void
}

/** Resolves with the place where the search ended. Rejects if it failed or was aborted. */
export async function searchLines (logId: number, parameters: Parameters, signal: AbortSignal, listener: SearchListener): Promise<LinesEnd> {
  const ends: LinesEnd[] = []
  await listen(`logs/${logId}/lines`, parameters, { signal }, ({ name, data }) => {
    if (signal.aborted) return
    if (name === 'begin') listener.begun((JSON.parse(data) as { after: string | null }).after)
    else if (name === 'progress') listener.progress(JSON.parse(data) as Progress)
    else if (name === 'lines') listener.lines((JSON.parse(data) as { lines: LogLine[] }).lines)
    else if (name === 'end') ends.push(JSON.parse(data) as LinesEnd)
    else if (name === 'error') throw new ServerFault(500, (JSON.parse(data) as { message: string }).message)
    listener.changed()
  })
  const [end] = ends
  if (end === undefined) throw new ServerFault(0, 'The search broke off before its end.')
  return end
}
