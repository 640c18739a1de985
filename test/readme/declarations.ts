// What the sources declare, read with the compiler's own parser: the members of an interface with their `@default`, and
// the words of a union of strings.
import { readFileSync } from 'node:fs'
import ts from 'typescript'

export interface Member {
  readonly name: string
  readonly isOptional: boolean
  /** The text of its `@default`; null where it has none. */
  readonly usual: string | null
  /** The type as it is written. */
  readonly type: string
}

export interface Declarations {
  readonly interfaces: ReadonlyMap<string, readonly Member[]>
  readonly unions: ReadonlyMap<string, readonly string[]>
}

/** Reads the interfaces and unions of strings of a source file. */
export function declarationsIn (path: string): Declarations {
  const source = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest, true)
  const interfaces = new Map<string, Member[]>()
  const unions = new Map<string, string[]>()
  for (const statement of source.statements) {
    if (ts.isInterfaceDeclaration(statement)) interfaces.set(statement.name.text, statement.members.filter(ts.isPropertySignature).map(member))
    if (ts.isTypeAliasDeclaration(statement) && ts.isUnionTypeNode(statement.type)) unions.set(statement.name.text, words(statement.type))
  }
  return { interfaces, unions }
}

function member (signature: ts.PropertySignature): Member {
  const tag = ts.getJSDocTags(signature).find(({ tagName }) => tagName.text === 'default')
  return {
    name: signature.name.getText(),
    isOptional: signature.questionToken !== undefined,
    usual: tag === undefined ? null : ts.getTextOfJSDocComment(tag.comment)?.trim() ?? '',
    type: signature.type?.getText() ?? ''
  }
}

function words ({ types }: ts.UnionTypeNode): string[] {
  return types.filter(ts.isLiteralTypeNode).map(({ literal }) => literal).filter(ts.isStringLiteral).map(({ text }) => text)
}
