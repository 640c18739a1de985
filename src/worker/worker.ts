// The worker behind `transport()`. The application's thread has already checked its settings, so it need not load the
// parser. A compression thread runs the same file, because one file is easier to bundle than two.
import { systemClock } from '../clock.js'
import { compressionThread, serveCompressions } from '../disk/compress/compression-loop.js'
import { compressionQueue } from '../disk/compress/compression-queue.js'
import { loadModules } from '../lifecycle/log/load-modules.js'
import { BlockScan } from '../policy/blocks/block-scan.js'
import type { Settings } from '../options/settings.js'
import { LogStream, type Place } from '../stream.js'
import { logThread } from './channel.js'
import { ModuleGuard } from './module-guard.js'
import { serveLog } from './serve-log.js'

serve()

function serve (): void {
  const compression = compressionThread()
  if (compression !== null) serveCompressions(compression, (index) => new BlockScan(index))
  else {
    const turn = logThread()?.turn
    if (turn !== undefined) compressionQueue.share(turn)
    void serveLog(prepareLog)
  }
}

async function prepareLog (given: Settings): Promise<(place: Place) => LogStream> {
  const guard = ModuleGuard.of(given, false)
  const { settings, modules } = await loadModules(given)
  return (place) => {
    const stream = new LogStream(settings, systemClock, modules, place)
    guard?.report(stream)
    return stream
  }
}

/** Serves the thread that loads it. A bundler drops a module without exports as unused. */
export { serve as default }
