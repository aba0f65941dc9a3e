import { Failure, type AppError, type Result } from '../../../../shared/contract/errors.ts'
import type { Restart } from '../../../../shared/contract/models-transfers.ts'
import { ENVELOPE_PREFIX } from '../../../../shared/format/envelope/envelope.ts'
import type { Oss } from '../../oss/client.ts'
import type { HeldUpload, Upload } from '../../oss/multipart.ts'
import type { ObjectHead } from '../../oss/objects.ts'
import type { SavedPart } from './checkpoint.ts'
import { dropNotedUpload, dropUpload, heldUpload, type NotedUpload } from './multipart-uploads.ts'
import { decideUpload, type FoundUpload } from './resume.ts'
import type { Running } from './running.ts'

/** An upload of an earlier attempt, with all that was noted of it. */
export interface SavedUpload extends NotedUpload {
  /** Bytes of every part but the last. */
  readonly partSize: number
  readonly parts: readonly SavedPart[]
}

/** An upload that goes on: what was noted of it, and what OSS holds. */
export interface ResumedUpload {
  readonly upload: Upload
  readonly noted: readonly SavedPart[]
  readonly held: HeldUpload
}

/** Answers of one kind of transfer about an upload of an earlier attempt. */
export interface ResumeProof<T> {
  /** Compares the source with what was noted of it. */
  source(): Promise<FoundUpload['source']>
  /** The reason to tell when the upload starts over because its source changed. */
  readonly changed: Restart
  /** Finds the object that the upload became. Asked only where OSS has no upload of this id. */
  finishedObject(): Promise<ObjectHead | null>
  /**
   * Opens the envelope again. Asked only of an upload that is there and whose source is the same.
   */
  open(): Promise<Result<T>>
  /** Gives back what `open` gave, where the upload does not go on. */
  close?(opened: T): void
  /** Removes what the transfer kept besides the note. Called where nothing goes on. Never fails. */
  discard(): Promise<void>
}

/** The ways in which an upload of an earlier attempt goes on. */
export type UploadResumption<T> =
  /** Nothing of it is left, and the reason was told. */
  | { readonly kind: 'nothing' }
  /** The object is there: only the answer was lost. */
  | { readonly kind: 'finished'; readonly object: ObjectHead }
  | { readonly kind: 'continues'; readonly resumed: ResumedUpload; readonly opened: T }

/**
 * Looks at what an earlier attempt left in the bucket and decides by the table of `resume.ts`
 * whether it goes on. An upload that does not go on is dropped, its note too, and the reason is
 * told. Throws Failure: what `open` answers when no key opens the envelope.
 */
export async function resumeMultipart<T>(
  { oss, job, running }: { readonly oss: Oss; readonly job: object; readonly running: Running },
  saved: SavedUpload,
  proof: ResumeProof<T>,
): Promise<UploadResumption<T>> {
  const { bucket, key, uploadId } = saved
  if (uploadId === null) {
    await Promise.all([proof.discard(), dropNotedUpload(oss, saved, job)])
    running.saved?.drop()
    return { kind: 'nothing' }
  }
  const upload = { bucket, key, uploadId }
  const held = await heldUpload(oss, upload, running.control.cancelled)
  const source = await proof.source()
  const object = held === null ? await proof.finishedObject() : null
  const opened = source === 'same' && held !== null ? await proof.open() : null
  const decision = decideUpload({
    source,
    upload: held === null ? 'gone' : 'alive',
    envelope: compareEnvelope(held, saved),
    object: object === null ? 'other' : 'ours',
    key: opened?.ok === false ? 'missing' : 'opens',
  })
  switch (decision.act) {
    case 'finished':
      if (object === null) throw new Error('a finished upload without its object')
      await proof.discard()
      return { kind: 'finished', object }
    case 'needs-master-key':
      throw new Failure(errorOf(opened))
    case 'start-over':
      if (decision.abort) await dropUpload(oss, upload, job)
      await proof.discard()
      if (opened?.ok === true) proof.close?.(opened.value)
      startOver(running, decision.why === 'source-changed' ? proof.changed : decision.why)
      return { kind: 'nothing' }
    case 'continue':
      if (opened?.ok !== true || held === null)
        throw new Error('an upload to continue without its key')
      return {
        kind: 'continues',
        resumed: { upload, noted: saved.parts, held },
        opened: opened.value,
      }
  }
}

/** Forgets what was noted, and tells why the transfer starts over. */
export function startOver(running: Running, why: Restart): void {
  running.saved?.drop()
  running.tell({ t: 'restarted', why })
}

function errorOf(opened: Result<unknown> | null): AppError {
  return opened?.ok === false ? opened.error : { code: 'no-master-key' }
}

/**
 * Compares the envelope that OSS remembers with the one that was noted. OSS remembers envelopes of
 * format V2 only, and what OSS leaves out does not differ.
 */
function compareEnvelope(
  held: HeldUpload | null,
  { headers, partSize }: Pick<SavedUpload, 'headers' | 'partSize'>,
): FoundUpload['envelope'] {
  if (held === null || held.envelope === null) return 'unknown'
  const { wrappedDataKey, wrappedCounter, partSize: theirs } = held.envelope
  const same =
    wrappedDataKey === headers[`${ENVELOPE_PREFIX}key`] &&
    wrappedCounter === headers[`${ENVELOPE_PREFIX}start`] &&
    (theirs ?? partSize) === partSize
  return same ? 'same' : 'other'
}
