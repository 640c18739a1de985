// Ends as soon as the file exists.
import { existsSync } from 'node:fs'
import { watch } from 'node:fs/promises'
import { dirname } from 'node:path'

const [file] = process.argv.slice(2)
const changes = watch(dirname(file))[Symbol.asyncIterator]()
let change = changes.next()
while (!existsSync(file)) {
  await change
  change = changes.next()
}
process.exit(0)
