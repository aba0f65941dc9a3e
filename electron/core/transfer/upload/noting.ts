import { toBase64 } from '../../../../shared/format/base64.ts'
import type { PartsCheckpoint, PutCheckpoint, SavedSource } from '../run/checkpoint.ts'
import { crc64ToDecimal } from '../../../../shared/format/crc64.ts'
import { serializeHeader } from '../../../../shared/format/message/message-header.ts'
import { sampleOf } from '../../files/file-sample.ts'
import type { SourceIdentity } from '../../files/file-source.ts'
import type { Dress, SealedUpload } from '../run/dress.ts'
import type { Story } from './upload-story.ts'

/**
 * What an upload in parts that has just begun needs to be continued from nothing but this. `tag`:
 * of a message, else null.
 */
export async function checkpointOf(
  story: Story,
  uploadId: string,
  partSize: number,
  inside: SealedUpload['inside'],
  tag: Uint8Array | null,
): Promise<PartsCheckpoint> {
  const { job, headers, frame, tagged, path, identity, prints } = story
  const message =
    tag === null || tagged === null || !('header' in inside)
      ? null
      : {
          header: toBase64(serializeHeader(inside.header)),
          iv: toBase64(inside.iv),
          tag: toBase64(tag),
          before: toBase64(frame.before),
          after: toBase64(frame.after),
          tagged: crc64ToDecimal(tagged),
        }
  return {
    kind: 'parts',
    bucket: job.bucket,
    key: job.key,
    uploadId,
    source: savedSource(identity, await sampleOf(path, identity)),
    headers,
    message,
    partSize,
    parts: [],
    prints: prints.saved,
  }
}

/**
 * By what an object that was put in one request is known again. `state`: of the file, as `stateOf`
 * gives it.
 */
export function putCheckpointOf({ headers, frame }: Dress, state: string): PutCheckpoint {
  return { kind: 'put', headers, before: toBase64(frame.before), state }
}

/** `sample`: of `sampleOf`. */
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

/** Is the file what was saved? The sample is made only where everything else agrees. */
export async function isSaved(
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
