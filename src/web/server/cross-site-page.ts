// The page for a link on another site, such as in a chat. It shows nothing of the logs. The user opens them with one click,
// which the other site cannot do for them.
import type { Target } from './web-request.js'

/** Makes the page. Its link is the address that was asked for, without a token. */
export function crossSitePage ({ path, query }: Target, basePath: string): string {
  query.delete('token')
  const rest = query.size === 0 ? '' : `?${query.toString()}`
  const address = path === `${basePath}/` || path === basePath ? `${basePath}/${rest}` : `${basePath}/`
  return '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>pino-rotor</title>' +
    `<main><h1>A link to your logs</h1><p>Another site sent you here. <a href="${escaped(address)}">Open the logs</a></p></main></html>`
}

function escaped (text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}
