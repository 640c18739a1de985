// Turns a loop that passes items to a function into a generator. The loop waits at each item until the next one is
// requested.
import { hasOwnKey } from '../../platform/own-key.js'

/** The consumer has stopped. */
class ConsumerGoneError extends Error {
  override readonly name = 'ConsumerGoneError'
}

interface Offer<Item> {
  readonly item: Item
  readonly taken: () => void
  readonly refused: (error: Error) => void
}

/**
 * Yields what the work passes on, one by one, and returns its result. If the consumer stops early, the work's next call
 * rejects.
 */
export async function * handedOver<Item, Result> (work: (hand: (item: Item) => Promise<void>) => Promise<Result>): AsyncGenerator<Item, Result> {
  const offers: Array<Offer<Item>> = []
  let wake = (): void => {}
  let isGone = false
  const settled: Array<{ readonly result: Result } | { readonly error: unknown }> = []
  const running = work(async (item) => {
    if (isGone) throw new ConsumerGoneError()
    await new Promise<void>((resolve, reject) => {
      offers.push({ item, taken: resolve, refused: reject })
      wake()
    })
  }).then((result) => { settled.push({ result }) }, (error: unknown) => { settled.push({ error }) }).then(() => { wake() })
  try {
    for (;;) {
      const [[offer], [outcome]] = [offers, settled]
      if (offer !== undefined) {
        yield offer.item
        offers.shift()
        offer.taken()
      } else if (outcome === undefined) await new Promise<void>((resolve) => { wake = resolve })
      else if (hasOwnKey(outcome, 'error')) throw outcome.error
      else return outcome.result
    }
  } finally {
    isGone = true
    for (const { refused } of offers) refused(new ConsumerGoneError())
    await running
  }
}
