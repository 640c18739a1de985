import { afterAll, describe, expect, test } from 'vitest'
import { ship, type Arrival, type Rotation, type Shipped } from './shipped.js'
import { isInstalled, programOf, shippers } from './shippers.js'

const isRoot = process.getuid?.() === 0
const found = isRoot ? shippers.map((shipper) => [shipper, programOf(shipper)] as const) : []
const all = found.flatMap(([shipper, program]) => program === null ? [] : [[shipper, program] as const])
const missing = [...found.filter(([, program]) => program === null).map(([{ name }]) => name), ...isInstalled('logrotate') ? [] : ['logrotate']]
const reason = !isRoot ? 'it needs root' : missing.length > 0 ? `not to be had: ${missing.join(', ')}` : null
if (reason !== null) console.log(`shippers are not tested: ${reason}`)

const none: Arrival[] = shippers.map(({ name }) => ({ shipper: name, missing: 0, doubled: 0 }))

function show (rotation: Rotation, everyMs: number, { lines, rotations, arrivals }: Shipped): void {
  const seen = arrivals.map(({ shipper, missing, doubled }) => `${shipper}: ${missing} missing, ${doubled} doubled`).join('; ')
  console.log(`${rotation} every ${everyMs} ms, ${lines} lines, ${rotations} rotations. ${seen}`)
}

afterAll(() => { for (const [, program] of all) program.remove() })

describe.skipIf(reason !== null)('what is shipped', () => {
  test('is every line once where the log is rotated every 5 seconds', async () => {
    const shipped = await ship({ rotation: 'rotor', everyMs: 5000, durationMs: 21_000 }, all)
    show('rotor', 5000, shipped)
    expect(shipped.arrivals).toEqual(none)
  })

  // What is lost at this rate depends on who gets the processor when, so that a bad moment may be made good, twice.
  test('is never less than with logrotate where the log is rotated every 200 ms', { retry: 2 }, async () => {
    const theirs = await ship({ rotation: 'logrotate', everyMs: 200, durationMs: 10_000 }, all)
    show('logrotate', 200, theirs)
    const ours = await ship({ rotation: 'rotor', everyMs: 200, durationMs: 10_000 }, all)
    show('rotor', 200, ours)
    const worse = ours.arrivals.filter(({ missing, doubled }, index) => {
      const other = theirs.arrivals[index]
      return missing > (other?.missing ?? 0) || doubled > (other?.doubled ?? 0)
    })
    expect(worse).toEqual([])
  })
})
