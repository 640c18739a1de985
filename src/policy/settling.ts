// How several writers share one path without asking each other. A writer holds its file open, looks at least this often
// whether the path still names it, and so appends to an archive for at most this long. Whoever compresses or removes an
// archive waits longer than that, so that nobody can still be appending. A writer that was stopped between its look and
// its write, or in the middle of its write, for as long as the others wait asks, after the write, what became of its file:
// it still has a name, or it was sealed after the write (disk/seal.ts), or the lines are nowhere.

/** The longest that a writer writes without looking whether the path still names its file. */
export const lookEveryMs = 100

/** How long an archive is left alone after it was first seen. */
export const settleMs = 1_000
