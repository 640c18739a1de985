// The protections of docs/reliability.md, each taken out of the code. A schedule that fails must then be found.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Plugin } from 'esbuild'

export interface Protection {
  readonly scene: string
  /** Files below src/, with what stands there and what stands there without the protection. */
  readonly without: ReadonlyArray<readonly [file: string, from: string, to: string]>
  /** A schedule that fails is found in so many. */
  readonly runsMax: number
}

const seal = 'disk/seal.ts'
const lookout = 'lifecycle/active/lookout.ts'
const swapFile = 'lifecycle/rotating/crash-safe-swap.ts'
/** A swap without the lock would take it for broken. */
const brokenLock = [swapFile, 'if (request.isLockBroken()) throw new RotorBusyError(request.path)', ''] as const
/** The active file is renamed to its archive name at once. */
const byRename = [swapFile, 'if (isWindows()) renameOpenFile', 'if (true) moveToReservedName(request.path, renamedTo, () => { checkLock(request) })\n  else if (isWindows()) renameOpenFile'] as const
const takenAside = `  const beforeItGoes = stateAt(path)
  if (beforeItGoes === null || ignoreMissing(() => { renameSync(path, aside); return true }) === null) return false`
/** As in 0.1: a name of any kind was enough, and the archive was removed under its own name. */
const anyName = [lookout, 'file.isSealed() || this.#isWhereReadersRead(file) || this.#isReturned(file)', 'file.isSealed() || !file.isNameless()'] as const
const notGivenUp = ['disk/lock/lock.ts', '    if (text !== null) attempt(() => { giveUpAside(this.path, text) })\n', ''] as const
const notAside = [seal, takenAside, '  if (true) return isUnchanged(path, { ...state, mtimeNs: stateAt(path)?.mtimeNs ?? 0n }) && removeFile(path)\n  const beforeItGoes = state'] as const

