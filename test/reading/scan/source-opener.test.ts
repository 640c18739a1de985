import { expect, test } from 'vitest'
import type { LineSource, OpenSource } from '../../../src/reading/lines/line-source.js'
import { SourceOpener } from '../../../src/reading/scan/source-opener.js'

function counted (names: readonly string[]): { sources: LineSource[], opened: string[], closed: string[] } {
  const [opened, closed]: [string[], string[]] = [[], []]
  const sources = names.map((name): LineSource => ({
    name,
    selection: name.startsWith('skipped') ? 'skip' : 'whole',
    open: async () => {
      await Promise.resolve()
      if (name.startsWith('refused')) throw new Error(name)
      if (name.startsWith('gone')) return null
      opened.push(name)
      return { close: async () => { closed.push(await Promise.resolve(name)) } } as OpenSource
    }
  }))
  return { sources, opened, closed }
}

test('opens four sources ahead of their turn, and no more', async () => {
  const { sources, opened, closed } = counted(Array.from({ length: 20 }, (_, index) => String(index)))
  const opener = new SourceOpener(sources)
  const turns: string[] = []
  for (const { source, opening } of opener.inTurn()) {
    turns.push(source.name)
    await opening
    expect(opened).toHaveLength(Math.min(20, turns.length + 4))
    if (opening !== null) await opener.close(opening)
    expect(closed).toEqual(turns)
  }
  expect(turns).toEqual(sources.map(({ name }) => name))
})

test('tells which sources are skipped, gone or refused, in their turn', async () => {
  const { sources } = counted(['skipped', 'refused', 'gone', 'there'])
  const opener = new SourceOpener(sources)
  const turns = await Promise.all([...opener.inTurn()].map(async ({ source, opening }) => [source.name, await opening]))
  expect(turns).toEqual([['skipped', null], ['refused', { kind: 'refused', error: new Error('refused') }], ['gone', { kind: 'opened', open: null }], ['there', { kind: 'opened', open: expect.anything() }]])
  await opener.closeAll()
})

test('closes what was opened ahead if the reader is left', async () => {
  const { sources, opened, closed } = counted(['0', '1', 'refused', 'gone', '4', '5'])
  const opener = new SourceOpener(sources)
  opener.inTurn().next()
  await opener.closeAll()
  expect(opened).toEqual(['0', '1', '4'])
  expect(closed.sort()).toEqual(opened)
})
