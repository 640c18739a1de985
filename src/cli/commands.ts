// Every command in the order of the help. Each is loaded only when it is called, so that the others cost nothing.
import type { CommandEntry } from './call/command.js'

export const commands: readonly CommandEntry[] = [
  {
    name: 'status',
    summary: 'shows the files on the disk, their growth, and when limits are reached',
    load: async () => (await import('./commands/status.js')).status
  },
  {
    name: 'rotate',
    summary: 'rotates now; a running application follows',
    load: async () => (await import('./commands/rotate.js')).rotate
  },
  {
    name: 'sweep',
    summary: 'compresses archives and removes those beyond the limits',
    load: async () => (await import('./commands/sweep.js')).sweep
  },
  {
    name: 'bundle',
    summary: 'merges the archives of each finished month into one file',
    load: async () => (await import('./commands/bundle.js')).bundle
  },
  {
    name: 'cat',
    summary: 'prints every line in order, unpacked, archives first',
    load: async () => (await import('./commands/cat.js')).cat
  },
  {
    name: 'query',
    summary: 'runs SQL over the lines, if DuckDB is installed',
    load: async () => (await import('./commands/query.js')).query
  },
  {
    name: 'web',
    summary: 'shows the logs in the browser: search, histogram, live tail',
    load: async () => (await import('./commands/web.js')).web
  },
  {
    name: 'upload',
    summary: 'sends finished archives to the store of the options, with proof',
    load: async () => (await import('./commands/upload.js')).upload
  },
  {
    name: 'download',
    summary: 'brings archives back from the store to where cat reads them',
    load: async () => (await import('./commands/download.js')).download
  },
  {
    name: 'forward',
    summary: 'sends lines to a collector, beside an application that does not',
    load: async () => (await import('./commands/forward.js')).forward
  },
  {
    name: 'verify',
    summary: 'reads every archive to its end and lists the damaged ones',
    load: async () => (await import('./commands/verify.js')).verify
  },
  {
    name: 'doctor',
    summary: 'explains why it does not rotate, compress or remove',
    load: async () => (await import('./commands/doctor.js')).doctor
  },
  {
    name: 'completion',
    summary: 'prints a script that completes commands in bash, zsh or fish',
    load: async () => (await import('./commands/completion.js')).completionOf(commands.filter(({ name }) => name !== 'completion'))
  }
]
