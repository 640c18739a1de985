// What a process has used so far, as Linux tells it; where it does not, the numbers are NaN and the tables show a dash.
import { readFileSync, writeFileSync } from 'node:fs'

/** CPU time of the thread that runs the application, in microseconds. */
export function threadCpuUs () {
  return Number(field('/proc/self/task/' + process.pid + '/schedstat', /^(\d+)/)) / 1000
}

/** The most memory that the process ever held, in MiB. */
export function peakMebibytes () {
  return Number(field('/proc/self/status', /VmHWM:\s+(\d+)/)) / 1024
}

/** Makes the peak count from now on. */
export function resetPeak () {
  try {
    writeFileSync('/proc/self/clear_refs', '5')
  } catch {
    // Not Linux: the peaks of both contestants count from their start.
  }
}

/** The memory that the process holds, in MiB. */
export function heldMebibytes () {
  return process.memoryUsage.rss() / 1024 / 1024
}

function field (path, pattern) {
  try {
    return pattern.exec(readFileSync(path, 'utf8'))?.[1]
  } catch {
    return undefined // Not Linux.
  }
}
