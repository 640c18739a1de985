// The form of an archive's name, `{stem}.{stamp}[.{n}]{extension}[suffix]`, in one place. policy/names parses names with it,
// and the options compare the names of two logs with it.

/** The suffixes of Node's compressions. */
export const builtInSuffixes = ['.gz', '.br', '.zst'] as const

/** The pattern of the archives of one log. Its groups are the stamp, the number and the suffix. */
export function archivePattern ({ stem, extension }: { readonly stem: string, readonly extension: string }, ownSuffixes: readonly string[] = []): RegExp {
  // The formatter writes the years 1000 to 9999.
  const stamp = '([1-9]\\d{7}(?:_\\d{6})?)'
  const count = '(?:\\.([1-9]\\d*))?'
  const suffixes = [...builtInSuffixes, ...ownSuffixes].map(literal)
  return new RegExp(`^${literal(stem)}\\.${stamp}${count}${literal(extension)}(${suffixes.join('|')})?$`)
}

function literal (text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
}
