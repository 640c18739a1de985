// What was forwarded is reported at most once in ten seconds, and nothing is left out.
import { expect, test } from 'vitest'
import type { ForwardedEvent } from '../../../src/events.js'
import { ForwardReport } from '../../../src/lifecycle/forwarding/forward-report.js'

function reportOn (clock: { nowMs: number }): { report: ForwardReport, told: ForwardedEvent[] } {
  const told: ForwardedEvent[] = []
  return { report: new ForwardReport((_name, ...[details]) => { told.push(details as ForwardedEvent) }, () => clock.nowMs), told }
}

test('tells the first batch at once, and those of the next ten seconds together', () => {
  const clock = { nowMs: 0 }
  const { report, told } = reportOn(clock)
  for (clock.nowMs = 0; clock.nowMs <= 10_000; clock.nowMs += 1_000) report.add(1, 10, 2)
  expect(told).toEqual([{ lines: 1, bytes: 10, rejected: 2 }, { lines: 10, bytes: 100, rejected: 20 }])
})

test('tells the rest at the end, and no more if there is none', () => {
  const { report, told } = reportOn({ nowMs: 0 })
  report.add(1, 10, 0)
  report.add(2, 20, 0)
  report.flush()
  report.flush()
  expect(told).toEqual([{ lines: 1, bytes: 10, rejected: 0 }, { lines: 2, bytes: 20, rejected: 0 }])
})
