// The process in which one measurement of one contestant runs, alone and from the beginning. It prints its numbers.
const { benchmark, ...task } = JSON.parse(process.argv[2])
const { default: { measure } } = await import(`./${benchmark}.js`)
// A script that waits for a worker alone would end before it: thread-stream's worker does not keep a process alive.
const alive = setInterval(() => {}, 60_000)
const numbers = await measure(task)
clearInterval(alive)
process.stdout.write(`\n${JSON.stringify(numbers)}\n`)
