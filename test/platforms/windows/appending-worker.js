// Appends a thousand numbered lines, each in a write of its own, as any program could.
import { openSync, writeSync } from 'node:fs'
import { workerData } from 'node:worker_threads'

const descriptor = openSync(workerData.file, 'a')
for (let i = workerData.first; i < 2_000; i += 2) writeSync(descriptor, `{"i":${i}}\n`)
