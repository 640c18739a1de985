// Bundles the archives of finished periods, and removes bundles beyond their own limits. It runs before the compression,
// because archives need no compression before they are bundled.
import type { Bundling } from '../../../options/settings.js'
import { bundleCandidates } from '../../../policy/retention/bundle-plan.js'
import { periodStart } from '../../../policy/schedule/schedule.js'
import { Bundler } from '../bundler.js'
import type { StageOutcome, SweepContext, SweepPass, SweepStage } from '../sweep-pass.js'

export class BundlingStage implements SweepStage {
  readonly #bundling: Bundling
  readonly #bundler: Bundler

  constructor (context: SweepContext, bundling: Bundling) {
    this.#bundling = bundling
    this.#bundler = new Bundler(context, bundling)
  }

  async run (pass: SweepPass): Promise<StageOutcome> {
    const { input, request } = pass
    // A bundle needs room before it frees any.
    if (request.isUrgent) return 'done'
    const { isComplete, subjects, wakeInMs } = await this.#bundler.join({
      archives: bundleCandidates(input, null),
      dueMs: periodStart(input.nowMs, this.#bundling.schedule),
      signal: request.signal
    }, pass)
    if (wakeInMs !== null) request.wakeIn(wakeInMs)
    if (!isComplete) return 'interrupted'
    const limited = await this.#bundler.applyLimits(input.trustedNowMs, pass)
    pass.settle('bundle', [...subjects, ...limited])
    return 'done'
  }
}
