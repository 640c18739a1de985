// Runs work that SIGINT stops. Its locks and files are released before the program ends.

/** The exit status in shells for a program that SIGINT ended. */
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
