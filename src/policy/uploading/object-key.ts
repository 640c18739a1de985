// The key of an object, made from the archive's name alone, so that a second attempt finds the first one's object. The
// template is the option `upload.key`. Its date is the one in the name, not the time of the upload.

/** The placeholders of a template. `{hostname}` was filled in when the options were read. */
type Placeholder = 'yyyy' | 'mm' | 'dd' | 'name'

const placeholder = /\{(yyyy|mm|dd|name)\}/g

/** Makes the key for a file with that name, whose content began on that day (`YYYYMMDD`). */
export function objectKey (template: string, name: string, day: string): string {
  const values: Record<Placeholder, string> = { yyyy: day.slice(0, 4), mm: day.slice(4, 6), dd: day.slice(6, 8), name }
  return template.replace(placeholder, (_, key: Placeholder) => values[key])
}

/** Parses the name in a key that `objectKey` could have made; null for any other key. */
export function nameInKey (template: string, key: string): string | null {
  const pattern = template.split(placeholder).map((part, index) => index % 2 === 0 ? literal(part) : patterns[part as Placeholder]).join('')
  return new RegExp(`^${pattern}$`).exec(key)?.groups?.['name'] ?? null
}

/** The common beginning of all keys of the template, for listings. */
export function commonPrefix (template: string): string {
  return template.slice(0, template.search(/\{(?:yyyy|mm|dd|name)\}/))
}

const patterns: Record<Placeholder, string> = { yyyy: '\\d{4}', mm: '\\d{2}', dd: '\\d{2}', name: '(?<name>[^/]+)' }

function literal (text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
}
