// Adds up vitest's JSON reports given as arguments: names what failed or was skipped, says how many were skipped in all,
// then prints the one closing line. Fails if a report is missing, a test failed, or none passed.
import { readFileSync } from 'node:fs'

let missing = false

function read (path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8')).testResults
  } catch (error) {
    console.log(`no report: ${error.message}`)
    missing = true
    return []
  }
}

const files = process.argv.slice(2).flatMap(read)
const tests = files.flatMap((file) => file.assertionResults)
const failed = tests.filter((test) => test.status === 'failed')
const passed = tests.filter((test) => test.status === 'passed')
const skipped = tests.filter((test) => test.status !== 'failed' && test.status !== 'passed')
// A file that could not be loaded has no tests to count, and counts as one that failed.
const broken = files.filter((file) => file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'))

for (const test of skipped) console.log(`skipped: ${test.fullName}`)
for (const file of broken) console.log(`failed: ${file.name}: ${file.message}`)
for (const test of failed) console.log(`failed: ${test.fullName}`)

const failures = failed.length + broken.length
console.log(`${skipped.length} skipped`)
console.log(`${passed.length} passed, ${failures} failed`)
if (missing || failures > 0 || passed.length === 0) process.exitCode = 1
