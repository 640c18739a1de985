// How several writers and sweepers share one log without asking each other, and lose no line whichever of them is held up.
//
// A writer holds its file open. At least every `lookEveryMs` of writing it looks whether the path still leads to that file,
// and follows if it does not. So it appends to an archive for at most that long. A sweeper leaves an archive alone for
// `settleMs` after it first saw it, which is longer: no writer that was not held up still appends to it then.
//
// A writer may be held up all the same, by a signal or a stalled disk: between its look and its write, in its write, or after
// it. If more than `settleMs` passed, it asks after the write: is my line in a file that readers read, or in the proven copy of
// one, for certain? It answers in this order:
//
// 1. My file is sealed. Then nothing was written into it since the seal, and the sweeper looks at its size after the seal. So my
//    line is in the copy, or the sweeper finds that the file grew and keeps it.
// 2. My file has a name that readers read: the path of the log, or the name of a plain archive. A sweeper that removes it later
//    takes that name away first, then looks at the size, and only then removes the file. So it finds my line, and keeps the file.
// 3. Neither. The line is written again. A name that readers do not read proves nothing: it may be a backup's, or the one under
//    which a sweeper is about to remove the file.
//
// Each side acts first and looks afterwards: the writer writes, then looks for the name; the sweeper takes the name away, then
// looks for the line. Whatever the order of these four steps, at least one of the two sees the other. No lock is needed for
// that, so a lock that was broken loses no line. The lock only keeps a line from being written twice: the writer asks under it,
// and so does not meet a sweeper between its steps.

/** The longest that a writer writes without looking whether the path still leads to its file. */
export const lookEveryMs = 100

/** The most bytes that a writer writes without looking at the size that the file has by then: other writers fill it too. */
export const lookEveryBytes = 16 * 1024

/** How often a writer looks that has nothing to write, so that it does not keep a removed file's room. */
export const lookWhenIdleMs = 4_000

/** How long an archive is left alone after it was first seen. */
export const settleMs = 1_000
