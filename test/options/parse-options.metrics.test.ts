// The option `metrics`: a file that node_exporter would read, of the transport as a whole.
import { expect, test } from 'vitest'
import { parseOptions } from '../../src/options/parse-options.js'
import { temporaryFolder } from '../support/temporary-folder.js'

test('fills in {pid}, and is off for a log that is not enabled', () => {
  const file = `${temporaryFolder()}/app.log`
  expect(parseOptions({ file, metrics: `${file}.{pid}.prom` }).metricsFile).toBe(`${file}.${process.pid}.prom`)
  expect(parseOptions({ file, metrics: `${file}.prom`, enabled: false }).metricsFile).toBeNull()
})

test.each([true, 5, '', 'rotor.txt', 'http://here/rotor.prom'])('refuses %j', (metrics) => {
  expect(() => parseOptions({ file: `${temporaryFolder()}/app.log`, metrics })).toThrow(/^metrics: expected/)
})

test('refuses a file for one route alone, because the main file reports every route', () => {
  const folder = temporaryFolder()
  const routes = [{ file: `${folder}/errors.log`, match: { level: 'error' }, metrics: `${folder}/errors.prom` }]
  expect(() => parseOptions({ file: `${folder}/app.log`, routes })).toThrow('routes.0.metrics: expected none in a route')
  expect(parseOptions({ file: `${folder}/app.log`, metrics: `${folder}/all.prom`, routes: [{ file: `${folder}/errors.log`, match: { level: 'error' } }] }).routes[0]?.settings.metricsFile).toBeNull()
})
