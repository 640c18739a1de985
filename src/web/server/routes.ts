// Finds the route of a path. A log is named by its number alone, so no path of a client reaches the file system.
import { fieldsRoute } from '../analytics/fields.js'
import { groupsRoute } from '../analytics/groups.js'
import { histogramRoute } from '../analytics/histogram.js'
import { contextRoute } from '../api/context.js'
import { downloadRoute } from '../api/download.js'
import { followRoute } from '../api/follow.js'
import { linesRoute } from '../api/lines.js'
import { logsRoute } from '../api/logs.js'
import { metricsRoute } from '../api/metrics.js'
import { openApiRoute } from '../open-api/open-api.js'
import { queryRoute } from '../api/query.js'
import { statusRoute } from '../api/status.js'
import { RequestError } from './request-error.js'
import type { LogRoute, Route } from './web-request.js'

const routes: Readonly<Record<string, Route>> = {
  '/api/v1/logs': logsRoute,
  '/api/v1/openapi.json': openApiRoute,
  '/metrics': metricsRoute
}

const logRoutes: Readonly<Record<string, LogRoute>> = {
  status: statusRoute,
  lines: linesRoute,
  context: contextRoute,
  histogram: histogramRoute,
  fields: fieldsRoute,
  groups: groupsRoute,
  query: queryRoute,
  download: downloadRoute,
  follow: followRoute
}

const logForm = /^\/api\/v1\/logs\/(\d{1,9})\/([a-z]+)$/

/** The route of a path below the base path. */
export function findRoute (path: string): Route {
  const route = Object.hasOwn(routes, path) ? routes[path] : undefined
  if (route !== undefined) return route
  const [, id = '', name = ''] = logForm.exec(path) ?? []
  const logRoute = Object.hasOwn(logRoutes, name) ? logRoutes[name] : undefined
  if (logRoute === undefined) throw new RequestError(404, 'not_found', 'there is nothing at this address')
  return async (request) => {
    const log = await request.source.find(Number(id))
    if (log === null) throw new RequestError(404, 'not_found', `there is no log ${id}: /api/v1/logs lists them`)
    await logRoute({ ...request, log })
  }
}
