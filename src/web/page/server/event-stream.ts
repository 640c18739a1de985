// Server-sent events, read with fetch: unlike EventSource, it sends the place to go on from, and ends when it is told to.

export interface ServerEvent {
  readonly name: string
  readonly id: string | null
  readonly data: string
}

/** Cuts a stream's text into events. Feed it any pieces. */
export class EventReader {
  #rest = ''

  read (piece: string): ServerEvent[] {
    const events = (this.#rest + piece).split(/\r?\n\r?\n/)
    this.#rest = events.pop() ?? ''
    return events.flatMap((event) => parseEvent(event))
  }
}

/** Hands each event of an answer on, until the answer ends. */
export async function forEachEvent (body: ReadableStream<Uint8Array>, take: (event: ServerEvent) => void): Promise<void> {
  const events = new EventReader()
  const decoder = new TextDecoder()
  for await (const piece of body) {
    for (const event of events.read(decoder.decode(piece, { stream: true }))) take(event)
  }
}

function parseEvent (text: string): ServerEvent[] {
  let name = 'message'
  let id: string | null = null
  const data: string[] = []
  for (const line of text.split(/\r?\n/)) {
    // A line may hold U+2028, which ends no line here.
    const [, field, value = ''] = /^([^:]+):? ?(.*)$/s.exec(line) ?? []
    if (field === 'event') name = value
    else if (field === 'id') id = value
    else if (field === 'data') data.push(value)
  }
  return data.length === 0 ? [] : [{ name, id, data: data.join('\n') }]
}
