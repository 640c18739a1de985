// Parses the option `rotateWhen`: what a line must have to start a new file, or a module that decides.
import * as v from 'valibot'
import { readMatch } from './match.js'
import { parseModule } from './module.js'
import type { RotateWhen } from '../settings.js'
import { hasOwnKey } from '../../platform/own-key.js'

/** Parses `rotateWhen`: a match, the name of a module, or `false` for none. */
export const rotateWhenSchema = v.pipe(v.unknown(), v.rawTransform<unknown, RotateWhen | null>(({ dataset: { value }, addIssue, NEVER }) => {
  if (value === false) return null
  if (typeof value === 'string') {
    const module = parseModule(value, './rotate-when.js')
    if (hasOwnKey(module, 'value')) return { module: module.value }
    addIssue({ message: module.expected })
    return NEVER
  }
  const match = readMatch(value)
  if (hasOwnKey(match, 'match')) return match.match
  for (const { keys, expected } of match.faults) {
    const path = keys.map((key) => ({ type: 'object' as const, origin: 'value' as const, input: {}, key, value: undefined }))
    const [first, ...rest] = path
    addIssue({ message: `${expected}${keys.length === 0 ? ', the name of a module, or false for none' : ''}`, ...first !== undefined && { path: [first, ...rest] } })
  }
  return NEVER
}))
