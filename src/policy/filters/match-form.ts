// The form of a condition on a field: `FIELD=VALUE`, or a field alone. `cat --match`, the page's filter line and its completion
// read it in this one way. Spaces around the operator do not count, because people write `n = 5`.

export type Operator = '=' | '!=' | '>' | '>=' | '<' | '<=' | '~'

/** The operators, as a part of a regular expression. */
export const operatorSource = '!=|>=|<=|=|>|<|~'

/** What a field's name cannot hold, as a part of a set of characters in a regular expression. */
export const operatorCharacters = '=!<>~'

export interface MatchParts {
  readonly field: string
  /** Null for a field alone. */
  readonly operator: Operator | null
  /** As it is written, with quotation marks or slashes. */
  readonly value: string
}

const matchForm = new RegExp(`^([^${operatorCharacters}]+)(?:(${operatorSource})(.*))?$`, 's')

/** Divides a condition into its parts; null if it has no field, or an operator that is none. */
export function partsOfMatch (text: string): MatchParts | null {
  const [, field, operator, value = ''] = matchForm.exec(text) ?? []
  if (field === undefined || field.trim() === '') return null
  return { field: field.trim(), operator: (operator ?? null) as Operator | null, value: value.trim() }
}
