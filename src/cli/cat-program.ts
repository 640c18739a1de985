// The program with `cat` alone, which is built into one file. Finding a line often takes less time than loading some forty files.
import { answer } from './answer.js'
import { cat } from './commands/cat.js'
import { processFace } from './terminal/face.js'

const commands = [{ name: cat.name, summary: cat.description, load: async () => await Promise.resolve(cat) }]

process.exitCode = await answer(process.argv.slice(2), processFace(), commands)
