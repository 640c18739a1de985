// The option `upload`: the store, the keys of its objects, and how much retention holds for it. Credentials are not options.
// A key that looks like one is refused, and the error says where it belongs.
import { hostname } from 'node:os'
import * as v from 'valibot'
import { defaultUpload } from '../defaults.js'
import { reading, type Reading } from '../faults/option-reading.js'
import { members, ownProperties, section } from '../faults/section.js'
import type { BucketPlace, Uploading } from '../settings.js'
import { parseModule } from '../values/module.js'
import { parseSize } from '../values/size.js'

/** `policy/uploading/object-key.ts` fills these in. `{hostname}` is filled in here. */
const keyPlaceholders: readonly string[] = ['yyyy', 'mm', 'dd', 'name']
const dayCountMax = 36_500
const tagCountMax = 10
const secretBelongs = 'no secret among the options: set it in the environment (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY), or name a module in "credentials"'

function parsePlace (raw: unknown): Reading<{ bucket: string, prefix: string }> {
  const expected = 'the address of a bucket such as "s3://my-bucket" or "s3://my-bucket/logs"'
  const [, bucket, prefix = ''] = /^s3:\/\/([^/?#@:]+)(?:\/(.*))?$/.exec(typeof raw === 'string' ? raw : '') ?? []
  if (bucket === undefined) return { expected }
  if (!/^[a-z0-9][a-z0-9._-]{1,61}[a-z0-9]$/i.test(bucket)) return { expected: `${expected}, with a bucket name of 3 to 63 letters, digits, "-", "." or "_"` }
  if (/[{}]/.test(prefix)) return { expected: `${expected}: placeholders belong into "key"` }
  return { value: { bucket, prefix: prefix.replace(/\/+$/, '') } }
}

/** Whether a host name always means this machine, so that no other machine can read the requests. */
function isLoopback (host: string): boolean {
  return host === 'localhost' || host === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(host)
}

function parseEndpoint (raw: unknown): Reading<string> {
  const expected = 'the address of the store such as "https://minio.example.com:9000"'
  if (typeof raw !== 'string' || !URL.canParse(raw)) return { expected }
  const { protocol, hostname: host, username, password, pathname, search, hash, origin } = new URL(raw)
  if (username !== '' || password !== '') return { expected: secretBelongs }
  if (pathname !== '/' || search !== '' || hash !== '') return { expected: `${expected}, without a path: the bucket and the prefix are part of "to"` }
  if (protocol === 'https:' || (protocol === 'http:' && isLoopback(host))) return { value: origin }
  return { expected: `${expected}: https, except on loopback` }
}

/** Whether the host of an endpoint is an IP address and not a name. A URL has an address in its usual form. */
function isAddress (endpoint: unknown): boolean {
  return typeof endpoint === 'string' && URL.canParse(endpoint) && /^\[|^\d+(?:\.\d+){3}$/.test(new URL(endpoint).hostname)
}

function parseKey (raw: unknown): Reading<string> {
  const expected = `a key with {name} in it, such as "${defaultUpload.key}"`
  if (typeof raw !== 'string' || !raw.includes('{name}')) return { expected }
  const foreign = [...raw.matchAll(/\{([^{}]*)\}/g)].find(([, name = '']) => name !== 'hostname' && !keyPlaceholders.includes(name))
  if (foreign !== undefined) return { expected: `no placeholders but {hostname}, {yyyy}, {mm}, {dd} and {name}, so not ${foreign[0].slice(0, 40)}` }
  if (raw.split('{name}').length > 2) return { expected: 'a key with {name} in it once' }
  if (raw.split('/').some((part) => part === '' || part === '.' || part === '..')) return { expected: 'a key without empty parts, "." and ".."' }
  return { value: raw }
}

function parseText (example: string): (raw: unknown) => Reading<string> {
  return (raw) => typeof raw === 'string' && /^[\x21-\x7e]{1,2048}$/.test(raw) ? { value: raw } : { expected: `text such as "${example}"` }
}

function parseTags (raw: unknown): Reading<Record<string, string>> {
  const expected = `up to ${tagCountMax} tags with text values, such as { team: "payments" }`
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) return { expected }
  const tags = Object.entries(raw)
  const isFit = tags.length > 0 && tags.length <= tagCountMax &&
    tags.every(([key, value]) => key.length <= 128 && typeof value === 'string' && value.length <= 256)
  return isFit ? { value: Object.fromEntries(tags) } : { expected }
}

function parseDays (raw: unknown): Reading<number> {
  return typeof raw === 'number' && Number.isInteger(raw) && raw > 0 && raw <= dayCountMax ? { value: raw } : { expected: `a whole number of days from 1 to ${dayCountMax}` }
}

const secretKeys = Object.fromEntries(['accessKeyId', 'secretAccessKey', 'accessKey', 'secretKey', 'sessionToken'].map((key) => [key, secretBelongs]))

const entries = members({
  to: v.optional(reading(parsePlace)),
  endpoint: v.optional(reading(parseEndpoint)),
  region: v.optional(reading(parseText('eu-central-1'))),
  pathStyle: v.optional(v.boolean('true or false')),
  key: v.optional(reading(parseKey), defaultUpload.key),
  hold: v.optional(reading(parseSize), defaultUpload.hold),
  storageClass: v.optional(reading(parseText('STANDARD_IA'))),
  encryption: v.optional(v.picklist(['AES256', 'aws:kms'], '"AES256" or "aws:kms"')),
  kmsKey: v.optional(reading(parseText('arn:aws:kms:eu-central-1:111122223333:key/…'))),
  tags: v.optional(reading(parseTags)),
  objectLock: v.optional(section(
    members({ mode: v.picklist(['governance', 'compliance'], '"governance" or "compliance"'), days: reading(parseDays) }),
    { expected: '{ mode, days }' }
  )),
  credentials: v.optional(section(members({ module: reading((raw) => parseModule(raw, './credentials.js')) }), { expected: '{ module }', knownElsewhere: secretKeys })),
  module: v.optional(reading((raw) => parseModule(raw, './my-store.js')))
})

type Entries = v.InferOutput<typeof entries>

const ofBucketOnly = ['to', 'endpoint', 'region', 'pathStyle', 'storageClass', 'encryption', 'kmsKey', 'tags', 'objectLock', 'credentials'] as const

const placeIsOne = v.rawCheck<Entries>(({ dataset, addIssue }) => {
  const given = ownProperties(dataset.value as Record<string, unknown>)
  const issueAt = (key: string, message: string): void => {
    addIssue({ message, input: given[key], path: [{ type: 'object', origin: 'value', input: {}, key, value: given[key] }] })
  }
  if (given['module'] === undefined && given['to'] === undefined) issueAt('to', 'the address of a bucket such as "s3://my-bucket/logs", or "module" with a store of your own')
  if (given['kmsKey'] !== undefined && given['encryption'] !== 'aws:kms') issueAt('kmsKey', 'none, unless "encryption" is "aws:kms"')
  if (given['pathStyle'] === false && isAddress(given['endpoint'])) issueAt('pathStyle', 'true with an IP address as "endpoint": a bucket cannot be a part of it')
  if (given['module'] === undefined) return
  for (const key of ofBucketOnly) {
    if (given[key] !== undefined) issueAt(key, 'none beside "module", which takes the place of the bucket')
  }
})

const objectSchema = v.pipe(
  section(v.pipe(entries, placeIsOne), {
    expected: 'false, { to: "s3://bucket/prefix" } or { module }',
    knownElsewhere: { ...secretKeys, bucket: 'the bucket is part of "to"', prefix: 'the prefix is part of "to"', forcePathStyle: 'here "pathStyle"' }
  }),
  v.transform(uploadingOf)
)

/** Parses `upload`: `false`, or an object. */
export const uploadSchema: v.GenericSchema<unknown, Uploading | null> =
  v.lazy(raw => raw === false ? v.pipe(v.literal(false), v.transform(() => null)) : objectSchema)

function uploadingOf (entry: Entries): Uploading {
  const host = hostname().replace(/[^A-Za-z0-9._-]+/g, '-')
  const prefix = entry.to === undefined || entry.to.prefix === '' ? '' : `${entry.to.prefix}/`
  return {
    place: entry.module === undefined ? bucketOf(entry) : { kind: 'module', module: entry.module },
    keyTemplate: prefix + entry.key.replaceAll('{hostname}', host),
    anyHostKeyTemplate: prefix + entry.key,
    holdBytes: entry.hold
  }
}

function bucketOf (entry: Entries): BucketPlace {
  const { to, endpoint, region, pathStyle, credentials, objectLock } = entry
  const bucket = to?.bucket ?? ''
  const place = region ?? process.env['AWS_REGION'] ?? process.env['AWS_DEFAULT_REGION'] ?? 'us-east-1'
  return {
    kind: 'bucket',
    bucket,
    endpoint: endpoint ?? `https://s3.${place}.amazonaws.com`,
    isPathStyle: pathStyle ?? (endpoint !== undefined || bucket.includes('.')),
    region: place,
    credentialsModule: credentials?.module ?? null,
    putHeaders: putHeadersOf(entry),
    objectLock: objectLock === undefined ? null : { mode: objectLock.mode === 'governance' ? 'GOVERNANCE' : 'COMPLIANCE', days: objectLock.days }
  }
}

function putHeadersOf ({ storageClass, encryption, kmsKey, tags }: Pick<Entries, 'storageClass' | 'encryption' | 'kmsKey' | 'tags'>): Record<string, string> {
  return {
    ...storageClass !== undefined && { 'x-amz-storage-class': storageClass },
    ...encryption !== undefined && { 'x-amz-server-side-encryption': encryption },
    ...kmsKey !== undefined && { 'x-amz-server-side-encryption-aws-kms-key-id': kmsKey },
    ...tags !== undefined && { 'x-amz-tagging': new URLSearchParams(tags).toString() }
  }
}
