// Holds a swap at an instant in which readers must wait, until this process has met it. Preloaded by `--import`.
// `ROTOR_INSTANT` is 'without a name' or 'reserved'. `ROTOR_LOOKS` says how many looks meet the instant before it ends.
import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { dirname, join } from 'node:path'

const { ROTOR_INSTANT: instant, ROTOR_FILE: file, ROTOR_ARCHIVE: archive, ROTOR_LOOKS: looks } = process.env
const next = join(dirname(file), '.app.log.rotor.next')
const lock = join(dirname(file), '.app.log.rotor.lock')
const met = instant === 'without a name' ? file : archive
const { lstatSync, statSync, openSync, renameSync, unlinkSync, writeFileSync, writeSync } = fs
const { open } = fs.promises
let looksLeft = Number(looks)

const owner = `host=elsewhere pid=${process.pid} thread=0 started=1\n`
writeFileSync(lock, owner)

function endSwap () {
  if (instant === 'reserved') renameSync(file, archive)
  renameSync(next, file)
  unlinkSync(lock)
  writeSync(2, 'met\n')
}

function looked (path) {
  if (String(path) === met && looksLeft > 0 && --looksLeft === 0) endSwap()
}

/** The look sees the instant, and the swap goes on afterwards. */
function after (call) {
  return (path, ...rest) => {
    try {
      return call(path, ...rest)
    } finally {
      looked(path)
    }
  }
}

Object.assign(fs, { lstatSync: after(lstatSync), statSync: after(statSync), openSync: after(openSync) })
fs.promises.open = async (path, ...rest) => await open(path, ...rest).finally(() => { looked(path) })
syncBuiltinESMExports()
