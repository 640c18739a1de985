// Every default, in one place and as a user would write it: parsing fills them in, and the README is checked against them.
import type { BundleOptions, LimitOptions, RotorOptions } from './options.js'

type Defaults = Required<Omit<RotorOptions, 'file' | 'limit'>> & { limit: Required<LimitOptions> }

/** What holds for each option that is not given. */
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
  symlink: false,
  mkdir: true,
  mode: 0o644,
  fsync: false,
  buffer: '16m',
  report: 'failures',
  routes: []
} as const satisfies Defaults

/** What holds in `bundle` for each option that is not given: bundles are kept for ever. */
export const defaultBundle = {
  frequency: 'monthly',
  directory: 'archive',
  limit: { count: false, age: false, totalSize: false, minFree: false }
} as const satisfies Required<BundleOptions>
