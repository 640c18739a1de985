// Says which lines are missing in an answer, and why.
import { basename } from 'node:path'
import { errnoOf } from '../../disk/errno.js'
import type { Trouble } from '../../reading/lines/line-reader.js'

/** One sentence about missing lines, with the file's name and without its path. */
export function troubleNote (trouble: Trouble): string {
  const name = basename(trouble.source.name)
  switch (trouble.kind) {
    case 'unreadable': return `${name} cannot be read: ${errnoOf(trouble.error)}`
    case 'tooLong': return `${name} has a line that is too long to be searched`
    case 'damage': return `${name} is damaged: some of its lines are missing`
  }
}
