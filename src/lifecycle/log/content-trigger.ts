// Finds the lines before which the file rotates because of `rotateWhen`.
import { inspect } from 'node:util'
import type { RotateWhen } from '../../options/settings.js'
import type { LevelNumbers } from '../../options/values/level-numbers.js'
import { endsWithinLine, firstLineBytes } from '../../policy/lines/line-boundary.js'
import { LineMatcher } from '../../policy/filters/line-match.js'
import type { LinePredicate, UserModules } from './user-modules.js'
import { hasOwnKey } from '../../platform/own-key.js'

const newline = 0x0a

export class ContentTrigger {
  readonly #matcher: LineMatcher | null
  #isWithinLine = false
  readonly #isTrigger: (lines: Buffer, start: number, end: number) => boolean

  /**
   * Only `true` from a module's predicate rotates. `onError` gets its exceptions, and answers other than `true` and `false`.
   */
  constructor (rotateWhen: RotateWhen, { linePredicates }: UserModules, onError: (error: unknown, path: string) => void) {
    if (hasOwnKey(rotateWhen, 'module')) {
      const { module } = rotateWhen
      const predicate = linePredicates.get(module)
      if (predicate === undefined) throw new Error(`${module} was not loaded`)
      this.#matcher = null
      this.#isTrigger = (lines, start, end) => decide(predicate, lines.toString('utf8', start, end), (error) => { onError(error, module) })
    } else {
      const matcher = new LineMatcher(rotateWhen)
      this.#matcher = matcher
      this.#isTrigger = (_lines, start, end) => matcher.matches(start, end)
    }
  }

  /** Takes the numbers of the logger's levels. */
  nameLevels (levels: LevelNumbers): void {
    this.#matcher?.nameLevels(levels)
  }

  /** Returns where in the lines a new file begins, in ascending order. The first part of a line that comes in parts decides. */
  cuts (lines: Buffer): number[] {
    this.#matcher?.begin(lines)
    const cuts: number[] = []
    for (let start = this.#isWithinLine ? firstLineBytes(lines) : 0, next = 0; start < lines.length; start = next) {
      const end = lines.indexOf(newline, start)
      next = end === -1 ? lines.length : end + 1
      if (this.#isTrigger(lines, start, end === -1 ? lines.length : end)) cuts.push(start)
    }
    this.#isWithinLine = endsWithinLine(lines)
    return cuts
  }
}

function decide (predicate: LinePredicate, line: string, onError: (error: unknown) => void): boolean {
  try {
    const answer: unknown = predicate(line)
    if (typeof answer !== 'boolean') onError(wrongAnswer(answer, onError))
    return answer === true
  } catch (error) {
    onError(error)
    return false
  }
}

// The line must be written now, so a promise cannot be awaited. Its rejection is reported too.
function wrongAnswer (answer: unknown, onError: (error: unknown) => void): TypeError {
  if (isPromise(answer)) answer.then(undefined, onError)
  const received = isPromise(answer) ? 'a promise' : inspect(answer, { depth: 0 })
  return new TypeError(`rotateWhen must return true or false at once, but returned ${received}; the line rotates nothing`)
}

function isPromise (value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function'
}
