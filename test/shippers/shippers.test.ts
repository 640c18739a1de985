import { afterAll, describe, expect, test } from 'vitest'
import type { Rotation } from './application.js'
import { ship, type Arrival, type Shipped } from './shipped.js'
import { isInstalled, programOf, shippers } from './shippers.js'

const isRoot = process.getuid?.() === 0
const found = isRoot ? shippers.map((shipper) => [shipper, programOf(shipper)] as const) : []
const all = found.flatMap(([shipper, program]) => program === null ? [] : [[shipper, program] as const])
const missing = [...found.filter(([, program]) => program === null).map(([{ name }]) => name), ...isInstalled('logrotate') ? [] : ['logrotate']]
const reason = !isRoot ? 'it needs root' : missing.length > 0 ? `missing: ${missing.join(', ')}` : null
if (reason !== null) console.log(`shippers are not tested: ${reason}`)

const none: Arrival[] = shippers.map(({ name }) => ({ shipper: name, missing: 0, doubled: 0 }))

function show (everyMs: number, both: Record<Rotation, Shipped>): void {
  for (const [rotation, { lines, arrivals }] of Object.entries(both)) {
    const seen = arrivals.map(({ shipper, missing, doubled }) => `${shipper}: ${missing} missing, ${doubled} doubled`).join('; ')
    console.log(`${rotation} every ${everyMs} ms, ${lines} lines. ${seen}`)
  }
}

afterAll(() => { for (const [, program] of all) program.remove() })

describe.skipIf(reason !== null)('what is shipped', () => {
  test('is every line once where the log is rotated every 5 seconds', async () => {
    const both = await ship({ everyMs: 5000, rotations: 4 }, all)
    show(5000, both)
    expect(both.rotor.arrivals).toEqual(none)
  })

  test('is never less than with logrotate where the log is rotated every 200 ms', async () => {
    const both = await ship({ everyMs: 200, rotations: 50 }, all)
    show(200, both)
    const worse = both.rotor.arrivals.filter(({ missing, doubled }, index) => {
      const other = both.logrotate.arrivals[index]
      return missing > (other?.missing ?? 0) || doubled > (other?.doubled ?? 0)
    })
    expect(worse).toEqual([])
  })
})
