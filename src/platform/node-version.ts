// Says at load that this Node is too old. package.json says so in `engines`, but npm only warns.
import { RotorNodeError } from '../errors.js'

const oldestLine = 20

/** Throws if this line of Node is not supported. */
export function requireNode (): void {
  const { node } = process.versions
  if (Number(node.split('.')[0]) < oldestLine) throw new RotorNodeError(node, oldestLine)
}
