// An archive's way to its compressed copy, as a start finds it: compressed, read back, compared, synced and published.
// Beside it a bare zlib pipeline from file to file with nothing proven and nothing synced. Both run at the priority that the
// compression thread takes of itself, so that on a busy machine neither is told to wait for the other.
import { execFileSync } from 'node:child_process'
import { createReadStream, createWriteStream, statSync } from 'node:fs'
import { once } from 'node:events'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import * as zlib from 'node:zlib'
import rotor from 'pino-rotor'
import { heldMebibytes, peakMebibytes, resetPeak } from './usage.js'

const distinctBytes = 8 * 1024 * 1024
const hasZstd = 'createZstdCompress' in zlib

async function measure ({ scenario: { mebibytes, algorithm, level }, contestant, folder }) {
  const source = join(folder, 'app.20260101_000000.log')
  writeSource(source, mebibytes)
  resetPeak()
  const heldBefore = heldMebibytes()
  const cpu = process.cpuUsage()
  const { ms, bytes } = await (contestant === 'bare zlib' ? bare : archive)(folder, source, algorithm, level)
  const { user, system } = process.cpuUsage(cpu)
  return {
    msPerMebibyte: ms / mebibytes,
    mebibytesPerS: mebibytes / ms * 1000,
    cpuMsPerMebibyte: (user + system) / 1000 / mebibytes,
    addedMebibytes: peakMebibytes() - heldBefore,
    percent: bytes / mebibytes / 1024 / 1024 * 100
  }
}

// Another process writes the source. The lines would leave memory behind, and a compression that takes up that memory adds nothing to the peak.
function writeSource (path, mebibytes) {
  const lines = new URL('./lines.js', import.meta.url).href
  const script = `
    import { closeSync, openSync, writeSync } from 'node:fs'
    import { logText } from ${JSON.stringify(lines)}
    const text = logText(${distinctBytes}).subarray(0, ${distinctBytes})
    const descriptor = openSync(${JSON.stringify(path)}, 'w')
    for (let left = ${mebibytes * 1024 * 1024}; left > 0; left -= text.length) writeSync(descriptor, text, 0, Math.min(left, text.length))
    closeSync(descriptor)
  `
  execFileSync(process.execPath, ['--input-type=module', '--eval', script])
}

async function bare (folder, source, algorithm, level) {
  const { BROTLI_PARAM_QUALITY, ZSTD_c_compressionLevel: zstdLevel } = zlib.constants
  const streams = {
    gzip: () => zlib.createGzip({ level }),
    brotli: () => zlib.createBrotliCompress({ params: { [BROTLI_PARAM_QUALITY]: level } }),
    zstd: () => zlib.createZstdCompress({ params: { [zstdLevel]: level } })
  }
  const copy = join(folder, 'copy')
  const startedMs = performance.now()
  await pipeline(createReadStream(source), streams[algorithm](), createWriteStream(copy))
  return { ms: performance.now() - startedMs, bytes: statSync(copy).size }
}

// The event tells how long the work took, without the second for which an archive is left alone before.
async function archive (folder, source, algorithm, level) {
  const stream = await rotor({ file: join(folder, 'app.log'), compress: { algorithm, level }, limit: { count: false, age: false } })
  const [{ ms, to }] = await once(stream, 'compressed')
  stream.end()
  await once(stream, 'close')
  return { ms, bytes: to }
}

function scenario (mebibytes, algorithm, level) {
  return { name: `${mebibytes} MiB, ${algorithm} at level ${level}`, contestants: ['pino-rotor', 'bare zlib'], isNice: process.platform !== 'win32', mebibytes, algorithm, level }
}

export default {
  name: 'compression',
  title: 'Compression: rate, CPU and memory',
  metrics: { msPerMebibyte: 'ms a MiB', mebibytesPerS: 'MiB/s', cpuMsPerMebibyte: 'CPU ms a MiB', addedMebibytes: 'added MiB', percent: '% of the source' },
  scenarios: (quick) => quick
    ? [scenario(1, 'gzip', 6), scenario(1, 'brotli', 5)]
    : [
        ...[1, 16, 64, 600, 1024].map((mebibytes) => scenario(mebibytes, 'gzip', 6)),
        ...[1, 9].map((level) => scenario(16, 'gzip', level)),
        scenario(16, 'brotli', 5),
        ...hasZstd ? [scenario(64, 'zstd', 1), scenario(64, 'zstd', 3)] : []
      ],
  targets: () => [16, 64, 600].flatMap((mebibytes) => [
    { says: `bare zlib's CPU ÷ that of compression with proof and fsync, ${mebibytes} MiB`, metric: 'cpuMsPerMebibyte' },
    { says: `bare zlib's time ÷ that of compression with proof and fsync, ${mebibytes} MiB`, metric: 'msPerMebibyte' }
  ].map((target) => ({ ...target, scenario: `${mebibytes} MiB, gzip at level 6`, over: 'bare zlib', under: 'pino-rotor', atLeast: 0.7 }))),
  measure
}
