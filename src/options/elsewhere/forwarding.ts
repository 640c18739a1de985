// The option `forward`: the receiver, where to begin, and how much retention holds for it. Secrets in headers are named, as
// `${NAME}` of the environment, and never written.
import * as v from 'valibot'
import { defaultForward } from '../defaults.js'
import { reading, type Reading } from '../faults/option-reading.js'
import { members, ownProperties, section } from '../faults/section.js'
import type { Forwarding } from '../settings.js'
import { expectedLevel, readLevel } from '../values/match.js'
import { parseModule } from '../values/module.js'
import { parseSize } from '../values/size.js'

const secretHeader = /authorization|token|key|secret|cookie|password|credential/i
const variable = /\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g

function parseUrl (raw: unknown): Reading<string> {
  const expected = 'the address of a receiver of OTLP over HTTP such as "http://127.0.0.1:4318/v1/logs"'
  if (typeof raw !== 'string' || !URL.canParse(raw)) return { expected }
  const url = new URL(raw)
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return { expected }
  if (url.username !== '' || url.password !== '') return { expected: `${expected}, with secrets in "headers" as \${NAME} of the environment` }
  if (url.pathname === '/') url.pathname = '/v1/logs'
  return { value: url.href }
}

function parseHeaders (raw: unknown): Reading<Record<string, string>> {
  const expected = 'headers with text values, such as { authorization: "Bearer ${OTLP_TOKEN}" }'
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) return { expected }
  for (const [name, value] of Object.entries(raw)) {
    if (!/^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/.test(name) || typeof value !== 'string' || /[^\t\x20-\x7e]/.test(value)) return { expected }
    const names = [...value.matchAll(variable)].map(([, key = '']) => key)
    if (secretHeader.test(name) && names.length === 0) return { expected: `no secret as it is in "${name}": write \${NAME}, and set NAME in the environment` }
    const missing = names.find((key) => process.env[key] === undefined)
    if (missing !== undefined) return { expected: `${missing} to be set in the environment, since "${name}" names it` }
  }
  return { value: { ...raw } }
}

function parseResource (raw: unknown): Reading<Record<string, string>> {
  const isFit = typeof raw === 'object' && raw !== null && !Array.isArray(raw) && Object.values(raw).every((value) => typeof value === 'string')
  return isFit ? { value: { ...raw } } : { expected: 'attributes with text values, such as { "service.name": "shop" }' }
}

function parseLevel (raw: unknown): Reading<number> {
  const level = readLevel(raw)
  return level === null ? { expected: expectedLevel(raw) } : { value: level }
}

const entries = members({
  to: v.optional(v.picklist(['otlp'], '"otlp"')),
  url: v.optional(reading(parseUrl)),
  headers: v.optional(reading(parseHeaders), defaultForward.headers),
  resource: v.optional(reading(parseResource), defaultForward.resource),
  module: v.optional(reading((raw) => parseModule(raw, './send.js'))),
  from: v.optional(v.picklist(['oldest', 'now'], '"oldest" or "now"'), defaultForward.from),
  hold: v.optional(reading(parseSize), defaultForward.hold),
  level: v.optional(reading(parseLevel))
})

type Entries = v.InferOutput<typeof entries>

const placeIsOne = v.rawCheck<Entries>(({ dataset, addIssue }) => {
  const given = ownProperties(dataset.value as Record<string, unknown>)
  const issueAt = (key: string, message: string): void => {
    addIssue({ message, input: given[key], path: [{ type: 'object', origin: 'value', input: {}, key, value: given[key] }] })
  }
  if (given['module'] === undefined) {
    if (given['to'] === undefined) issueAt('to', '"otlp", or "module" with a sender of your own')
    else if (given['url'] === undefined && dataset.issues === undefined) issueAt('url', 'the address of a receiver of OTLP over HTTP such as "http://127.0.0.1:4318/v1/logs"')
    return
  }
  for (const key of ['to', 'url']) {
    if (given[key] !== undefined) issueAt(key, 'none beside "module", which takes its place')
  }
})

const objectSchema = v.pipe(
  section(v.pipe(entries, placeIsOne), { expected: 'false, { to: "otlp", url } or { module }', knownElsewhere: { endpoint: 'here "url"', target: 'here "url", or "module"' } }),
  v.transform(({ url = '', headers, resource, module, from, hold, level }): Forwarding => ({
    place: module === undefined ? { kind: 'otlp', url, headers, resource } : { kind: 'module', module },
    from,
    holdBytes: hold,
    levelMin: level ?? null
  }))
)

/** Parses `forward`: `false`, or an object. */
export const forwardSchema: v.GenericSchema<unknown, Forwarding | null> =
  v.lazy(raw => raw === false ? v.pipe(v.literal(false), v.transform(() => null)) : objectSchema)

/** The values of the variables in headers. */
export function secretsOf (headers: Readonly<Record<string, string>>, environment: NodeJS.ProcessEnv): string[] {
  return Object.values(headers).flatMap((value) => [...value.matchAll(variable)]).flatMap(([, key = '']) => environment[key] || [])
}

/** Replaces the variables in headers by their values. */
export function filledHeaders (headers: Readonly<Record<string, string>>, environment: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, value.replace(variable, (_, key: string) => environment[key] ?? '')]))
}
