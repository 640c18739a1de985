// Parses the option `routes`. Each route is parsed as a log. An option that it does not name is taken from beside `routes`.
// Then the routes are compared: the names of two files must not collide, and every route must be able to receive a line.
import { isDeepStrictEqual } from 'node:util'
import { readMatch, takesAllOf, type Fault } from './match.js'
import { levelNumbersIn } from './level-numbers.js'
import { collisionOf } from '../faults/name-collisions.js'
import type { Match, Route, Settings } from '../settings.js'
import { ownProperties } from '../faults/section.js'
import { hasOwnKey } from '../../platform/own-key.js'

/** Parses the options of one log. Its settings are null if there are faults. */
export type ReadLog = (raw: unknown) => { readonly settings: Settings | null, readonly faults: readonly Fault[] }

interface RouteReading {
  readonly match: Match | null
  readonly settings: Settings | null
  readonly faults: readonly Fault[]
}

/** Parses every route, and tells everything that is wrong with them. */
export function readRoutes (options: Readonly<Record<string, unknown>>, main: ReturnType<ReadLog>, readLog: ReadLog): { routes: Route[], faults: Fault[] } {
  // The link belongs to the main file. Two files cannot share it. The file of metrics tells of the routes too.
  const { routes: raw, symlink: _mainLink, metrics: _mainMetrics, ...common } = options
  if (raw === undefined) return { routes: [], faults: [] }
  if (!Array.isArray(raw)) return { routes: [], faults: [{ keys: ['routes'], expected: 'a list such as [{ file: "logs/error.log", match: { level: "error" } }]' }] }
  const readings = raw.map((route) => readRoute(route, common, main.faults, readLog))
  const faults = readings.flatMap((reading, index) => [
    ...reading.faults,
    ...reading.match === null ? [] : shadowFaults(reading.match, readings.slice(0, index)),
    ...reading.settings === null ? [] : collisionFaults(reading.settings, [main, ...readings.slice(0, index)])
  ].map(({ keys, expected }) => ({ keys: ['routes', String(index), ...keys], expected })))
  const routes = readings.flatMap(({ match, settings }) => match === null || settings === null ? [] : [{ match, settings }])
  return { routes, faults }
}

function readRoute (raw: unknown, common: object, commonFaults: readonly Fault[], readLog: ReadLog): RouteReading {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) {
    return { match: null, settings: null, faults: [{ keys: [], expected: 'a route such as { file: "logs/error.log", match: { level: "error" } }' }] }
  }
  const { match: rawMatch, routes: nested, ...own } = ownProperties(raw)
  const given = ownProperties(Object.fromEntries(Object.entries(own).filter(([, value]) => value !== undefined)))
  // Without this, a route that names no file would get the main one.
  const { settings, faults } = readLog({ ...common, file: undefined, ...given })
  const match = readMatch(rawMatch, levelNumbersIn((common as { levels?: unknown }).levels))
  return {
    match: hasOwnKey(match, 'match') ? match.match : null,
    settings,
    faults: [
      ...hasOwnKey(match, 'faults') ? match.faults.map(({ keys, expected }) => ({ keys: ['match', ...keys], expected })) : [],
      ...given['metrics'] === undefined ? [] : [{ keys: ['metrics'], expected: 'none in a route: the file of the main options tells of every route' }],
      ...nested === undefined ? [] : [{ keys: ['routes'], expected: 'no routes within a route' }],
      // A fault of the common options is reported once, for the main file.
      ...faults.filter((fault) => Object.hasOwn(given, fault.keys[0] ?? '') || !commonFaults.some((known) => isDeepStrictEqual(known, fault)))
    ]
  }
}

function shadowFaults (match: Match, earlier: readonly RouteReading[]): Fault[] {
  const taker = earlier.findIndex((other) => other.match !== null && takesAllOf(other.match, match))
  return taker === -1 ? [] : [{ keys: ['match'], expected: `lines that routes.${taker}, which comes first, does not take already` }]
}

function collisionFaults (settings: Settings, earlier: ReadonlyArray<{ readonly settings: Settings | null }>): Fault[] {
  for (const { settings: other } of earlier) {
    const fault = other === null ? null : collision(settings, other)
    if (fault !== null) return [fault]
  }
  return []
}

function collision (settings: Settings, other: Settings): Fault | null {
  if (settings.file === other.file) {
    return isDeepStrictEqual(settings, other) ? null : { keys: ['file'], expected: `the same options as the other route of ${other.file}, or a file of its own` }
  }
  return collisionOf(settings, other)
}
