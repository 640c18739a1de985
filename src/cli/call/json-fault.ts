// Finds the place where a JSON text is wrong. JSON.parse tells it in words that differ between Node versions, and often not at all. But it tells a text that
// stops too early from one that is wrong, so parsing ever shorter beginnings finds the place.

/** The index of the first character that cannot be there in valid JSON; the text's length if the text only stops too early. */
export function jsonFaultIndex (text: string): number {
  let sound = 0
  let unsound = text.length + 1
  while (unsound - sound > 1) {
    const middle = Math.floor((sound + unsound) / 2)
    if (couldGoOn(text.slice(0, middle))) sound = middle
    else unsound = middle
  }
  return sound
}

function couldGoOn (beginning: string): boolean {
  try {
    JSON.parse(beginning)
    return true
  } catch (error) {
    const message = String(error)
    const position = /at position (\d+)/.exec(message)?.[1]
    return position === undefined ? message.includes('end of JSON input') : Number(position) >= beginning.length
  }
}