export const protections: Readonly<Record<string, Protection>> = {
  'the seal': { scene: 'two writers', runsMax: 3_000, without: [[seal, '  if (describe(path)?.linkCount === 1) seal(path, state)\n', '']] },
  'the mark of a seal that a late write broke': { scene: 'three writers, one idle, one with another size', runsMax: 20_000, without: [[lookout, 'return end === null ? lines : linesAfter(lines, end.bytes, end.sealedAt)', 'return end === null ? lines : lines']] },
  'the return of an archive that a killed sweeper left aside': { scene: 'a sweeper in another container is held up while it removes an archive, and a writer before its write', runsMax: 1, without: [[lookout, ' || this.#isReturned(file))', ')']] },
  'the lines since the last look': { scene: 'two writers and rm', runsMax: 1_000, without: [[lookout, 'Buffer.concat([this.#unconfirmed.copy(), justWritten])', 'justWritten']] },
  'the look after a late write': { scene: 'two writers', runsMax: 1_000, without: [[lookout, 'if (this.#readClock() - this.#lookedMs >= settleMs) return this.lookLate(file, lines)', 'if (this.#readClock() - this.#lookedMs >= settleMs) return inPlace']] },
  'the lock': { scene: 'two writers', runsMax: 1_000, without: [['disk/lock/lock.ts', 'return this.#waitFor() ? this.#runHeld(action) : null', 'return action()'], brokenLock] },
  'the second look, under the lock': { scene: 'two writers', runsMax: 1_000, without: [['lifecycle/rotating/rotations.ts', "if (!file.refresh(path)) return { is: 'moved' }", '']] },
  'the settling time': { scene: 'two writers and a follower', runsMax: 10_000, without: [['lifecycle/log-folder.ts', "archive.suffix !== '' || this.#isSettled(archive.name, seenMs)", 'true']] },
  'the look at an archive before it goes': { scene: 'two writers', runsMax: 3_000, without: [[seal, 'if (isAsItWas(aside, beforeItGoes, state) && removeFile(aside)) return true', 'if (removeFile(aside)) return true'], [seal, 'if (!isUnchanged(path, state)) return false', '']] },
  'link in place of rename': { scene: 'two writers', runsMax: 1_000, without: [['disk/active/swap-steps.ts', 'if (isWindows()) return null', 'if (true) return null'], byRename] },
  'the retry of a half-finished swap': { scene: 'two writers and kills', runsMax: 1_000, without: [['lifecycle/rotating/crash-safe-swap.ts', 'archive: finishNaming(request) ?? giveName(request)', 'archive: giveName(request)']] },
  'the removal of the successor of a swap whose lock is broken': { scene: 'a writer in another container is held up before it names an archive', runsMax: 1, without: [['disk/lock/lock.ts', 'for (const remove of tokens) ignoreMissing(remove)', '']] },
  'the question whether the lock is being broken': { scene: 'a writer in another container is held up with its lock, and goes on while the lock is broken', runsMax: 1, without: [['disk/lock/lock.ts', 'if (this.#isBeingBroken()) return true', '']] },
  'the passage of a file that has no second name': { scene: 'a writer in another container is held up right before it names an archive without links', runsMax: 1, without: [byRename] },
  'the closing of a passage before its lock is broken': { scene: 'a writer in another container is held up right before it names an archive without links', runsMax: 1, without: [['lifecycle/swap-lock.ts', '    closePassage(log, path)\n', '']] },
  'the look at the lock once the passage is open': { scene: 'a writer in another container is held up before it names an archive without links', runsMax: 1, without: [[swapFile, 'moveThrough(names, () => { checkLock(request) })', 'moveThrough(names, () => {})']] },
  'the look after an archive was given its name back': { scene: 'a sweeper in another container returns an archive without links while a held-up writer looks for it', runsMax: 1, without: [[lookout, 'returnArchiveOf(this.#log.name, file)\n    if (this.#isWhereReadersRead(file)) return true\n    this.#lock.removeTokens()\n    return this.#isWhereReadersRead(file)', 'const isRead = this.#isWhereReadersRead(file)\n    returnArchiveOf(this.#log.name, file)\n    return isRead']] },
  'the removal of successors before a new file is written': { scene: 'a writer is held up before the last step of its rotation, and the file is moved by hand', runsMax: 1, without: [['lifecycle/active/open-active.ts', 'if (mayBeReplaced(file, earlier)) swapLock.removeTokens()', '']] },
  "a lock's text from its first instant on, or else the word that a released lock is not wanted back": { scene: 'a writer is held up before it names itself in its lock, and another one while it breaks that lock', runsMax: 1, without: [notGivenUp, ['disk/lock/lock.ts', 'mayLink ? this.#createNamed(text) : null', 'null']] },
  'the word that a lock was given up': { scene: 'a writer is held up before it names itself in its lock without links, and goes on while that lock is broken', runsMax: 1, without: [['disk/lock/lock-file.ts', 'writeSync(descriptor, gone, 0)', '']] },
  'the closing of passages before a line is written again': { scene: 'a writer looks for its line without links while the file is in the passage of another one', runsMax: 1, without: [[lookout, '    this.#lock.removeTokens()\n', '']] },
  'the difference between a lock that is gone and one that cannot be read': { scene: 'a writer in another container is held up while it looks at the lock, which is released meanwhile', runsMax: 1, without: [['disk/lock/lock-file.ts', 'if (text === null) return null', "if (text === null) return { text: '', sizeBytes: Number(stats.size), mark: String(stats.mtimeNs), isGivenUp: false }"]] },
  'the word that a released lock is not wanted back': { scene: 'a writer in another container releases its lock while another one has it aside', runsMax: 1, without: [notGivenUp] },
  'the second look at a lock that is removed': { scene: 'a writer in another container is held up before it releases its lock, and another one in its rotation', runsMax: 1, without: [['disk/lock/lock-file.ts', 'isRemoved = moved !== null && isExpected(moved)', 'isRemoved = moved !== null']] },
  'the look whether a name is only reserved': { scene: 'two writers and a follower without hard links', runsMax: 1_000, without: [['reading/log-snapshot.ts', '(describe(path)?.bytes === 0 ? null : path)', 'path']] },
  'the pauses of a waiter that was held up': { scene: 'a writer is held up for seconds while it waits for the lock of a sweeper that is held up too', runsMax: 1, without: [['disk/lock/lock.ts', '(pauses >= pausesMin && this.#monotonic()', '(this.#monotonic()']] },
  'a question that takes nothing': { scene: 'a writer in another container asks for its broken lock while the one that broke it asks for its own', runsMax: 1, without: [['disk/lock/lock.ts', 'if (found === null || breaking.#isAbandoned(found)) return false', 'if (breaking.tryAcquire()) { breaking.release(); return false }\n    if (found === null) return true']] },
  'the end of a write that the disk cut off': { scene: 'two writers on a disk that fails', runsMax: 6_000, without: [['disk/active/appender.ts', 'throw new ShortWrite()', 'return']] },
  'the breaking of locks whose owner is gone': { scene: 'two writers and kills', runsMax: 300, without: [['disk/lock/lock.ts', "if (liveness !== 'unknown') return liveness === 'gone'", "if (liveness !== 'unknown') return false"]] },
  'the hidden name of a copy': { scene: 'a writer, a reader and sweep', runsMax: 3_000, without: [['lifecycle/sweeping/archive-compressor.ts', 'const job = { archive, source, final, signal, temporary: join(this.#log.directory, hiddenName(this.#log, packPart(archive))) }', 'const job = { archive, source, final, signal, temporary: final }']] },
  'the sync of a copy': { scene: 'two writers', runsMax: 100, without: [['disk/compress/compress.ts', 'await copy.sync()', '']] },
  "the sync of a copy's name": { scene: 'two writers', runsMax: 100, without: [['lifecycle/sweeping/archive-compressor.ts', 'else await syncFolder(this.#log.directory)', '']] },
  'a name that readers read, where a backup gave another': { scene: 'two writers and a backup', runsMax: 10_000, without: [anyName, notAside] },
  'the archive taken aside, where its lock was broken': { scene: 'a sweeper in another container is held up right before it removes an archive, and a writer before its write', runsMax: 1, without: [anyName, notAside] }
}

/** Changes the source as it is built. Throws where the protection is not where it was. */
export function takeOut ({ without }: Protection): Plugin {
  return {
    name: 'take-out',
    setup: (build) => {
      build.onLoad({ filter: /[/\\]src[/\\].*\.ts$/ }, ({ path }) => {
        const changes = without.filter(([file]) => path.endsWith(join('src', file)))
        if (changes.length === 0) return undefined
        const contents = changes.reduce((text, [file, from, to]) => {
          if (text.split(from).length !== 2) throw new Error(`${file} does not have once: ${from}`)
          return text.replace(from, to)
        }, readFileSync(path, 'utf8'))
        return { contents, loader: 'ts' }
      })
    }
  }
}
