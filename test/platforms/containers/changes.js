// Ends as soon as the folder of the logs has changed twenty times.
import { watch } from 'node:fs/promises'

let changes = 0
for await (const change of watch('logs')) {
  if (change.filename !== null && ++changes === 20) break
}
