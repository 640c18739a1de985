#!/usr/bin/env node
// The command line's entry.
if (process.argv[2] === 'cat') await import('./cat-program.js')
else await import('./program.js')

// Without an import or an export, TypeScript would take this file for a script.
export {}
