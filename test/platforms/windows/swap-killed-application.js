// Logs a line and kills itself at one step of the swap that follows.
import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import pino from 'pino'
import rotor from 'pino-rotor'

const [file, step] = process.argv.slice(2)
const stream = await rotor({ file, limit: false, compress: false, report: false })
pino(stream).info({ i: 0 })
stream.flushSync()

function killAt (call, isAt) {
  const original = fs[call]
  fs[call] = (...args) => {
    if (isAt(...args)) process.kill(process.pid, 'SIGKILL')
    return original(...args)
  }
}
switch (step) {
  case 'reserve': killAt('openSync', (path) => /app\.\d{8}_\d{6}\.log$/.test(path)); break
  case 'rename active': killAt('renameSync', (path) => path === file); break
  case 'rename successor': killAt('renameSync', (path) => path.includes('.rotor.next.')); break
  case 'unlock': killAt('renameSync', (path) => path.endsWith('.lock')); break
}
syncBuiltinESMExports()
await stream.rotate()
