// The program with every command. The one that is called is loaded when it is called.
import { answer } from './answer.js'
import { commands } from './commands.js'
import { processFace } from './terminal/face.js'

process.exitCode = await answer(process.argv.slice(2), processFace(), commands)
