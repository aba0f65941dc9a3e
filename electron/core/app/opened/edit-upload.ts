import type { Result } from '../../../../shared/contract/errors.ts'
import type { TransferId } from '../../../../shared/contract/models.ts'
import { identify } from '../../files/file-source.ts'
import type { MasterKeyHandle } from '../../keys/master-key.ts'
import { headIfThere } from '../../oss/objects.ts'
import type { UploadJob } from '../../transfer/run/jobs.ts'
import type { StoredFacts } from '../../transfer/run/stored-facts.ts'
import type { JobNeeds } from '../jobs/job-needs.ts'
import { keyForWriting } from '../jobs/key-choice.ts'
import { uploadJobOf } from '../kinds/upload.ts'
import type { CopyOptions } from './copy-download.ts'
import type { EditRecord } from './edit-record.ts'

/**
 * Returns the master key of the object, else the default key of its place. The default key is taken
 * only when the object is not encrypted, or when its key is gone or may not encrypt any more.
 */
export async function keyOfEdit(
  needs: JobNeeds,
  at: Pick<EditRecord, 'profileId' | 'bucket' | 'keyId'>,
  signal: AbortSignal,
): Promise<Result<MasterKeyHandle>> {
  if (at.keyId !== null) {
    const own = await keyForWriting(needs, at, at.keyId, false, signal)
    const isUnfit = !own.ok && ['key-not-usable', 'not-found'].includes(own.error.code)
    if (!isUnfit) return own
  }
  return keyForWriting(needs, at, null, false, signal)
}

/** The functions that hear of the end of an upload. */
interface Ends {
  /** Called when the object is stored and compared. */
  readonly stored: (facts: StoredFacts) => void
  /** Called when the transfer is done or off the list. */
  readonly released: (id: TransferId) => void
}

/**
 * Makes the job that uploads an edited copy. It replaces only the object with the ETag of the
 * record. Without a record of the queue, the transfer ends with the app, and the copy stays. Throws
 * Failure 'source-unreadable'.
 */
export async function editUploadJob(
  { needs, sizes }: Pick<CopyOptions, 'needs' | 'sizes'>,
  edit: EditRecord,
  path: string,
  { id: keyId, name: keyName, writes }: MasterKeyHandle,
  { stored, released }: Ends,
): Promise<UploadJob> {
  const { profileId, bucket, key, etag } = edit
  const { size, mtimeNs } = await identify(path)
  const { multipartFrom, partSize } = sizes()
  const job = uploadJobOf(
    needs,
    {
      profileId,
      bucket,
      keyId,
      keyName,
      format: writes,
      allowWeak: false,
      parallel: null,
      multipartFrom,
      partSize,
      seals: true,
    },
    {
      key,
      source: path,
      size,
      modified: Number(mtimeNs / 1_000_000n),
      replace: true,
      existing: 'ask',
    },
  )
  return {
    ...job,
    async taken(signal) {
      const oss = needs.connections.bucket(profileId, bucket)
      return (await headIfThere(oss, bucket, key, signal))?.etag !== etag
    },
    stored(facts) {
      job.stored?.(facts)
      stored(facts)
    },
    released(id) {
      job.released?.(id)
      released(id)
    },
  }
}
