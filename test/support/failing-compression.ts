// The file of a compression thread in which a call goes wrong: the package's own, over an fs whose Nth call of a kind does
// not do what it should. The test says which in the environment, which the thread takes over.
import fs from 'node:fs'
import { BroadcastChannel } from 'node:worker_threads'

// Imported for its effects alone, it would be left out.
export { default } from '../../src/worker/worker.js'

type Call = (...given: unknown[]) => unknown

export interface ThreadFault {
  readonly method: 'openSync' | 'fstatSync' | 'readSync' | 'writeSync' | 'closeSync'
  readonly number: number | 'every'
  /** `hang` tells the channel `rotor-thread-hangs` before it never returns; `takeLittle` and `takeNothing` are for writes. */
  readonly effect: 'fail' | 'hang' | 'end' | 'takeLittle' | 'takeNothing'
}

const effects: Record<ThreadFault['effect'], Call> = {
  // Only a call that was given a path tells it.
  fail: (file) => { throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC', ...(typeof file === 'string' && { path: file }) }) },
  hang: () => {
    new BroadcastChannel('rotor-thread-hangs').postMessage(null)
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
  },
  end: () => process.exit(1),
  takeLittle: (descriptor, data, offset, length, position) => writeSync(descriptor as number, data as Buffer, offset as number, Math.min(Number(length), 1000), position as number),
  takeNothing: () => 0
}

const { writeSync } = fs
const asked = process.env['ROTOR_THREAD_FAULT']
if (asked !== undefined) goWrong(JSON.parse(asked) as ThreadFault)

function goWrong ({ method, number, effect }: ThreadFault): void {
  const original = fs[method] as Call
  let count = 0
  const call: Call = (...given) => {
    count++
    if (number !== 'every' && number !== count) return original(...given)
    // The descriptor is gone even if that is told as a failure.
    if (method === 'closeSync') original(...given)
    return effects[effect](...given)
  }
  Object.assign(fs, { [method]: call })
}
