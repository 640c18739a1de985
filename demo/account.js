// The demo's proof, as a pure function. It compares what was logged with what the remaining files hold and what the
// archives that a limit removed did hold. It names everything that does not add up.
// @ts-check

/**
 * @typedef {object} Evidence
 * @property {readonly string[]} lines what pino handed to the transport, in order
 * @property {readonly string[]} requests the ids of the requests that the server answered
 * @property {number} answered how many answers the client counted
 * @property {readonly import('./record.js').Archive[]} archives every archive that was ever made, in order
 * @property {readonly import('./record.js').KeptFile[]} kept the files that are left in the folder, in order
 * @property {number} fileBytesMax
 * @property {number} archivesMax
 * @property {number} totalBytesMax
 * @property {readonly string[]} faults what was found wrong during the run
 */

/**
 * @typedef {{ kept: number, removed: Map<string, number> }} Whereabouts
 * @typedef {object} Account
 * @property {readonly import('./record.js').KeptFile[]} files
 * @property {number} answered
 * @property {number} served
 * @property {number} logged
 * @property {Whereabouts} lines
 * @property {Whereabouts} requests counted by their lines "request completed"
 * @property {number} missing
 * @property {number} doubled
 * @property {readonly string[]} faults empty if everything adds up
 */

const newline = '\n'
const kept = 'kept'

/**
 * Compares what was logged with what is kept and what was removed.
 *
 * @param {Evidence} evidence
 * @returns {Account}
 */
export function settleAccount (evidence) {
  const pieces = piecesOf(evidence)
  const found = placesOf(pieces)
  const missing = evidence.lines.filter((line) => !found.has(line)).length
  const doubled = [...found.values()].filter((places) => places.length > 1).length
  const completed = requestsIn(pieces)
  return {
    files: evidence.kept,
    answered: evidence.answered,
    served: evidence.requests.length,
    logged: evidence.lines.length,
    lines: whereabouts([...found.values()].flat()),
    requests: whereabouts([...completed.values()].flat()),
    missing,
    doubled,
    faults: [
      ...evidence.faults,
      ...counted(missing, 'lines are missing'),
      ...counted(doubled, 'lines are doubled'),
      ...counted(foreignIn(found, evidence.lines), 'lines were never logged'),
      ...orderFaults(pieces, evidence.lines),
      ...requestFaults(completed, evidence),
      ...fileFaults(evidence)
    ]
  }
}

// Returns the contents in the order of rotation, with the active file last. A removed archive counts with the content that it
// had when it was rotated.
/** @param {Evidence} evidence */
function piecesOf ({ archives, kept: files }) {
  const contents = new Map(files.map(({ name, content }) => [name.replace(/\.gz$/, ''), content]))
  const known = new Set(archives.map(({ name }) => name))
  return [
    ...archives.map(({ name, content, removedFor }) => ({ content: removedFor === null ? contents.get(name) ?? '' : content, place: removedFor ?? kept })),
    ...files.filter(({ name }) => !known.has(name.replace(/\.gz$/, ''))).map(({ content }) => ({ content, place: kept }))
  ]
}

/** @typedef {ReturnType<typeof piecesOf>} Pieces */

/** @param {Pieces} pieces */
function placesOf (pieces) {
  /** @type {Map<string, string[]>} */
  const found = new Map()
  for (const { content, place } of pieces) {
    for (const line of linesOf(content)) add(found, line, place)
  }
  return found
}

// Each request has one line that says that it was completed.
/** @param {Pieces} pieces */
function requestsIn (pieces) {
  /** @type {Map<string, string[]>} */
  const found = new Map()
  for (const { content, place } of pieces) {
    for (const line of linesOf(content)) {
      if (line.includes('"msg":"request completed"')) add(found, JSON.parse(line).reqId, place)
    }
  }
  return found
}

/**
 * @param {Map<string, string[]>} found
 * @param {string} key
 * @param {string} place
 */
function add (found, key, place) {
  const places = found.get(key)
  if (places === undefined) found.set(key, [place])
  else places.push(place)
}

/** @param {string} content */
function linesOf (content) {
  return content === '' ? [] : content.split(/(?<=\n)/)
}

/**
 * @param {readonly string[]} places
 * @returns {Whereabouts}
 */
function whereabouts (places) {
  const removed = new Map()
  for (const place of places) {
    if (place !== kept) removed.set(place, (removed.get(place) ?? 0) + 1)
  }
  return { kept: places.filter((place) => place === kept).length, removed }
}

/**
 * @param {Map<string, string[]>} found
 * @param {readonly string[]} lines
 */
function foreignIn (found, lines) {
  const logged = new Set(lines)
  return [...found.keys()].filter((line) => !logged.has(line)).length
}

/**
 * @param {Pieces} pieces
 * @param {readonly string[]} lines
 */
function orderFaults (pieces, lines) {
  return pieces.map(({ content }) => content).join('') === lines.join('') ? [] : ['the files, put together in order, do not equal what was logged, byte for byte']
}

/**
 * @param {Map<string, string[]>} completed
 * @param {Evidence} evidence
 */
function requestFaults (completed, { requests, answered }) {
  const without = requests.filter((id) => completed.get(id)?.length !== 1).length
  return [
    ...counted(without, 'requests do not have exactly one line'),
    ...counted(Math.abs(requests.length - answered), 'requests were counted by one side only'),
    ...counted(requests.length - new Set(requests).size, 'requests share their id with another')
  ]
}

/** @param {Evidence} evidence */
function fileFaults ({ kept: files, archives, fileBytesMax, archivesMax, totalBytesMax }) {
  const standing = new Set(archives.filter(({ removedFor }) => removedFor === null).map(({ name }) => name))
  const strange = files.filter(({ name, isActive }) => !isActive && !standing.has(name.replace(/\.gz$/, '')))
  const large = files.filter(({ content }) => Buffer.byteLength(content) > fileBytesMax)
  const torn = files.filter(({ content }) => content !== '' && !content.endsWith(newline))
  return [
    ...strange.map(({ name }) => `${name} should not be there`),
    ...large.map(({ name }) => `${name} is larger than a file may be`),
    ...torn.map(({ name }) => `${name} ends within a line`),
    ...counted(Math.max(0, files.length - 1 - archivesMax), 'archives too many are left'),
    ...counted(Math.max(0, files.reduce((sum, { bytes }) => sum + bytes, 0) - totalBytesMax), 'bytes too many are left')
  ]
}

/**
 * @param {number} count
 * @param {string} what
 */
function counted (count, what) {
  return count === 0 ? [] : [`${count} ${what}`]
}
