import type { Restart } from '../../../../shared/contract/models-transfers.ts'
import type { Part } from '../../../../shared/format/part-plan.ts'
import type { HeldPart } from '../../oss/multipart.ts'
import type { SavedPart } from './checkpoint.ts'

/** What was found out about an upload in parts that was interrupted. */
export interface FoundUpload {
  /** Is the file what it was? 'unproven': nothing here tells what was sent of it already. */
  readonly source: 'same' | 'changed' | 'unproven'
  /** What OSS says of the upload id. */
  readonly upload: 'alive' | 'gone'
  /**
   * Envelope that OSS remembers against the one in the checkpoint; 'unknown' where OSS remembers
   * none (formats other than V2).
   */
  readonly envelope: 'same' | 'other' | 'unknown'
  /**
   * Does the object exist, with this very envelope? Then the answer to the last request was lost.
   */
  readonly object: 'ours' | 'other'
  readonly key: 'opens' | 'missing'
}

export type UploadDecision =
  | { readonly act: 'continue' }
  /** The object is there: nothing is to be sent. */
  | { readonly act: 'finished' }
  /** New data key and counter. `abort`: there is an upload to drop. */
  | { readonly act: 'start-over'; readonly why: Restart; readonly abort: boolean }
  /** Until a key is here that opens the envelope. */
  | { readonly act: 'needs-master-key' }

/**
 * How an interrupted upload goes on. What could bring two plaintexts under one keystream comes
 * first: a source that changed, or of which it is not known what was sent, is never continued,
 * whatever else holds.
 */
export function decideUpload({
  source,
  upload,
  envelope,
  object,
  key,
}: FoundUpload): UploadDecision {
  if (object === 'ours' && upload === 'gone') return { act: 'finished' }
  if (source === 'unproven')
    return { act: 'start-over', why: 'no-record', abort: upload === 'alive' }
  if (source === 'changed')
    return { act: 'start-over', why: 'source-changed', abort: upload === 'alive' }
  if (upload === 'gone') return { act: 'start-over', why: 'upload-gone', abort: false }
  if (envelope === 'other') return { act: 'start-over', why: 'envelope-differs', abort: true }
  return key === 'missing' ? { act: 'needs-master-key' } : { act: 'continue' }
}

/** What to do with each part of the plan. */
export interface PartsFound {
  /** OSS holds them as they were noted here. */
  readonly kept: readonly (SavedPart & { readonly crc64: string })[]
  /**
   * OSS holds them, and nothing here says what they are: their sum must be made from the file and
   * compared.
   */
  readonly unproven: readonly (Part & { readonly etag: string; readonly crc64: string })[]
}

/**
 * Parts that need not be sent. One of another length, another ETag or another CRC-64 than was noted
 * is not believed.
 */
export function judgeParts(
  plan: readonly Part[],
  noted: readonly SavedPart[],
  held: readonly HeldPart[],
): PartsFound {
  const here = new Map(noted.map((part) => [part.number, part]))
  const there = new Map(held.map((part) => [part.number, part]))
  const kept: PartsFound['kept'][number][] = []
  const unproven: PartsFound['unproven'][number][] = []
  for (const part of plan) {
    const [ours, theirs] = [here.get(part.number), there.get(part.number)]
    if (theirs === undefined || theirs.size !== part.length) continue
    if (ours === undefined) {
      if (theirs.crc64 !== null) unproven.push({ ...part, etag: theirs.etag, crc64: theirs.crc64 })
    } else if (
      ours.etag === theirs.etag &&
      (theirs.etag !== '' || theirs.crc64 !== null) &&
      (theirs.crc64 ?? ours.crc64) === ours.crc64
    )
      kept.push(ours)
  }
  return { kept, unproven }
}

/** What was found out about a download that was interrupted. */
export interface FoundDownload {
  /** The object against the checkpoint. */
  readonly object: 'same' | 'changed'
  /** The hidden file that was written to. */
  readonly file: 'there' | 'gone'
}

export type DownloadDecision =
  { readonly act: 'continue' } | { readonly act: 'start-over'; readonly why: Restart | null }

export function decideDownload({ object, file }: FoundDownload): DownloadDecision {
  if (object === 'changed') return { act: 'start-over', why: 'object-changed' }
  return file === 'there' ? { act: 'continue' } : { act: 'start-over', why: null }
}
