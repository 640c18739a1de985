// Cuts lines before each one with which a new file is to begin.
import type { RotateWhen } from '../../options/settings.js'
import { LineMatcher } from '../../policy/lines/line-match.js'
import type { LinePredicate, UserModules } from './user-modules.js'

const newline = 0x0a

export class ContentTrigger {
  readonly #begin: (lines: Buffer) => void
  readonly #isTrigger: (lines: Buffer, start: number, end: number) => boolean

  /** A predicate that throws says no; what it threw is handed to `onError`. */
  constructor (rotateWhen: RotateWhen, { linePredicates }: UserModules, onError: (error: unknown, path: string) => void) {
    if ('module' in rotateWhen) {
      const { module } = rotateWhen
      const predicate = linePredicates.get(module)
      if (predicate === undefined) throw new Error(`${module} was not loaded`)
      this.#begin = () => {}
      this.#isTrigger = (lines, start, end) => decide(predicate, lines.toString('utf8', start, end), (error) => { onError(error, module) })
    } else {
      const matcher = new LineMatcher(rotateWhen)
      this.#begin = (lines) => { matcher.begin(lines) }
      this.#isTrigger = (_lines, start, end) => matcher.matches(start, end)
    }
  }

  /** Where in the lines a new file begins, in ascending order. */
  cuts (lines: Buffer): number[] {
    this.#begin(lines)
    const cuts: number[] = []
    for (let start = 0, next = 0; start < lines.length; start = next) {
      const end = lines.indexOf(newline, start)
      next = end === -1 ? lines.length : end + 1
      if (this.#isTrigger(lines, start, end === -1 ? lines.length : end)) cuts.push(start)
    }
    return cuts
  }
}

function decide (predicate: LinePredicate, line: string, onError: (error: unknown) => void): boolean {
  try {
    return predicate(line)
  } catch (error) {
    onError(error)
    return false
  }
}
