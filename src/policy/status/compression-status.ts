// What compression saves, over the archives whose unpacked size is known.
import { sumOf } from './file-sums.js'
import { rounded } from './rounding.js'
import type { CompressionStatus } from './status-shape.js'
import type { SurveyedArchive } from './survey.js'

/** Measures the compression of the archives. */
export function compressionStatus (archives: readonly SurveyedArchive[]): CompressionStatus {
  const compressed = archives.filter(({ archive }) => archive.suffix !== '')
  const measured = compressed.flatMap(({ bytes, writtenBytes }) => writtenBytes === null ? [] : [{ bytes, writtenBytes }])
  const originalBytes = measured.reduce((sum, { writtenBytes }) => sum + writtenBytes, 0)
  const compressedBytes = sumOf(measured).bytes
  const isMeasured = measured.length > 0
  return {
    archives: compressed.length,
    measuredArchives: measured.length,
    originalBytes: isMeasured ? originalBytes : null,
    compressedBytes: isMeasured ? compressedBytes : null,
    ratio: originalBytes > 0 ? rounded(compressedBytes / originalBytes, 4) : null,
    savedBytes: isMeasured ? originalBytes - compressedBytes : null
  }
}
