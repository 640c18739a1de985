#!/usr/bin/env node
// The command line's entry.
import { answer } from './answer.js'
import { processFace } from './terminal/face.js'

process.exitCode = await answer(process.argv.slice(2), processFace())
