import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Failure, valueOf, type AppError } from '../../../../shared/contract/errors.ts'
import type { TransferId } from '../../../../shared/contract/models.ts'
import type { In } from '../../../../shared/contract/routes/routes.ts'
import { localName } from '../../../../shared/format/object-names.ts'
import { makePrivate } from '../../store/private-folder.ts'
import type { DownloadJob } from '../../transfer/run/jobs.ts'
import type { ReadFacts } from '../../transfer/run/read-facts.ts'
import type { TransferQueue } from '../../transfer/queue/transfer-queue.ts'
import { damageLimit } from '../jobs/damage-limit.ts'
import type { JobNeeds } from '../jobs/job-needs.ts'
import { downloadJobOf } from '../kinds/download.ts'
import { RECORD_VERSION } from '../kinds/record-shapes.ts'
import { FILE_SYSTEM } from '../local/file-system.ts'
import { wouldRun } from './would-run.ts'

/** The services and settings that copies for programs of the system need. */
export interface CopyOptions {
  /** The private folder of the copies. */
  readonly folder: string
  /** Opens a file with the program of the system, and returns why it did not; '' if it did. */
  readonly openFile: (path: string) => Promise<string>
  readonly needs: JobNeeds
  readonly queue: () => Pick<TransferQueue, 'add' | 'list' | 'cancel'>
  /** Bytes of one request, and the size from which an upload goes in parts. */
  readonly sizes: () => { readonly partSize: number; readonly multipartFrom: number }
  /** Hears of a problem outside of a call, such as a copy that no program opened. */
  readonly problem: (error: AppError) => void
}

/** Where a copy goes, and the functions that hear of its end. */
interface Copy {
  /** The absolute path. Its folder is made, for this user alone. */
  readonly path: string
  /** Called when the copy is whole. */
  readonly whole: (facts: ReadFacts) => void
  /** Called when the transfer is over and the copy is not whole. */
  readonly failed: () => void
}

/**
 * Returns the file name of a copy. Throws Failure 'name-not-local', and 'would-run' for a file that
 * the system would run.
 */
export function copyName(key: string): string {
  const name = valueOf(localName(key, FILE_SYSTEM))
  if (wouldRun(name, process.platform)) throw new Failure({ code: 'would-run', name })
  return name
}

/**
 * Starts the download of a copy. Without a record, the transfer ends with the app. Throws Failure
 * 'target-unwritable', 'disk-full'.
 */
export async function downloadCopy(
  { folder, needs, queue, sizes }: CopyOptions,
  { profileId, bucket, key, versionId = null, keyIds, plain = 'unless-seen' }: In<'files.open'>,
  { path, whole, failed }: Copy,
): Promise<TransferId> {
  makePrivate(folder)
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  const { record: _notStored, ...job } = downloadJobOf(
    needs,
    {
      version: RECORD_VERSION,
      kind: 'download',
      profileId,
      bucket,
      key,
      versionId,
      size: null,
      path,
      root: dirname(path),
      target: copyName(key),
      existing: 'fail',
      raw: false,
      range: null,
      message: false,
      repair: false,
      partSize: sizes().partSize,
      keyIds,
      unnameable: null,
      plain,
    },
    damageLimit(),
  )
  let facts: ReadFacts | null = null
  const copying: DownloadJob = {
    ...job,
    read: (found) => void (facts = found),
    finished(id, outcome) {
      job.finished?.(id, outcome)
      if (facts === null) throw new Error('a copy without facts')
      whole(facts)
    },
    released(id) {
      job.released?.(id)
      if (facts === null) failed()
    },
  }
  const [id] = queue().add([copying])
  if (id === undefined) throw new Error('a copy without a transfer')
  return id
}
