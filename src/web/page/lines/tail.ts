// The state of the live tail.

/** What made the tail pause. A pause by scrolling ends at the bottom of the list. The others end when the user resumes. */
export type PauseReason = 'user' | 'scroll' | 'selection'

export type Tail =
  | { readonly at: 'off' }
  | { readonly at: 'live' }
  | { readonly at: 'paused', readonly by: PauseReason }

/** How the tail of a question begins: it follows only what has no end and begins at the newest lines. */
export function firstTail ({ hasEnd, line, isPaused }: { readonly hasEnd: boolean, readonly line: string | null, readonly isPaused: boolean }): Tail {
  if (hasEnd || line !== null) return { at: 'off' }
  return isPaused ? { at: 'paused', by: 'user' } : { at: 'live' }
}
