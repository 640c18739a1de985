// Checks a value against the part of JSON Schema that the API's description uses.

export interface Schema {
  readonly $ref?: string
  readonly type?: string | readonly string[]
  readonly enum?: readonly unknown[]
  readonly anyOf?: readonly Schema[]
  readonly items?: Schema
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly additionalProperties?: boolean | Schema
}

export interface Root {
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> }
}

/** What is wrong with the value; null if nothing is. */
export function faultOf (value: unknown, schema: Schema, root: Root, path = '$'): string | null {
  if (schema.$ref !== undefined) return faultOf(value, root.components.schemas[schema.$ref.split('/').at(-1) ?? ''] ?? { enum: [] }, root, path)
  if (schema.anyOf !== undefined) return schema.anyOf.some((each) => faultOf(value, each, root, path) === null) ? null : `${path}: fits none of the kinds`
  if (schema.enum !== undefined) return schema.enum.includes(value) ? null : `${path}: ${String(value)} is none of the values`
  const types = typeof schema.type === 'string' ? [schema.type] : schema.type ?? []
  if (types.length > 0 && !types.some((type) => isOfType(value, type))) return `${path}: expected ${types.join(' or ')}, received ${JSON.stringify(value)}`
  if (Array.isArray(value)) return firstOf(value.map((item, index) => schema.items === undefined ? null : faultOf(item, schema.items, root, `${path}[${index}]`)))
  if (typeof value !== 'object' || value === null) return null
  const missing = schema.required?.find((name) => !(name in value))
  if (missing !== undefined) return `${path}.${missing} is missing`
  return firstOf(Object.entries(value).map(([name, item]) => {
    const own = schema.properties?.[name]
    if (own !== undefined) return faultOf(item, own, root, `${path}.${name}`)
    if (schema.additionalProperties === false) return `${path}.${name} is not described`
    return typeof schema.additionalProperties === 'object' ? faultOf(item, schema.additionalProperties, root, `${path}.${name}`) : null
  }))
}

function firstOf (faults: ReadonlyArray<string | null>): string | null {
  return faults.find((fault) => fault !== null) ?? null
}

function isOfType (value: unknown, type: string): boolean {
  switch (type) {
    case 'null': return value === null
    case 'array': return Array.isArray(value)
    case 'object': return typeof value === 'object' && value !== null && !Array.isArray(value)
    case 'integer': return Number.isInteger(value)
    case 'string': return typeof value === 'string'
    case 'number': return typeof value === 'number'
    case 'boolean': return typeof value === 'boolean'
    default: return false
  }
}
