// Appends every second number up to 2,000, each in a write of its own, as any program could.
import fs from 'node:fs'
import { workerData } from 'node:worker_threads'
import './atomic-appends.js'

const { file, first } = workerData
const descriptor = fs.openSync(file, 'a')
for (let i = first; i < 2_000; i += 2) fs.writeSync(descriptor, `{"i":${i}}\n`)
