// Orders of events that exploring has found, each by who is held up and where. The code passes them. Without the protection that
// they led to, it fails in them.
import type { Scene } from './scenes.js'

export interface NamedSchedule extends Scene {
  /** Its name in protections.ts. */
  readonly protection: string
  /** What its absence causes. Left out: lines that are lost, kept twice or out of order, or a lock that stays. */
  readonly fault?: RegExp
}

export const namedSchedules: Readonly<Record<string, NamedSchedule>> = {
  // The third writer appends to an archive that was compressed and removed, and breaks its seal. Then the second one looks.
  'two writers are held up at one archive, one before its write and one before its look': {
    roles: [{ is: 'writer', lines: 6, stayMs: 3_500 }, { is: 'writer', lines: 1, stayMs: 6_000 }, { is: 'writer', lines: 2, stayMs: 0 }],
    holdUpsAt: [{ actor: 1, call: 'lstatSync', on: '/app.log', count: 2, forMs: 5_500 }, { actor: 2, call: 'writeSync', on: '/app.log {', count: 2, forMs: 5_000 }],
    protection: 'the mark of a seal that a late write broke'
  },
  // The sweeper has taken the archive aside. The writer appends to it and breaks the sweeper's lock.
  'a sweeper in another container is held up while it removes an archive, and a writer before its write': {
    roles: [{ is: 'writer', lines: 4, stayMs: 0 }, { is: 'rotate' }, { is: 'sweep' }],
    strangers: true,
    holdUpsAt: [{ actor: 0, call: 'writeSync', on: 'app.log {', count: 2, forMs: 1_500 }, { actor: 2, call: 'lstatSync', on: '.gone.', count: 2, forMs: 6_000 }],
    protection: 'the return of an archive that a killed sweeper left aside'
  },
  // The writer breaks the sweeper's lock, and looks whether its line is kept. Then the sweeper goes on.
  'a sweeper in another container is held up right before it removes an archive, and a writer before its write': {
    roles: [{ is: 'writer', lines: 4, stayMs: 0 }, { is: 'rotate' }, { is: 'sweep' }],
    strangers: true,
    holdUpsAt: [{ actor: 0, call: 'writeSync', on: 'app.log {', count: 2, forMs: 1_500 }, { actor: 2, call: 'unlinkSync', on: '/app.2025', count: 1, forMs: 6_000 }],
    protection: 'the archive taken aside, where its lock was broken'
  },
  // Its lock is broken, and the other writer rotates at a later second. Then it links the new file to a name that comes too early.
  'a writer in another container is held up before it names an archive': {
    roles: [{ is: 'writer', lines: 6, stayMs: 3_500 }, { is: 'writer', lines: 6, stayMs: 3_500 }],
    strangers: true,
    holdUpsAt: [{ actor: 0, call: 'linkSync', on: '/app.log', count: 1, forMs: 2_500 }, { actor: 1, call: 'opendirSync', on: '', count: 4, forMs: 4_000 }],
    protection: 'the removal of the successor of a swap whose lock is broken'
  },
  // It makes its successor after the other one has listed what is removed with the lock, and before the lock is removed.
  'a writer in another container is held up with its lock, and goes on while the lock is broken': {
    roles: [{ is: 'writer', lines: 6, stayMs: 3_500 }, { is: 'writer', lines: 6, stayMs: 3_500 }],
    strangers: true,
    holdUpsAt: [
      { actor: 0, call: 'unlinkSync', on: '.rotor.lock', count: 1, forMs: 1_500 },
      { actor: 1, call: 'renameSync', on: '.rotor.lock', count: 1, forMs: 2_500 },
      { actor: 0, call: 'renameSync', on: '/app.log', count: 1, forMs: 4_000 },
      { actor: 1, call: 'opendirSync', on: '', count: 5, forMs: 4_000 }
    ],
    protection: 'the question whether the lock is being broken'
  },
  // It would rename the file that the other one has put in place, to a name that comes before that one's archive.
  'a writer in another container is held up right before it names an archive without links': {
    roles: [{ is: 'writer', lines: 6, stayMs: 3_500 }, { is: 'writer', lines: 6, stayMs: 3_500 }],
    strangers: true,
    withoutLinks: true,
    holdUpsAt: [{ actor: 0, call: 'renameSync', on: '/app.log', count: 1, forMs: 4_000 }],
    protection: 'the passage of a file that has no second name'
  },
  // The same, before it has opened its passage.
  'a writer in another container is held up before it names an archive without links': {
    roles: [{ is: 'writer', lines: 6, stayMs: 3_500 }, { is: 'writer', lines: 6, stayMs: 3_500 }],
    strangers: true,
    withoutLinks: true,
    holdUpsAt: [{ actor: 0, call: 'linkSync', on: '/app.log', count: 1, forMs: 4_000 }],
    protection: 'the look at the lock once the passage is open'
  },
  // The writer finds the archive's hidden name. By the time it looks at the file, the sweeper has given it its name back by a rename.
  'a sweeper in another container returns an archive without links while a held-up writer looks for it': {
    roles: [{ is: 'writer', lines: 4, stayMs: 0 }, { is: 'rotate' }, { is: 'sweep' }],
    strangers: true,
    withoutLinks: true,
    holdUpsAt: [
      { actor: 0, call: 'writeSync', on: 'app.log {', count: 2, forMs: 1_500 },
      { actor: 2, call: 'renameSync', on: '/app.2025', count: 2, forMs: 800 },
      { actor: 2, call: 'linkSync', on: '.gone.', count: 1, forMs: 8_000 },
      { actor: 0, call: 'lstatSync', on: '.gone.', count: 1, forMs: 4_000 }
    ],
    protection: 'the look after an archive was given its name back'
  },
  // Its rename would replace the file that the other writer has made after the mv, with a line in it.
  'a writer is held up before the last step of its rotation, and the file is moved by hand': {
    roles: [{ is: 'writer', lines: 6, stayMs: 3_500 }, { is: 'writer', lines: 9, stayMs: 3_500, options: { size: '1kb' } }, { is: 'move' }],
    twiceBecause: 'the file was moved by hand',
    holdUpsAt: [{ actor: 0, call: 'renameSync', on: '.next.', count: 1, forMs: 4_000 }, { actor: 2, call: 'renameSync', on: '.moved', count: 1, forMs: 140 }],
    protection: 'the removal of successors before a new file is written'
  },
  // It had the lock, which the other one has broken. Without the name that the file gets from the passage, it would write its line again.
  'a writer looks for its line without links while the file is in the passage of another one': {
    roles: [{ is: 'writer', lines: 2, stayMs: 0 }, { is: 'writer', lines: 6, stayMs: 3_500 }],
    strangers: true,
    withoutLinks: true,
    holdUpsAt: [
      { actor: 0, call: 'openSync', on: '/app.log', count: 1, forMs: 1_500 },
      { actor: 1, call: 'mkdirSync', on: '', count: 1, forMs: 2_000 },
      { actor: 0, call: 'lstatSync', on: '/app.log', count: 1, forMs: 9_000 },
      { actor: 1, call: 'openSync', on: '.rotor.lock', count: 2, forMs: 600 },
      { actor: 1, call: 'renameSync', on: '.pass.', count: 2, forMs: 12_000 }
    ],
    protection: 'the closing of passages before a line is written again'
  },
  // The other one's lock has the same size as its own, so it would take that lock for its own that it may not read.
  'a writer in another container is held up while it looks at the lock, which is released meanwhile': {
    roles: [{ is: 'writer', lines: 6, stayMs: 3_500 }, { is: 'writer', lines: 6, stayMs: 3_500 }],
    strangers: true,
    withoutLinks: true,
    holdUpsAt: [
      { actor: 0, call: 'linkSync', on: '/app.log', count: 1, forMs: 4_000 },
      { actor: 1, call: 'closeSync', on: '.next.', count: 1, forMs: 6_000 },
      { actor: 0, call: 'openSync', on: '.rotor.lock', count: 4, forMs: 6_300 }
    ],
    protection: 'the difference between a lock that is gone and one that cannot be read'
  },
  // The other one moves it aside, because it takes it for the one that it found abandoned. Then it puts it back.
  'a writer in another container releases its lock while another one has it aside': {
    roles: [{ is: 'writer', lines: 6, stayMs: 0 }, { is: 'writer', lines: 6, stayMs: 0 }],
    strangers: true,
    options: { compress: false },
    holdUpsAt: [
      { actor: 0, call: 'openSync', on: '.next.', count: 1, forMs: 1_500 },
      { actor: 1, call: 'openSync', on: '.rotor.lock', count: 2, forMs: 600 },
      { actor: 1, call: 'renameSync', on: '.rotor.lock', count: 1, forMs: 3_000 },
      { actor: 0, call: 'writeSync', on: '/app.log {', count: 6, forMs: 1_200 },
      { actor: 0, call: 'renameSync', on: '.rotor.lock', count: 2, forMs: 3_000 },
      { actor: 1, call: 'linkSync', on: '.rotor.lock', count: 2, forMs: 4_000 }
    ],
    protection: 'the word that a released lock is not wanted back'
  },
  // The other one has broken that lock meanwhile, and holds its own. Without it, both would rotate.
  'a writer in another container is held up before it releases its lock, and another one in its rotation': {
    roles: [{ is: 'writer', lines: 6, stayMs: 3_500 }, { is: 'writer', lines: 6, stayMs: 3_500 }],
    strangers: true,
    withoutLinks: true,
    holdUpsAt: [
      { actor: 1, call: 'writeSync', on: 'app.log {', count: 2, forMs: 1_500 },
      { actor: 0, call: 'writeSync', on: 'app.log {', count: 2, forMs: 1_600 },
      { actor: 1, call: 'renameSync', on: '.rotor.lock', count: 1, forMs: 3_000 },
      { actor: 0, call: 'openSync', on: '.rotor.lock', count: 2, forMs: 600 },
      { actor: 0, call: 'renameSync', on: '/app.log', count: 1, forMs: 6_000 },
      { actor: 1, call: 'closeSync', on: '.next.', count: 1, forMs: 5_000 }
    ],
    protection: 'the second look at a lock that is removed'
  },
  // It lists the name that is reserved for the file that it has open, and opens the name once it leads to that file.
  'a follower is held up before it opens an archive, while a writer reserves the name of the next one': {
    roles: [{ is: 'writer', lines: 8, stayMs: 0 }, { is: 'follow' }],
    options: { size: '120b', compress: false },
    withoutLinks: true,
    holdUpsAt: [{ actor: 0, call: 'mkdirSync', on: '.pass.', count: 2, forMs: 1_000 }, { actor: 1, call: 'openSync', on: '/app.2025', count: 2, forMs: 3_000 }],
    protection: 'the look whether a name is only reserved',
    fault: /FAULT: a reader was given the lines/
  },
  // The sweeper lets the lock go a moment later. A writer that gave up by then would write on into the full file.
  'a writer is held up for seconds while it waits for the lock of a sweeper that is held up too': {
    roles: [{ is: 'writer', lines: 45, stayMs: 0 }, { is: 'rotate' }, { is: 'sweep' }],
    bytesMax: 300,
    holdUpsAt: [
      { actor: 2, call: 'unlinkSync', on: '.gone.', count: 1, forMs: 2_000 },
      { actor: 0, call: 'openSync', on: '.rotor.lock', count: 21, forMs: 1_975 }
    ],
    protection: 'the pauses of a waiter that was held up',
    fault: /FAULT: a file of [0-9]+ bytes/
  },
  // Both ask at once whether their lock is being broken. A question that took the second lock would look like that.
  'a writer in another container asks for its broken lock while the one that broke it asks for its own': {
    roles: [{ is: 'writer', lines: 12, stayMs: 0 }, { is: 'writer', lines: 12, stayMs: 0 }],
    strangers: true,
    options: { compress: false },
    bytesMax: 430,
    holdUpsAt: [
      { actor: 0, call: 'openSync', on: '.next.', count: 1, forMs: 900 },
      { actor: 1, call: 'openSync', on: '.rotor.lock', count: 2, forMs: 600 },
      { actor: 1, call: 'openSync', on: '.next.', count: 1, forMs: 300 },
      { actor: 0, call: 'renameSync', on: '.rotor.lock.break', count: 1, forMs: 1_000 }
    ],
    protection: 'a question that takes nothing',
    fault: /FAULT: a file of [0-9]+ bytes/
  },
  // The other one takes its lock for abandoned, moves it aside, sees the name, and puts it back after the first one has made another.
  'a writer is held up before it names itself in its lock, and another one while it breaks that lock': {
    roles: [{ is: 'writer', lines: 5, stayMs: 20_000 }, { is: 'writer', lines: 5, stayMs: 0 }],
    options: { compress: false },
    holdUpsAt: [
      { actor: 0, call: 'writeSync', on: '.rotor.lock', count: 1, forMs: 1_000 },
      { actor: 0, call: 'closeSync', on: '.rotor.lock', count: 1, forMs: 1_000 },
      { actor: 1, call: 'renameSync', on: '.rotor.lock', count: 1, forMs: 1_000 },
      { actor: 1, call: 'linkSync', on: '.rotor.lock', count: 1, forMs: 4_000 }
    ],
    protection: "a lock's text from its first instant on, or else the word that a released lock is not wanted back"
  },
  // The same without links. The first one finds its lock gone, because it was moved aside, and the path free.
  'a writer is held up before it names itself in its lock without links, and goes on while that lock is broken': {
    roles: [{ is: 'writer', lines: 5, stayMs: 20_000 }, { is: 'writer', lines: 5, stayMs: 0 }],
    options: { compress: false },
    withoutLinks: true,
    holdUpsAt: [{ actor: 0, call: 'writeSync', on: '.rotor.lock', count: 2, forMs: 2_000 }, { actor: 1, call: 'readSync', on: '.rotor.lock.1', count: 1, forMs: 4_000 }],
    protection: 'the word that a lock was given up'
  }
}
