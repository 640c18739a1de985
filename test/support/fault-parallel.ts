// Many cases of one test, several at a time. Each case is run, and every failure is told.

/** Runs the work for each item, so many at once. Throws once all have been tried. */
export async function eachAtOnce<Item> (items: readonly Item[], atOnce: number, work: (item: Item) => Promise<void>): Promise<void> {
  const left = [...items]
  const failures: unknown[] = []
  const worker = async (): Promise<void> => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) {
      await work(item).catch((error: unknown) => { failures.push(error) })
    }
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
  if (failures.length === 1) throw failures[0]
  if (failures.length > 1) throw new Error(`${failures.length} of ${items.length} failed:\n${failures.map(String).join('\n')}`)
}
