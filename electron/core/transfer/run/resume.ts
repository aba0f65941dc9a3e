import type { Restart } from '../../../../shared/contract/models-transfers.ts'
import type { Part } from '../../../../shared/format/part-plan.ts'
import type { HeldPart } from '../../oss/multipart.ts'
import type { SavedPart } from './checkpoint.ts'

/** An interrupted upload in parts, as it was found. */
export interface FoundUpload {
  /** The source compared with its note. 'unproven': nobody knows what was sent of it. */
  readonly source: 'same' | 'changed' | 'unproven'
  /** 'alive': OSS knows the upload id. */
  readonly upload: 'alive' | 'gone'
  /**
   * The envelope that OSS holds, compared with the note. 'unknown': OSS holds only envelopes of
   * format V2.
   */
  readonly envelope: 'same' | 'other' | 'unknown'
  /** 'ours': the object is there with this envelope, so the last answer was lost. */
  readonly object: 'ours' | 'other'
  readonly key: 'opens' | 'missing'
}

export type UploadDecision =
  | { readonly act: 'continue' }
  /** The object is there, and nothing is sent. */
  | { readonly act: 'finished' }
  /** The upload starts again under a new data key. `abort`: an old upload must be dropped. */
  | { readonly act: 'start-over'; readonly why: Restart; readonly abort: boolean }
  /** The upload waits for a key that opens the envelope. */
  | { readonly act: 'needs-master-key' }

/**
 * Decides how an interrupted upload goes on. The danger of two plaintexts under one key stream is
 * judged first. An upload does not continue when its source changed, or when nobody knows what was
 * sent.
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

/** The parts of the plan that OSS holds. */
export interface PartsFound {
  /** Parts that OSS holds as they were noted. */
  readonly kept: readonly (SavedPart & { readonly crc64: string })[]
  /** Parts that OSS holds and that were not noted. Their sums must be made from the source. */
  readonly unproven: readonly (Part & { readonly etag: string; readonly crc64: string })[]
}

/**
 * Finds the parts that need not be sent. A part of another length, ETag or CRC-64 than was noted is
 * not believed.
 */
export function compareParts(
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

/** An interrupted download, as it was found. */
export interface FoundDownload {
  /** The object against the checkpoint. */
  readonly object: 'same' | 'changed'
  /** The hidden file that the download writes to. */
  readonly file: 'there' | 'gone'
}

export type DownloadDecision =
  { readonly act: 'continue' } | { readonly act: 'start-over'; readonly why: Restart | null }

/** Decides how an interrupted download goes on. */
export function decideDownload({ object, file }: FoundDownload): DownloadDecision {
  if (object === 'changed') return { act: 'start-over', why: 'object-changed' }
  return file === 'there' ? { act: 'continue' } : { act: 'start-over', why: null }
}
