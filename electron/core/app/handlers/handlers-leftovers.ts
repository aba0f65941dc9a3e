import { RECORD_VERSION } from '../kinds/record-shapes.ts'
import { uploadKind } from '../kinds/upload.ts'
import { fail, ok, type Result } from '../../../../shared/contract/errors.ts'
import type { Leftover } from '../../../../shared/contract/models-transfers.ts'
import { attempted, attemptedResult } from '../../base/attempt.ts'
import { each } from '../../base/turns.ts'
import { abortUpload, listUploads } from '../../oss/multipart.ts'
import type { MasterKeyHandle } from '../../keys/master-key.ts'
import { describeLeftover, judgeLeftover } from '../../transfer/upload/leftover-upload.ts'
import { keyForWriting } from '../jobs/key-choice.ts'
import type { HandlersOf, Parts } from '../parts.ts'

/** Uploads whose parts are listed. Of further uploads the list has only names and ages. */
const MOST_LOOKED_AT = 500
const PARALLEL = 6

/**
 * Uploads in parts that nobody completed: the app's own, and those of other computers and programs.
 */
export function leftoverHandlers(parts: Parts): HandlersOf<'leftovers'> {
  const { connections, queue, grants, needs, settings, started } = parts
  return {
    'leftovers.list': ({ profileId, bucket }, signal) =>
      attempted(async () => {
        const oss = connections.bucket(profileId, bucket)
        const uploads = await listUploads(oss, { bucket, prefix: '' }, signal)
        const found: Leftover[] = uploads.map(({ key, uploadId, begun }) => ({
          key,
          uploadId,
          startedHere: false,
          begun,
          parts: null,
          bytes: null,
          dataSize: null,
          encrypted: null,
          transferId: queue.ofUpload(uploadId),
        }))
        const look = async ([i, one]: readonly [number, Leftover]): Promise<void> => {
          const upload = { bucket, key: one.key, uploadId: one.uploadId }
          found[i] = {
            ...one,
            startedHere: (await started.find(upload)) !== null,
            // An upload that is gone by now, or may not be listed, has only a name and an age.
            ...(await describeLeftover(oss, upload, signal)),
          }
        }
        await each(found.slice(0, MOST_LOOKED_AT).entries(), PARALLEL, look, signal)
        return found.sort((a, b) => a.begun.localeCompare(b.begun))
      }),
    'leftovers.abort': ({ profileId, bucket, uploads }, signal) =>
      attempted(async () => {
        const oss = connections.bucket(profileId, bucket)
        let aborted = 0
        for (const { key, uploadId } of uploads) {
          const ours = queue.ofUpload(uploadId)
          // The transfer is cancelled first, because a transfer without its upload would start a
          // new one.
          if (ours !== null) await queue.cancel([ours])
          await abortUpload(oss, { bucket, key, uploadId }, signal)
          aborted += 1
        }
        return { aborted }
      }),
    'leftovers.resume': ({ profileId, bucket, key, uploadId, grant, keyIds }, signal) =>
      attemptedResult(async () => {
        const ours = queue.ofUpload(uploadId)
        if (ours !== null) {
          queue.retry([ours])
          queue.resume([ours])
          return ok(ours)
        }
        const file = grants.readable(grant)
        if (!file.ok) return file
        const { path, spooled } = file.value
        const upload = { bucket, key, uploadId }
        const record = await started.find(upload)
        const { size, mtimeNs, checkpoint, continues } = await judgeLeftover(
          connections.bucket(profileId, bucket),
          upload,
          record,
          path,
          signal,
        )
        // An upload that continues is unwrapped by any key that fits. An upload that starts again
        // needs its key now.
        const writes = continues
          ? ok(null)
          : await formatFor(parts, { profileId, bucket }, keyIds[0] ?? null, signal)
        if (!writes.ok) return writes
        const { multipartFrom, partSize } = settings.current()
        const [id] = queue.add(
          [
            uploadKind.make(needs, {
              version: RECORD_VERSION,
              kind: 'upload',
              profileId,
              bucket,
              key,
              keyId: writes.value?.id ?? null,
              openWith: keyIds,
              keyName: writes.value?.name ?? '',
              allowWeak: false,
              format: writes.value?.writes ?? 'v2',
              multipartFrom,
              partSize: checkpoint.pieces.bytes ?? partSize,
              parallel: null,
              seals: true,
              source: path,
              size,
              modified: Number(mtimeNs / 1_000_000n),
              replace: false,
              existing: 'ask',
              spooled: spooled ? [path] : [],
            }),
          ],
          checkpoint,
        )
        grants.used(grant)
        if (continues) await started.forget(upload)
        return id === undefined ? fail({ code: 'bad-request', detail: 'leftovers.resume' }) : ok(id)
      }),
  }
}

type Writing = Pick<MasterKeyHandle, 'id' | 'name' | 'writes'>

async function formatFor(
  parts: Parts,
  place: { readonly profileId: string; readonly bucket: string },
  keyId: string | null,
  signal: AbortSignal,
): Promise<Result<Writing>> {
  const handle = await keyForWriting(parts, place, keyId, false, signal)
  if (!handle.ok) return handle
  using key = handle.value
  const { id, name, writes } = key
  return ok({ id, name, writes })
}
