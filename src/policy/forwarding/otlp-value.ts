// JSON values as OTLP's AnyValue, in the JSON form of its protobuf definition.

export type AnyValue =
  { readonly stringValue: string } |
  { readonly boolValue: boolean } |
  { readonly intValue: string } |
  { readonly doubleValue: number } |
  { readonly arrayValue: { readonly values: readonly AnyValue[] } } |
  { readonly kvlistValue: { readonly values: readonly KeyValue[] } } |
  Readonly<Record<string, never>>

export interface KeyValue {
  readonly key: string
  readonly value: AnyValue
}

/** Deeper values are sent as JSON text, because collectors limit a message's depth. */
const depthMax = 16

/** A value of JSON; null is the empty value. */
export function anyValue (value: unknown, depth = 0): AnyValue {
  if (typeof value === 'string') return { stringValue: value }
  if (typeof value === 'boolean') return { boolValue: value }
  if (typeof value === 'number') return Number.isSafeInteger(value) ? { intValue: String(value) } : { doubleValue: value }
  return typeof value === 'object' && value !== null ? nested(value, depth) : {}
}

/** The fields of an object, in its order. */
export function keyValues (fields: object, depth = 0): KeyValue[] {
  return Object.entries(fields).map(([key, value]) => ({ key, value: anyValue(value, depth) }))
}

function nested (value: object, depth: number): AnyValue {
  if (depth >= depthMax) return { stringValue: JSON.stringify(value) }
  if (Array.isArray(value)) return { arrayValue: { values: value.map((each) => anyValue(each, depth + 1)) } }
  return { kvlistValue: { values: keyValues(value, depth + 1) } }
}
