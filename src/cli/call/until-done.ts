// Work that SIGINT stops: what it holds is released before the program ends.

/** What shells report for a program that SIGINT ended. */
const interruptedStatus = 130

/** Waits for the work, and stops it if the user interrupts the program. */
export async function untilDone<Result> ({ done, stop }: { readonly done: Promise<Result>, readonly stop: () => Promise<void> }): Promise<Result> {
  const interrupt = (): void => { void stop().then(() => process.exit(interruptedStatus)) }
  process.once('SIGINT', interrupt)
  try {
    return await done
  } finally {
    process.off('SIGINT', interrupt)
  }
}
