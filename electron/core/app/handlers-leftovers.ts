import { fail, Failure, ok } from '../../../shared/contract/errors.ts'
import type { Leftover } from '../../../shared/contract/models-transfers.ts'
import { ENVELOPE_PREFIX } from '../../../shared/format/envelope.ts'
import type { PartsCheckpoint } from '../../../shared/format/checkpoint.ts'
import { attempted, attemptedResult } from '../keys/attempts.ts'
import type { Oss } from '../oss/client.ts'
import { abortUpload, listParts, listUploads, type HeldEnvelope, type HeldUpload } from '../oss/multipart.ts'
import { identify } from '../stream/file-source.ts'
import type { HandlersOf, Parts } from './parts.ts'

/** Uploads whose parts are looked at; of more only names and ages are told. */
const MOST_LOOKED_AT = 500
const PARALLEL = 6

/** Uploads in parts that nobody finished: ours, and those of other computers and programs. */
export function leftoverHandlers({ connections, queue, grants, jobs, settings }: Parts): HandlersOf<'leftovers'> {
  return {
    'leftovers.list': ({ profileId, bucket }, signal) =>
      attempted(async () => {
        const oss = connections.bucket(profileId, bucket)
        const uploads = await listUploads(oss, { bucket, prefix: '' }, signal)
        const found: Leftover[] = uploads.map(({ key, uploadId, begun }) => ({
          key, uploadId, begun, parts: null, bytes: null, dataSize: null, encrypted: null, transferId: queue.ofUpload(uploadId),
        }))
        const waiting = found.slice(0, MOST_LOOKED_AT).entries()
        const work = async () => {
          for (const [i, one] of waiting) found[i] = { ...one, ...(await lookAt(oss, { bucket, key: one.key, uploadId: one.uploadId }, signal)) }
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
        const wrongFile = ours !== null && queue.list().some(({ id, error }) => id === ours && error?.code === 'source-differs')
        // The file that was chosen before was another one; the upload stays.
        if (wrongFile) await queue.cancel([ours])
        else if (ours !== null) {
          queue.retry([ours])
          queue.resume([ours])
          return ok(ours)
        }
        const file = grants.readable(grant)
        if (!file.ok) return file
        const { path, spooled } = file.value
        const held = await listParts(connections.bucket(profileId, bucket), { bucket, key, uploadId }, signal)
        const { envelope } = held
        if (envelope === null || envelope.partSize === null) return fail({ code: 'not-an-envelope', header: 'key', problem: 'missing' })
        const { size, mtimeNs } = await identify(path)
        if (envelope.dataSize !== null && envelope.dataSize !== size) return fail({ code: 'size-differs', expected: envelope.dataSize, actual: size })
        const { multipartFrom } = settings.current()
        const [id] = queue.add([
          jobs.upload({
            kind: 'upload', profileId, bucket, key, keyId: null, openWith: keyIds, keyName: '', allowWeak: false, format: 'v2', multipartFrom, partSize: envelope.partSize, parallel: null,
            source: path, size, modified: Number(mtimeNs / 1_000_000n), replace: false, existing: 'ask', spooled: spooled ? [path] : [],
          }),
        ], checkpointOf(uploadId, envelope, envelope.partSize))
        grants.used(grant)
        return id === undefined ? fail({ code: 'bad-request', detail: 'leftovers.resume' }) : ok(id)
      }),
  }
}

/** What OSS remembers of the envelope, as if this computer had noted it; the key description is not among it. */
function checkpointOf(uploadId: string, envelope: HeldEnvelope, partSize: number): PartsCheckpoint {
  const headers = {
    [`${ENVELOPE_PREFIX}key`]: envelope.wrappedDataKey, [`${ENVELOPE_PREFIX}start`]: envelope.wrappedCounter, [`${ENVELOPE_PREFIX}cek-alg`]: envelope.contentAlgorithm,
    [`${ENVELOPE_PREFIX}wrap-alg`]: envelope.wrapAlgorithm, ...(envelope.dataSize !== null && { [`${ENVELOPE_PREFIX}data-size`]: String(envelope.dataSize) }),
    [`${ENVELOPE_PREFIX}part-size`]: String(partSize),
  }
  return { kind: 'parts', uploadId, source: null, headers, message: null, partSize, parts: [] }
}

async function lookAt(oss: Oss, upload: Parameters<typeof listParts>[1], signal: AbortSignal): Promise<Partial<Leftover>> {
  try {
    return factsOf(await listParts(oss, upload, signal))
  } catch (cause) {
    // Gone meanwhile, or not to be looked at: its name and age are still worth telling.
    if (cause instanceof Failure && (cause.error.code === 'access-denied' || cause.error.code === 'oss')) return {}
    throw cause
  }
}

const factsOf = ({ parts, envelope }: HeldUpload): Partial<Leftover> => ({
  parts: parts.length, bytes: parts.reduce((sum, { size }) => sum + size, 0), dataSize: envelope?.dataSize ?? null, encrypted: envelope !== null,
})
