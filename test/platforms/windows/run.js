// Runs one test of one script: `node run.js faces.js "name of the test"`.
const [script, name] = process.argv.slice(2)
// A worker does not keep the process alive, and neither does waiting for it.
setInterval(() => {}, 60_000)
const { [name]: test } = await import(`./${script}`).then(({ tests }) => tests)
await test()
console.log('passed')
process.exit(0)
