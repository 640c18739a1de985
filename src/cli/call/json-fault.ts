// Finds the place of the error in a JSON text. JSON.parse describes it differently in each Node version, and often not at
// all. But it distinguishes a text that stops too early from a wrong one. So parsing ever shorter beginnings finds the
// place.

/**
 * The index of the first character that valid JSON cannot have there; the text's length if the text only stops too early.
 */
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
