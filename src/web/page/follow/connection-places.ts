// Which tabs keep a connection. A browser has six for all tabs and windows of a server, so only some of them may stay open.

const places = ['pino-rotor follow 1', 'pino-rotor follow 2', 'pino-rotor follow 3']
const turn = 'pino-rotor poll'

/** Does one of both: `follow` if a connection may stay open while it works, else `poll` once no other tab polls. */
export async function followOrPoll (signal: AbortSignal, follow: () => Promise<void>, poll: () => Promise<void>): Promise<void> {
  // Browsers have locks on this machine and under HTTPS only.
  const { locks } = navigator as { locks?: LockManager }
  if (locks === undefined) {
    await follow()
    return
  }
  for (const place of places) {
    const isMine = await locks.request(place, { ifAvailable: true }, async (lock) => {
      if (lock !== null) await follow()
      return lock !== null
    })
    if (isMine) return
  }
  await locks.request(turn, { signal }, poll)
}
