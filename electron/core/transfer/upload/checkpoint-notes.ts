import { toBase64 } from '../../../../shared/format/base64.ts'
import {
  newCheckpoint,
  type Checkpoint,
  type SavedFile,
  type SavedMessage,
} from '../run/checkpoint.ts'
import { crc64ToDecimal } from '../../../../shared/format/crc64.ts'
import { serializeHeader } from '../../../../shared/format/message/message-header.ts'
import { sampleOf } from '../../files/file-sample.ts'
import type { SourceIdentity } from '../../files/file-source.ts'
import type { Upload } from '../../oss/multipart.ts'
import type { ObjectHeaders, UploadKey } from '../run/object-headers.ts'
import type { Running } from '../run/running.ts'
import type { UploadAttempt } from './upload-attempt.ts'
import { savedSeal } from './upload-seal.ts'

/**
 * Makes the note of an upload in parts that is about to start: all that it needs to go on later.
 */
export async function partsCheckpoint(attempt: UploadAttempt): Promise<Checkpoint> {
  const { job, headers, message, path, identity, partSize, prints, seal } = attempt
  return newCheckpoint({
    way: 'parts',
    to: { bucket: job.bucket, key: job.key },
    source: savedFile(identity, await sampleOf(path, identity)),
    what: { headers, message },
    pieces: { bytes: partSize, done: [] },
    prints: prints.saved,
    seal: seal === null ? null : savedSeal(seal),
  })
}

/** Makes the part of a note that opens a message again. Null for envelopes. */
export function savedMessage(
  inside: UploadKey['inside'],
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
 * Makes the note that identifies an object in one request after a restart. `state`: of the file, as
 * `stateOf` gives it.
 */
export function wholeCheckpoint({ headers, frame }: ObjectHeaders, state: string): Checkpoint {
  return newCheckpoint({
    way: 'whole',
    source: { kind: 'state', state },
    what: { headers, before: toBase64(frame.before) },
  })
}

/**
 * Notes an upload in one request, and does not wait for the disk. After a power cut the object is
 * found by one more request.
 */
export function noteWhole({ saved }: Running, checkpoint: Checkpoint): void {
  saved?.note(checkpoint).catch(() => undefined)
}

/**
 * Makes the note of an upload that this computer has no record of. Its transfer tells why it starts
 * again, and nothing of the upload is ever used.
 */
export function foreignCheckpoint({ bucket, key, uploadId }: Upload): Checkpoint {
  return newCheckpoint({
    way: 'parts',
    stage: 'foreign',
    to: { bucket, key },
    started: { kind: 'upload', uploadId },
  })
}

/** Makes the note of a file. `sample`: of `sampleOf`. */
export function savedFile(
  { size, mtimeNs, ctimeNs, inode, device }: SourceIdentity,
  sample: string,
): SavedFile {
  return {
    kind: 'file',
    size,
    mtimeNs: String(mtimeNs),
    ctimeNs: String(ctimeNs),
    inode: String(inode),
    device: String(device),
    sample,
  }
}

/** Compares the file with its note. The sample is made only where everything else is the same. */
export async function isSavedFile(
  saved: SavedFile,
  path: string,
  identity: SourceIdentity,
): Promise<boolean> {
  const now = savedFile(identity, saved.sample)
  const same = (Object.keys(saved) as (keyof SavedFile)[]).every(
    (name) => saved[name] === now[name],
  )
  return same && (await sampleOf(path, identity)) === saved.sample
}
