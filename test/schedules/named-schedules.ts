// Orders of events that exploring has found, each by who is held up and where. The code passes them. Without the protection that
// they led to, it fails in them.
import type { Scene } from './scenes.js'

export interface NamedSchedule extends Scene {
  /** Its name in protections.ts. */
  readonly protection: string
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
