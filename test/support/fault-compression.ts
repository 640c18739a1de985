// The file that the fault application's compression thread runs: the package's own, and calls that only count, which the
// thread makes before it is given its first file.
import { closeSync, fstatSync, openSync, readSync, writeSync } from 'node:fs'
import type { WarmUp } from './fault-application.js'

// Imported for its effects alone, it would be left out.
export { default } from '../../src/worker/worker.js'

const asked = process.env['ROTOR_COMPRESSION_WARM_UP']
if (asked !== undefined) warmUp(JSON.parse(asked) as WarmUp)

function warmUp ({ call, times, path }: WarmUp): void {
  const byte = Buffer.alloc(1)
  const make: Record<string, (descriptor: number) => unknown> = {
    openat: () => null,
    close: () => null,
    statx: (descriptor) => fstatSync(descriptor),
    pread64: (descriptor) => readSync(descriptor, byte, 0, 1, 0),
    pwrite64: (descriptor) => writeSync(descriptor, byte, 0, 1, 0)
  }
  const makeCall = make[call]
  if (makeCall === undefined) throw new Error(`no way to make ${call} in the compression thread is known`)
  for (let count = 0; count < times; count++) {
    const descriptor = openSync(path, 'r+')
    makeCall(descriptor)
    closeSync(descriptor)
  }
}
