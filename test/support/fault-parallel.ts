// Works through a list with a few workers, so that runs that wait for the disk overlap.

/** Runs the action on every item, so many at once; stops at the first failure. */
export async function eachAtOnce<Item> (items: readonly Item[], atOnce: number, action: (item: Item) => Promise<void>): Promise<void> {
  const queue = [...items]
  const failures: unknown[] = []
  const work = async (): Promise<void> => {
    while (failures.length === 0) {
      const item = queue.shift()
      if (item === undefined) return
      await action(item).catch((error: unknown) => { failures.push(error) })
    }
  }
  await Promise.all(Array.from({ length: atOnce }, work))
  if (failures.length > 0) throw failures[0]
}
