// Every default, as a user would write it. Parsing fills them in, and a test compares docs/options.md with them.
import type { BundleOptions, ForwardOptions, LimitOptions, RotorOptions, UploadOptions } from './options.js'

type Defaults = Required<Omit<RotorOptions, 'file' | 'limit'>> & { limit: Required<LimitOptions> }

/** The value of each option that is not given. */
export const defaultOptions = {
  enabled: true,
  size: '50m',
  frequency: false,
  rotateWhen: false,
  timezone: 'UTC',
  stamp: 'datetime',
  compress: 'gzip',
  limit: { count: 10, age: '30d', totalSize: false, minFree: false },
  sweep: '24h',
  bundle: false,
  upload: false,
  forward: false,
  metrics: false,
  symlink: false,
  mkdir: true,
  mode: 0o644,
  fsync: false,
  buffer: '16m',
  report: 'failures',
  routes: []
} as const satisfies Defaults

/** The value of each option in `upload` that is not given. */
export const defaultUpload = {
  key: '{hostname}/{yyyy}/{mm}/{dd}/{name}',
  hold: '5g'
} as const satisfies UploadOptions

/** The value of each option in `bundle` that is not given. No limit applies: bundles are kept for ever. */
export const defaultBundle = {
  frequency: 'monthly',
  directory: 'archive',
  limit: { count: false, age: false, totalSize: false, minFree: false }
} as const satisfies Required<BundleOptions>

/** The value of each option in `forward` that is not given. */
export const defaultForward = {
  headers: {},
  resource: {},
  from: 'now',
  hold: '1g'
} as const satisfies ForwardOptions
