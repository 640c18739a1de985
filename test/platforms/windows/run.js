// Runs one test of one script: `node run.js faces.js "name of the test"`.
const [script, name] = process.argv.slice(2)
const { [name]: test } = await import(`./${script}`).then(({ tests }) => tests)
await test()
console.log('passed')
process.exit(0)
