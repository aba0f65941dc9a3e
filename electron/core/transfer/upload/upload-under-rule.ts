import { Failure } from '../../../../shared/contract/errors.ts'
import type { TransferOutcome } from '../../../../shared/contract/models-transfers.ts'
import type { UploadJob } from '../run/jobs.ts'
import type { Running } from '../run/running.ts'
import { dropUploadAt } from '../run/tidy.ts'
import { takenFailure } from './assert-replaceable.ts'
import { savedPrints } from './part-prints.ts'
import { upload } from './upload.ts'

/**
 * Uploads a file under the rule for names that are taken. OSS itself refuses to replace an object,
 * so no race loses one. The rule is asked only then, or where the name was seen to be taken. A name
 * that was free a moment ago may be taken again. Throws Failure.
 */
export async function uploadUnderRule(job: UploadJob, running: Running): Promise<TransferOutcome> {
  let wanted: UploadJob = job
  for (let tries = 0; ; tries++) {
    try {
      const taken =
        typeof wanted.taken === 'function'
          ? await wanted.taken(running.control.cancelled)
          : wanted.taken
      if (taken === true) throw takenFailure(wanted)
      return await upload(wanted, running)
    } catch (cause) {
      const exists = cause instanceof Failure && cause.error.code === 'object-exists'
      if (!exists || tries >= MOST_TRIES || wanted.onExisting === undefined) throw cause
      const decided = await wanted.onExisting(wanted, running.control.cancelled)
      if (decided === 'ask') throw cause
      await dropAttempt(wanted, running)
      if (decided === 'skip')
        return { encrypted: true, checksum: 'absent', tag: 'none', savedAs: null, skipped: true }
      wanted = { ...decided, taken: false }
    }
  }
}

const MOST_TRIES = 8

/** Drops an attempt under a name that is given up: its note, and its parts in the bucket. */
async function dropAttempt(job: UploadJob, { saved }: Running): Promise<void> {
  const last = saved?.last() ?? null
  if (last !== null && (await dropUploadAt(job, last, job)))
    await (await savedPrints(saved?.prints ?? null, last.prints))?.drop()
  saved?.drop()
}
