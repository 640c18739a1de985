// The worker behind `transport()`. The application's thread has already checked its settings, so it need not load the
// parser. A compression thread runs the same file, because one file is easier to bundle than two.
import { systemClock } from '../clock.js'
import { isCompressionThread, serveCompressions } from '../disk/compress/compression-loop.js'
import { withCompressors } from '../lifecycle/log/user-compressor.js'
import { loadUserModules } from '../lifecycle/log/user-modules.js'
import { BlockScan } from '../policy/blocks/block-scan.js'
import { LogStream } from '../stream.js'
import { serveLog } from './serve-log.js'

serve()

function serve (): void {
  if (isCompressionThread()) serveCompressions((index) => new BlockScan(index))
  else void serveLog(async (settings, place) => new LogStream(await withCompressors(settings), systemClock, await loadUserModules(settings), place))
}

/** Serves the thread that loads it. A bundler drops a module without exports as unused. */
export { serve as default }
