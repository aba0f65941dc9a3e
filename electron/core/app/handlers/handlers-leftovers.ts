import { RECORD_VERSION } from '../kinds/record-shapes.ts'
import { uploadKind } from '../kinds/upload.ts'
import { fail, Failure, ok, type Result } from '../../../../shared/contract/errors.ts'
import type { Leftover } from '../../../../shared/contract/models-transfers.ts'
import type { PartsCheckpoint } from '../../transfer/run/checkpoint.ts'
import { attempted, attemptedResult } from '../../base/attempt.ts'
import type { Oss } from '../../oss/client.ts'
import { abortUpload, listParts, listUploads, type HeldUpload } from '../../oss/multipart.ts'
import type { MasterKeyHandle } from '../../keys/master-key.ts'
import { identify } from '../../files/file-source.ts'
import { isSaved } from '../../transfer/upload/noting.ts'
import { keyForWriting } from '../jobs/key-choice.ts'
import type { HandlersOf, Parts } from '../parts.ts'
import type { StartedUpload } from '../jobs/started-uploads.ts'

/** Uploads whose parts are looked at; of more only names and ages are told. */
const MOST_LOOKED_AT = 500
const PARALLEL = 6

/** Uploads in parts that nobody finished: ours, and those of other computers and programs. */
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
        const waiting = found.slice(0, MOST_LOOKED_AT).entries()
        const work = async () => {
          for (const [i, one] of waiting) {
            const upload = { bucket, key: one.key, uploadId: one.uploadId }
            found[i] = {
              ...one,
              startedHere: (await started.find(upload)) !== null,
              ...(await lookAt(oss, upload, signal)),
            }
          }
        }
        await Promise.all(Array.from({ length: PARALLEL }, work))
        return found.sort((a, b) => a.begun.localeCompare(b.begun))
      }),
    'leftovers.abort': ({ profileId, bucket, uploads }, signal) =>
      attempted(async () => {
        const oss = connections.bucket(profileId, bucket)
        let aborted = 0
        for (const { key, uploadId } of uploads) {
          const ours = queue.ofUpload(uploadId)
          // A transfer that lost its upload would only begin it again.
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
        const { envelope } = await listParts(connections.bucket(profileId, bucket), upload, signal)
        const identity = await identify(path)
        const { size, mtimeNs } = identity
        const declared = envelope?.dataSize ?? null
        if (declared !== null && declared !== size)
          return fail({ code: 'size-differs', expected: declared, actual: size })
        const record = await started.find(upload)
        const goesOn = record !== null && record.source !== null
        if (goesOn && !(await isSaved(record.source, path, identity)))
          return fail({ code: 'source-differs', path })
        // To go on, whichever key opens its envelope is right; to start again, the one that is
        // written with is needed now.
        const writes = goesOn
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
              partSize: goesOn ? record.partSize : partSize,
              parallel: null,
              source: path,
              size,
              modified: Number(mtimeNs / 1_000_000n),
              replace: false,
              existing: 'ask',
              spooled: spooled ? [path] : [],
            }),
          ],
          goesOn ? record : elsewhere(upload),
        )
        grants.used(grant)
        if (goesOn) await started.forget(upload)
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

/**
 * An upload of which there is no record here: noted so that the transfer says why it starts again,
 * and nothing of it is ever used.
 */
function elsewhere({ bucket, key, uploadId }: StartedUpload): PartsCheckpoint {
  return {
    kind: 'parts',
    bucket,
    key,
    uploadId,
    source: null,
    headers: {},
    message: null,
    partSize: 0,
    parts: [],
    prints: null,
  }
}

async function lookAt(
  oss: Oss,
  upload: Parameters<typeof listParts>[1],
  signal: AbortSignal,
): Promise<Partial<Leftover>> {
  try {
    return factsOf(await listParts(oss, upload, signal))
  } catch (cause) {
    // Gone meanwhile, or not to be looked at: its name and age are still worth telling.
    if (
      cause instanceof Failure &&
      (cause.error.code === 'access-denied' || cause.error.code === 'oss')
    )
      return {}
    throw cause
  }
}

const factsOf = ({ parts, envelope }: HeldUpload): Partial<Leftover> => ({
  parts: parts.length,
  bytes: parts.reduce((sum, { size }) => sum + size, 0),
  dataSize: envelope?.dataSize ?? null,
  encrypted: envelope !== null,
})
