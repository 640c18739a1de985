// The worker behind `transport()`. It is given settings that were checked in the application's thread, so that it need not
// load what checks them. A compression thread runs the same file, since one is easier to bundle than two.
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
  else void serveLog(async (settings) => new LogStream(await withCompressors(settings), systemClock, await loadUserModules(settings)))
}

/** Serves the thread that it was loaded in. A bundler takes a module for unused that exports nothing. */
export { serve as default }
