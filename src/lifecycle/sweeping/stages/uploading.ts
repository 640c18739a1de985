// Requests the upload of finished files. It runs last, because only compressed archives and bundles are sent. The upload
// itself runs beside the sweep under its own lock, since it can take hours.
import type { LazyUploader } from '../../uploading/lazy-uploader.js'
import type { StageOutcome, SweepPass, SweepStage } from '../sweep-pass.js'

export class UploadingStage implements SweepStage {
  readonly #uploader: LazyUploader

  constructor (uploader: LazyUploader) {
    this.#uploader = uploader
  }

  async run ({ request }: SweepPass): Promise<StageOutcome> {
    if (!request.isClosed()) await this.#uploader.request()
    return 'done'
  }
}
