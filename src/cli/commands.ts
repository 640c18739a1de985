// Every command in the order of the help. Each is loaded only when it is called, so that the others cost nothing.
import type { Command } from './call/command.js'

interface CommandEntry {
  readonly name: string
  readonly summary: string
  readonly load: () => Promise<Command>
}

export const commands: readonly CommandEntry[] = [
  {
    name: 'status',
    summary: 'what is on the disk, how fast it grows, when limits are reached',
    load: async () => (await import('./commands/status.js')).status
  },
  {
    name: 'rotate',
    summary: 'rotates now, also under a live writer, which follows',
    load: async () => (await import('./commands/rotate.js')).rotate
  },
  {
    name: 'sweep',
    summary: 'compresses what waits and removes what limits no longer allow',
    load: async () => (await import('./commands/sweep.js')).sweep
  },
  {
    name: 'bundle',
    summary: 'joins the archives of each month that is over into one file',
    load: async () => (await import('./commands/bundle.js')).bundle
  },
  {
    name: 'cat',
    summary: 'prints every line in order, unpacked, archives first',
    load: async () => (await import('./commands/cat.js')).cat
  },
  {
    name: 'query',
    summary: 'runs SQL over the lines, where DuckDB is installed',
    load: async () => (await import('./commands/query.js')).query
  },
  {
    name: 'upload',
    summary: 'sends what is finished to the store of the options, with proof',
    load: async () => (await import('./commands/upload.js')).upload
  },
  {
    name: 'download',
    summary: 'brings archives back from the store to where cat reads them',
    load: async () => (await import('./commands/download.js')).download
  },
  {
    name: 'verify',
    summary: 'reads every archive to its end and names what is damaged',
    load: async () => (await import('./commands/verify.js')).verify
  },
  {
    name: 'doctor',
    summary: 'why does it not rotate, not compress, keep too much',
    load: async () => (await import('./commands/doctor.js')).doctor
  }
]
