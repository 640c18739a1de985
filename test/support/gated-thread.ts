// A process with threads that make calls in one piece, and end. Its arguments say how: `end COUNT` ends that many threads of zlib, each
// at some instant; `exit FILE` ends the process in the middle of a call, which leaves FILE behind at its end.
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { gzipSync } from 'node:zlib'
import { EndingGate, inOnePiece, useGate } from '../../src/platform/ending-gate.js'

interface Data { readonly gate: SharedArrayBuffer, readonly file: string | null }

const callMs = 100
const instantMsMax = 3

if (isMainThread) void beProcess(process.argv[2] ?? '', process.argv[3] ?? '')
else beThread(workerData as Data)

async function beProcess (kind: string, argument: string): Promise<void> {
  if (kind === 'exit') {
    await begun(new EndingGate(), argument)
    process.exit(7)
  }
  await Promise.all([endThreads(Number(argument) / 2), endThreads(Number(argument) / 2)])
}

async function endThreads (count: number): Promise<void> {
  for (let number = 0; number < count; number++) {
    const gate = new EndingGate()
    const worker = await begun(gate, null)
    await new Promise((resolve) => { setTimeout(resolve, Math.random() * instantMsMax) })
    await gate.end(worker)
  }
}

async function begun (gate: EndingGate, file: string | null): Promise<Worker> {
  const worker = new Worker(__filename, { workerData: { gate: gate.memory, file } satisfies Data })
  gate.guard(worker)
  await once(worker, 'message')
  return worker
}

function beThread ({ gate, file }: Data): void {
  useGate(gate)
  if (file === null) {
    parentPort?.postMessage('begun')
    for (;;) inOnePiece(() => gzipSync('x'))
  }
  inOnePiece(() => {
    parentPort?.postMessage('begun')
    for (const endMs = performance.now() + callMs; performance.now() < endMs;);
    writeFileSync(file, 'whole')
  })
}
