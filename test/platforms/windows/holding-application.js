// Holds a file as a virus scanner does, so that no other program can open, rename or remove it, and lets go after a while.
import { closeSync, constants, openSync, writeFileSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'

/** libuv's flag for opening a file without sharing it. */
const unshared = 0x1000_0000

const [path, ready, forMs] = process.argv.slice(2)
const descriptor = openSync(path, constants.O_RDWR | unshared)
writeFileSync(ready, '')
await setTimeout(Number(forMs))
closeSync(descriptor)
