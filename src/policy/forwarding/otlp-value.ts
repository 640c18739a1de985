// JSON values as OTLP's AnyValue, as JSON text in the form of its protobuf definition. Text is written directly, because a
// busy log has hundreds of thousands of values a second.

/** Deeper values are sent as JSON text, because collectors limit a message's depth. */
const depthMax = 16

/** The text of a value of JSON; null is the empty value. */
function anyValue (value: unknown, depth = 0): string {
  if (typeof value === 'string') return `{"stringValue":${JSON.stringify(value)}}`
  if (typeof value === 'number') return numberValue(value)
  if (typeof value === 'boolean') return `{"boolValue":${value}}`
  return typeof value === 'object' && value !== null ? nested(value, depth) : '{}'
}

/** The text of a key with its value. */
export function keyValue (key: string, value: unknown, depth = 0): string {
  return `{"key":${JSON.stringify(key)},"value":${anyValue(value, depth)}}`
}

// A number beyond the range of doubles, such as 1e999, is parsed as infinite. Protobuf's JSON writes it as a string.
function numberValue (value: number): string {
  if (Number.isSafeInteger(value)) return `{"intValue":"${value}"}`
  return Number.isFinite(value) ? `{"doubleValue":${value}}` : `{"doubleValue":"${value}"}`
}

function nested (value: object, depth: number): string {
  if (depth >= depthMax) return `{"stringValue":${JSON.stringify(JSON.stringify(value))}}`
  let values = ''
  if (Array.isArray(value)) {
    for (const each of value) values += `${values === '' ? '' : ','}${anyValue(each, depth + 1)}`
    return `{"arrayValue":{"values":[${values}]}}`
  }
  for (const key of Object.keys(value)) values += `${values === '' ? '' : ','}${keyValue(key, (value as Record<string, unknown>)[key], depth + 1)}`
  return `{"kvlistValue":{"values":[${values}]}}`
}
