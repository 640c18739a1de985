// The page: one file of HTML that the build makes, with its style and script inside. The content security policy names their
// hashes, so that the browser runs no other script, even if a log contains one.
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

export interface PageFile {
  readonly html: Buffer
  readonly policy: string
}

const pageName = 'web-page.html'
const inlineForm = /<(script|style)(\s[^>]*)?>([^]*?)<\/\1>/g
const missing = '<!doctype html><html lang="en"><meta charset="utf-8"><title>pino-rotor</title><p>The page is not built: run npm run build.</p></html>'

/** Reads the page beside this program, and makes its content security policy. */
export function loadPage (path: string = fileURLToPath(new URL(`./${pageName}`, import.meta.url))): PageFile {
  const html = existsSync(path) ? readFileSync(path, 'utf8') : missing
  return { html: Buffer.from(html), policy: policyOf(html) }
}

/** The policy that allows exactly the inline scripts and styles of the page, and requests to its own server. */
function policyOf (html: string): string {
  const hashes = { script: new Set<string>(), style: new Set<string>() }
  for (const [, kind, , content = ''] of html.matchAll(inlineForm)) hashes[kind as 'script' | 'style'].add(`'sha256-${createHash('sha256').update(content).digest('base64')}'`)
  return [
    "default-src 'none'",
    `script-src ${sourcesOf(hashes.script)}`,
    `style-src ${sourcesOf(hashes.style)}`,
    "connect-src 'self'",
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'"
  ].join('; ')
}

function sourcesOf (hashes: ReadonlySet<string>): string {
  return hashes.size === 0 ? "'none'" : [...hashes].join(' ')
}
