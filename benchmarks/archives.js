// A folder with many archives of a contestant in it, made quickly: the names are of few files, which leaves the file system
// as it was when they are gone. ext4, for one, steps over each file that was removed lately when it looks for a new one's place.
import { linkSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** NTFS allows no more names for one file. */
const namesOfOneFile = 1_000

/** Makes the folder and the archives, and returns the folder. */
export function folderWithArchives (folder, archives, contestant) {
  const logs = join(folder, 'logs')
  mkdirSync(logs)
  let source
  for (let number = 0; number < archives; number++) {
    const archive = join(logs, nameOf(contestant, number))
    if (number % namesOfOneFile === 0) writeFileSync(source = archive, '\n')
    else linkSync(source, archive)
  }
  return logs
}

function nameOf (contestant, number) {
  return contestant === 'pino-roll' ? `app.log.${number + 1}` : `app.20200101_000000.${number + 1}.log.gz`
}
