// Reads lines that a delayed writer adds to an archive after that archive was read. A writer may be held up for longer than
// `settleMs`, and then append to the file that it has open. If that file is still a plain archive, the line stays there.
import { join } from 'node:path'
import type { Archive, LogName } from '../policy/names/archive-name.js'
import { readCopyFrom } from './archive-reading.js'
import type { HeldFile } from './held-file.js'
import type { PieceTaker } from './lines/line-flow.js'

/** A file that was read up to its position, the archive that it is (null if that is not known), and the receiver of its lines. */
interface LateFile {
  readonly held: HeldFile
  readonly archive: Archive | null
  readonly sink: Pick<PieceTaker, 'addLate'>
}

/** How many files stay open. A writer appends to the one that it left last. */
const filesMax = 4

export class LateLines {
  readonly #log: LogName
  readonly #files: LateFile[] = []

  constructor (log: LogName) {
    this.#log = log
  }

  /** Takes over a file. Files come oldest first. */
  add (file: LateFile): void {
    this.#files.push(file)
  }

  /** Hands over what was added to each file since it was read, and lets go of old files. */
  async readOn (): Promise<void> {
    for (const file of this.#files.slice(0, -filesMax)) await this.#letGo(file)
    for (const file of [...this.#files]) await this.#readFile(file)
  }

  // A line that is added to a file without its name is in no copy, and its writer writes it again. If a sweeper took the
  // name away, the file may still get it back.
  async #readFile (file: LateFile): Promise<void> {
    const { held, archive, sink } = file
    const { position } = held
    const added: Buffer[] = []
    await held.readOn(async (piece) => { await Promise.resolve(added.push(Buffer.from(piece))) })
    const hasName = archive === null || held.isAt(join(this.#log.directory, archive.name))
    const { isNameless, bytes } = await held.condition()
    if (isNameless) {
      if (archive !== null && bytes > position) await readCopyFrom(this.#log, archive, position, async (piece) => { await sink.addLate(piece) })
      await this.#letGo(file)
    } else if (hasName) for (const piece of added) await sink.addLate(piece)
    else held.readFrom(position)
  }

  async #letGo (file: LateFile): Promise<void> {
    this.#files.splice(this.#files.indexOf(file), 1)
    await file.held.close()
  }

  async close (): Promise<void> {
    for (const { held } of this.#files.splice(0)) await held.close()
  }
}
