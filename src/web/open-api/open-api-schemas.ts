// The shapes of the answers, as JSON Schema.

const text = { type: 'string' } as const
const number = { type: 'number' } as const
const whole = { type: 'integer' } as const
const flag = { type: 'boolean' } as const

function orNull<Type extends string> ({ type }: { readonly type: Type }) {
  return { type: [type, 'null'] } as const
}

function list (items: object) {
  return { type: 'array', items } as const
}

/** An object with exactly these properties. Names with a question mark may be missing. */
function object (properties: Readonly<Record<string, object>>) {
  const names = Object.entries(properties).map(([name, schema]) => [name.replace('?', ''), schema] as const)
  const required = Object.keys(properties).filter((name) => !name.endsWith('?'))
  return { type: 'object', properties: Object.fromEntries(names), required, additionalProperties: false } as const
}

const line = object({ cursor: text, text, 'isCut?': flag })
const sample = object({ lines: whole, bytes: whole, totalBytes: whole })
const nullableSample = { anyOf: [sample, { type: 'null' }] }
const percentiles = { 'p50?': number, 'p95?': number, 'p99?': number }

const log = object({
  id: whole,
  file: text,
  folder: text,
  bytes: whole,
  files: whole,
  lastTimeMs: orNull(number),
  bytesPerDay: orNull(number),
  errorsPerHour: list(whole),
  failing: list(object({ step: text, message: text })),
  removesNext: { anyOf: [object({ file: text, bytes: whole, reason: text, daysLeft: number }), { type: 'null' }] },
  limits: list(object({ name: text, used: number, allowed: number, unit: text })),
  'stored?': object({ files: whole, waiting: whole }),
  'forwarded?': object({ waitingLines: number, lagSeconds: orNull(number) })
})

export const schemas = {
  Fault: object({ error: object({ code: text, message: text }) }),
  Logs: object({ title: text, timezone: text, version: text, hasQuery: flag, 'note?': text, logs: list(log) }),
  Status: object({ status: { type: 'object' }, findings: list(object({ check: text, state: { enum: ['ok', 'warning', 'problem'] }, message: text, remedy: orNull(text) })) }),
  Lines: object({ lines: list(line), before: orNull(text), after: orNull(text), isComplete: flag, 'note?': text }),
  Context: object({ lines: list(line) }),
  Histogram: object({
    fromMs: number,
    toMs: number,
    bucketMs: number,
    levels: list(text),
    buckets: list(object({ timeMs: number, counts: { type: 'object', additionalProperties: whole } })),
    isExact: flag,
    sampled: nullableSample
  }),
  Fields: object({ fields: list(object({ path: text, present: whole, isNumeric: flag, values: list(object({ value: text, count: whole })) })), sampled: sample }),
  Groups: object({
    fromMs: number,
    toMs: number,
    bucketMs: number,
    groups: list(object({ value: orNull(text), count: whole, ...percentiles, series: list(object({ timeMs: number, count: whole, ...percentiles })) })),
    sampled: sample
  }),
  Rows: object({ columns: list(text), rows: list({ type: 'array' }), isCut: flag })
} as const
