// Makes appends atomic in every thread that loads this, as they are on a real Windows. Under Wine, two appends at the same
// moment can go to the same place, so that one overwrites the other. The lock is a folder, which only one thread can make.
import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const lock = join(tmpdir(), `append-${process.pid}`)
const { writeSync } = fs
const pause = new Int32Array(new SharedArrayBuffer(4))
const attemptsMax = 10_000

function takeLock () {
  for (let attempt = 1; ; attempt++) {
    try {
      fs.mkdirSync(lock)
      return
    } catch (error) {
      if (attempt === attemptsMax) throw error
      Atomics.wait(pause, 0, 0, 1)
    }
  }
}

fs.writeSync = (...args) => {
  takeLock()
  try {
    return writeSync(...args)
  } finally {
    fs.rmdirSync(lock)
  }
}
syncBuiltinESMExports()

/** A log's worker loads this file as its module of `rotateWhen`. It never asks for a rotation. */
export default () => false
