// How several writers share one path without asking each other. A writer holds its file open and looks at least this often
// whether the path still names it. So it appends to an archive for at most this long. A process that compresses or removes an
// archive waits longer than that, so no writer can still be appending. A writer that was held up for as long as the others wait
// asks after its write what became of its file: it still has a name, or it was sealed after the write (disk/seal.ts), or the lines
// are nowhere.

/** The longest that a writer writes without looking whether the path still names its file. */
export const lookEveryMs = 100

/** How long an archive is left alone after it was first seen. */
export const settleMs = 1_000
