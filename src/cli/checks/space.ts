// Checks whether the disk has room for everything that the options allow.
import { showBytes } from '../screen/units.js'
import { ok, problem, warning, type Evidence, type Finding } from './finding.js'

/** Compares the free space with the next file, with the limits, and with `minFree`. */
export function checkSpace (evidence: Evidence): Finding[] {
  const { survey: { freeBytes } } = evidence
  if (freeBytes === null) return []
  const found = [...forNextFile(evidence, freeBytes), ...forMinFree(evidence, freeBytes)]
  if (found.length > 0) return found
  return [...forLimits(evidence, freeBytes), ok('space', `${showBytes(freeBytes)} free`)].slice(0, 1)
}

function forNextFile ({ settings: { fileBytesMax }, survey: { active } }: Evidence, freeBytes: number): Finding[] {
  const neededBytes = fileBytesMax === Infinity ? 0 : Math.max(0, fileBytesMax - (active?.bytes ?? 0))
  if (freeBytes > neededBytes && freeBytes > 0) return []
  return [problem('space', `${showBytes(freeBytes)} are free: not even the active file can reach its "size" of ${showBytes(fileBytesMax)}`, 'make room on the disk, or lower "size" and "limit"')]
}

function forMinFree ({ settings: { limits: { freeBytesMin } }, survey: { archives } }: Evidence, freeBytes: number): Finding[] {
  const archivesBytes = archives.reduce((sum, { bytes }) => sum + bytes, 0)
  if (freeBytes + archivesBytes >= freeBytesMin) return []
  return [problem('space', `"limit.minFree" (${showBytes(freeBytesMin)}) cannot be reached even without a single archive: all of them are removed`,
    'make room on the disk, or lower "limit.minFree"')]
}

function forLimits ({ settings: { fileBytesMax, limits, compression }, survey: { archives, active } }: Evidence, freeBytes: number): Finding[] {
  if (limits.freeBytesMin > 0) return []
  // The present archives show how large one becomes. Without any, that is unknown.
  const largestBytes = archives.reduce((most, { archive, bytes }) => compression === null || archive.suffix !== '' ? Math.max(most, bytes) : most, 0)
  const allowedBytes = Math.min(limits.totalBytes, fileBytesMax + limits.count * largestBytes)
  const usedBytes = (active?.bytes ?? 0) + archives.reduce((sum, { bytes }) => sum + bytes, 0)
  if (!Number.isFinite(allowedBytes) || allowedBytes - usedBytes <= freeBytes) return []
  return [warning('space', `the limits allow ${showBytes(allowedBytes)}, but there is only room for ${showBytes(usedBytes + freeBytes)}`,
    'lower "limit.count" or "limit.totalSize", or set "limit.minFree"')]
}
