import { toBase64 } from '../../../../shared/format/base64.ts'
import type {
  PartsCheckpoint,
  PutCheckpoint,
  SavedMessage,
  SavedSource,
} from '../run/checkpoint.ts'
import { crc64ToDecimal } from '../../../../shared/format/crc64.ts'
import { serializeHeader } from '../../../../shared/format/message/message-header.ts'
import { sampleOf } from '../../files/file-sample.ts'
import type { SourceIdentity } from '../../files/file-source.ts'
import type { Upload } from '../../oss/multipart.ts'
import type { ObjectHeaders, SealedUpload } from '../run/object-headers.ts'
import type { Running } from '../run/running.ts'
import type { UploadAttempt } from './upload-attempt.ts'

/** Makes the note of an upload in parts that is about to start: all that it needs to go on later. */
export async function partsCheckpoint({
  job,
  headers,
  message,
  path,
  identity,
  partSize,
  prints,
}: UploadAttempt): Promise<PartsCheckpoint> {
  return {
    kind: 'parts',
    bucket: job.bucket,
    key: job.key,
    uploadId: '',
    source: savedSource(identity, await sampleOf(path, identity)),
    headers,
    message,
    partSize: partSize ?? 0,
    parts: [],
    prints: prints.saved,
  }
}

/** Makes the part of a note that opens a message again. Null for envelopes. */
export function savedMessage(
  inside: SealedUpload['inside'],
  { frame }: ObjectHeaders,
  tag: Uint8Array | null,
  tagged: bigint | null,
): SavedMessage | null {
  if (tag === null || tagged === null || !('header' in inside)) return null
  return {
    header: toBase64(serializeHeader(inside.header)),
    iv: toBase64(inside.iv),
    tag: toBase64(tag),
    before: toBase64(frame.before),
    after: toBase64(frame.after),
    tagged: crc64ToDecimal(tagged),
  }
}

/**
 * Makes the note by which an object that goes in one request is known again. `state`: of the file,
 * as `stateOf` gives it.
 */
export function wholeCheckpoint({ headers, frame }: ObjectHeaders, state: string): PutCheckpoint {
  return { kind: 'put', headers, before: toBase64(frame.before), state }
}

/**
 * Notes an upload in one request, and does not wait for the disk. After a power cut the object is
 * found by one more request.
 */
export function noteWhole({ saved }: Running, checkpoint: PutCheckpoint): void {
  saved?.note(checkpoint).catch(() => undefined)
}

/**
 * Makes the note of an upload that this computer has no record of. Its transfer tells why it starts
 * again, and nothing of the upload is ever used.
 */
export function foreignCheckpoint({ bucket, key, uploadId }: Upload): PartsCheckpoint {
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

/** Makes the note of a file. `sample`: of `sampleOf`. */
export function savedSource(
  { size, mtimeNs, ctimeNs, inode, device }: SourceIdentity,
  sample: string,
): SavedSource {
  return {
    size,
    mtimeNs: String(mtimeNs),
    ctimeNs: String(ctimeNs),
    inode: String(inode),
    device: String(device),
    sample,
  }
}

/** Compares the file with its note. The sample is made only where everything else is the same. */
export async function isSavedSource(
  saved: SavedSource,
  path: string,
  identity: SourceIdentity,
): Promise<boolean> {
  const now = savedSource(identity, saved.sample)
  const same = (Object.keys(saved) as (keyof SavedSource)[]).every(
    (name) => saved[name] === now[name],
  )
  return same && (await sampleOf(path, identity)) === saved.sample
}
