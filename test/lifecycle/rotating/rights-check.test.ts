import { beforeEach, expect, test, vi } from 'vitest'
import { RightsCheck } from '../../../src/lifecycle/rotating/rights-check.js'
import { StepHealth } from '../../../src/lifecycle/step-health.js'
import { pass, settleDisk, stopTimeAt } from '../../support/passing-time.js'

const looks = vi.hoisted(() => [] as Array<{ readonly paths: readonly string[], readonly end: (lost: null) => void }>)

vi.mock('../../../src/disk/rights/correct-rights.js', () => ({
  correctRights: async (paths: readonly string[]) => await new Promise<null>((resolve) => { looks.push({ paths, end: resolve }) })
}))

let check: RightsCheck

beforeEach(() => {
  stopTimeAt('2025-10-01T00:00:00Z')
  looks.length = 0
  check = new RightsCheck('app.log', new StepHealth(() => {}, () => 0), () => performance.now())
})

test('looks at all archives of half a second and at the active file', () => {
  check.rotated('app.1.log')
  pass(300)
  check.rotated('app.2.log')
  pass(200)
  expect(looks.map(({ paths }) => paths)).toEqual([['app.1.log', 'app.2.log', 'app.log']])
})

test('compares a file that was rotated during a look with the archive before it, and no later one', async () => {
  check.rotated('app.1.log')
  pass(500)
  check.rotated('app.2.log')
  looks[0]?.end(null)
  await settleDisk()
  pass(500)
  looks[1]?.end(null)
  await settleDisk()
  check.rotated('app.3.log')
  pass(500)
  expect(looks.map(({ paths }) => paths).slice(1)).toEqual([['app.1.log', 'app.2.log', 'app.log'], ['app.3.log', 'app.log']])
})
