import { Failure } from '../../../../shared/contract/errors.ts'
import type { TransferOutcome } from '../../../../shared/contract/models-transfers.ts'
import { copyObjectJob } from '../copy/copy-object.ts'
import { decryptFile } from '../download/decrypt-file.ts'
import { download } from '../download/download.ts'
import type { Job, UploadJob } from '../run/jobs.ts'
import type { Running } from '../run/running.ts'
import { upload } from '../upload/upload.ts'

/** The one story of each kind of job. Throws Failure. */
export function runJob(job: Job, running: Running): Promise<TransferOutcome> {
  switch (job.kind) {
    case 'upload':
      return uploadUnderRule(job, running)
    case 'download':
      return download(job, running)
    case 'decrypt':
      return decryptFile(job, running)
    case 'copy':
      return copyObjectJob(job, running)
  }
}

/**
 * OSS itself refuses to replace an object, so that no race loses one; only then, or where a name
 * was seen to be taken before, is the rule for such names asked. A name that was free a moment ago
 * may be taken again.
 */
async function uploadUnderRule(job: UploadJob, running: Running): Promise<TransferOutcome> {
  let wanted: UploadJob = job
  for (let tries = 0; ; tries++) {
    try {
      const taken =
        typeof wanted.taken === 'function'
          ? await wanted.taken(running.control.cancelled)
          : wanted.taken
      if (taken === true) throw new Failure({ code: 'object-exists', key: wanted.key })
      return await upload(wanted, running)
    } catch (cause) {
      const exists = cause instanceof Failure && cause.error.code === 'object-exists'
      if (!exists || tries >= MOST_TRIES || wanted.onExisting === undefined) throw cause
      const decided = await wanted.onExisting(wanted, running.control.cancelled)
      if (decided === 'ask') throw cause
      running.saved?.drop()
      if (decided === 'skip')
        return { encrypted: true, checksum: 'absent', tag: 'none', savedAs: null, skipped: true }
      wanted = { ...decided, taken: false }
    }
  }
}

const MOST_TRIES = 8
