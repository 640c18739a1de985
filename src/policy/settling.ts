// How several writers and sweepers share a log without messages, and lose no line even if one of them is delayed.
//
// A writer keeps its file open. While it writes, it checks at least every `lookEveryMs` whether the path still leads to that
// file, and follows if it does not. So it appends to an archive for at most that long. A sweeper leaves an archive alone for
// `settleMs` after it first saw it. That is longer, so by then only a delayed writer can still append to it.
//
// A signal or a stalled disk may delay a writer: between its look and its write, in its write, or after it. If more than
// `settleMs` passed, it asks after the write whether its line is certainly in a file that readers read, or in the proven
// copy of one. It checks in this order:
//
// 1. The file is sealed. Then nothing was written into it since the seal, and the sweeper checks its size after the seal. So
//    the line is in the copy, or the sweeper sees that the file grew and keeps it. A late write breaks the seal, but a mark
//    still tells the size at the seal. So if several writers are delayed, each sees which of its lines are in the copy.
// 2. The file has a name that readers read: the log's path, or the name of a plain archive. A sweeper that removes it later
//    first takes that name away, then checks the size, and only then removes the file. So it sees the line and keeps it.
// 3. The file has the name under which a sweeper removes it, but no sweeper is at work. It was killed there, or its lock was
//    broken. The writer gives the file its name back, and checks again. The same goes for a file in the passage of another
//    writer, whose lock was broken (disk/active/passage.ts).
// 4. None of these. The line is written again. A name that readers do not read proves nothing. It may be a backup's.
//
// Each side acts first and checks afterwards. The writer writes, then checks the name. The sweeper takes the name away, then
// checks for the line. In every order of these four steps, at least one of the two sees the other. This needs no lock, so a
// broken lock loses no line. The lock only prevents writing a line twice: the writer checks under it, so it does not meet a
// sweeper between its steps.

/** The longest time that a writer writes without checking whether the path still leads to its file. */
export const lookEveryMs = 100

/** The most bytes that a writer writes without checking the file's size, because other writers fill the file too. */
export const lookEveryBytes = 16 * 1024

/** How often an idle writer checks, so that it does not keep a removed file's room. */
export const lookWhenIdleMs = 4_000

/** How long an archive is left alone after it was first seen. */
export const settleMs = 1_000
