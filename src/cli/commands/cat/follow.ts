// `cat --follow`: prints the present lines, and then new ones, across rotations.
import { systemClock } from '../../../clock.js'
import { Follower } from '../../../reading/follower.js'
import { lastLines } from '../../../reading/lines/last-lines.js'
import type { LineAssembler } from '../../../reading/lines/line-assembler.js'
import { LineFlow } from '../../../reading/lines/line-flow.js'
import { LineReader, type ReadRequest } from '../../../reading/lines/line-reader.js'
import { openHeld } from '../../../reading/lines/line-source.js'
import type { ExitStatus } from '../../call/command.js'
import type { OpenInput } from '../../targets/inputs.js'
import { UsageError } from '../../call/usage-error.js'
import type { Face } from '../../terminal/face.js'
import type { LinePrinter } from './line-printer.js'

/** All requested lines are printed. */
class PrintedAllError extends Error {
  override readonly name = 'PrintedAllError'
}

/** Follows the logs until all requested lines are printed, or until the reader is gone. */
export async function followInputs (inputs: readonly OpenInput[], request: ReadRequest, tail: number | null, printer: LinePrinter, face: Face): Promise<ExitStatus> {
  const single = inputs.find(({ log }) => log === null)
  if (single !== undefined) throw new UsageError(`${single.shown} is not an active log: there is nothing to follow`)
  const gone = inputs.find(({ log }) => log?.active === null)
  if (gone !== undefined) throw new UsageError(`${gone.shown} does not exist: there is nothing to follow`)
  try {
    return await Promise.race(inputs.map(async (input) => await followOne(input, request, tail, printer, face)))
  } catch (error) {
    if (error instanceof PrintedAllError) return 0
    throw error
  }
}

async function followOne ({ log }: OpenInput, request: ReadRequest, tail: number | null, printer: LinePrinter, face: Face): Promise<never> {
  if (log === null || log.active === null) throw new Error('there is nothing to follow')
  const { held, source } = log.active
  const flow = new LineFlow(request, async (batch) => {
    await printer.print(batch)
    if (printer.isFull) throw new PrintedAllError()
  })
  const goOnAfter = (assembler: LineAssembler): void => { flow.goOnAfter(assembler) }
  try {
    return await new Follower({ ...log, active: held }, flow, systemClock, face.say).follow(async () => {
      if (tail === null) {
        const reader = new LineReader(log.archived, request)
        await printer.printAll(reader.read())
        goOnAfter(reader.assembler)
      } else {
        // A line that is still being written is not among the last ones. It is printed when it is complete.
        const to = await held.endOfLines()
        const active = { ...source, open: async () => await openHeld(held, null, { from: 0, to }, async () => { await Promise.resolve() }) }
        for (const lines of await lastLines([...log.archived, active], request, tail, printer.trouble, goOnAfter)) await printer.print({ lines, count: 0 })
        held.readFrom(to)
      }
      flow.beginFile(source.selection)
      if (printer.isFull) throw new PrintedAllError()
      face.progress.end()
    })
  } finally {
    await flow.close()
  }
}
