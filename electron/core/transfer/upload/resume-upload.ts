import { Failure, type Result } from '../../../../shared/contract/errors.ts'
import type { TransferOutcome } from '../../../../shared/contract/models-transfers.ts'
import { fromBase64 } from '../../../../shared/format/base64.ts'
import type { Checkpoint, SavedPart } from '../run/checkpoint.ts'
import { crc64FromDecimal } from '../../../../shared/format/crc64.ts'
import { parseHeader } from '../../../../shared/format/message/message-header.ts'
import { planParts } from '../../../../shared/format/part-plan.ts'
import { readHeaders, recognise } from '../../../../shared/format/recognise.ts'
import type { Opened } from '../../keys/keyring.ts'
import type { Oss } from '../../oss/client.ts'
import { fileStateOf, type SourceIdentity } from '../../files/file-source.ts'
import type { UploadJob } from '../run/jobs.ts'
import { resumeMultipart, startOver, type ResumedUpload } from '../run/multipart-resume.ts'
import type { MultipartSession } from '../run/multipart-session.ts'
import { allParts, type Running } from '../run/running.ts'
import { lostOf, ownObject, removeDamaged } from '../run/stored-object.ts'
import { isSavedFile } from './checkpoint-notes.ts'
import { compareNoted } from './noted-parts.ts'
import { savedPrints, type PartPrints } from './part-prints.ts'
import { planOf } from './upload-seal.ts'
import type { SealPlan } from '../../seals/new-seal.ts'
import { isUnchangedAfterPause, sumPart, type UploadAttempt } from './upload-attempt.ts'

/** The ways in which an earlier attempt at an upload goes on. */
export type UploadBefore =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'finished'; readonly checksum: TransferOutcome['checksum'] }
  | {
      readonly kind: 'continues'
      readonly attempt: UploadAttempt
      readonly resumed: ResumedUpload
    }

/** One start of an upload, before anything is encrypted. */
export interface UploadStart {
  readonly job: UploadJob
  readonly running: Running
  readonly oss: Oss
  readonly path: string
  readonly identity: SourceIdentity
}

/**
 * Looks at what an earlier attempt at this upload left. The caller wipes the data key of an attempt
 * that continues. Throws Failure: those of the keys when none opens the envelope.
 */
export async function resumeUpload(start: UploadStart): Promise<UploadBefore> {
  const last = start.running.saved?.last() ?? null
  if (last?.way === 'whole') return resumeWhole(start, last)
  return last?.way === 'parts' ? resumeParts(start, last) : { kind: 'nothing' }
}

/** Finds out whether a request in one piece arrived whose answer was lost. */
async function resumeWhole(
  { job, running, oss, identity }: UploadStart,
  { source, what: { headers, before } }: Checkpoint,
): Promise<UploadBefore> {
  const form = {
    headers,
    frame: { before: fromBase64(before) ?? new Uint8Array(0), after: new Uint8Array(0) },
  }
  const found = await ownObject(oss, job, form, running.control.cancelled)
  if (found === null) return { kind: 'nothing' }
  const isSame = source?.kind === 'state' && source.state === fileStateOf(identity)
  // Nothing is noted of the bytes behind a whole message, so its size is not known here.
  if (!isSame || lostOf(found, headers, before === '' ? identity.size : found.size) !== null) {
    // The object holds an older state of the file, or lost its envelope. Nobody was told of it.
    if (!isSame) running.tell({ t: 'restarted', why: 'source-changed' })
    await removeDamaged(oss, job, found, form)
    return { kind: 'nothing' }
  }
  running.tell({ t: 'planned', total: identity.size, parts: 1, keyName: null })
  return { kind: 'finished', checksum: 'absent' }
}

async function resumeParts(start: UploadStart, last: Checkpoint): Promise<UploadBefore> {
  const { job, running, oss, path, identity } = start
  const { source, what, started, pieces } = last
  const seal = last.seal === null ? null : planOf(last.seal)
  // An upload that this computer did not start gets no plaintext, and is not ours to drop.
  if (last.stage === 'foreign' || source?.kind !== 'file' || pieces.bytes === null) {
    startOver(running, 'no-record')
    return { kind: 'nothing' }
  }
  const place = { bucket: last.to.bucket ?? job.bucket, key: last.to.key ?? job.key }
  const isHere = place.bucket === job.bucket && place.key === job.key
  const prints = await savedPrints(running.saved?.prints ?? null, last.prints)
  const form = { headers: what.headers, frame: frameOf(last) }
  const before = await resumeMultipart(
    start,
    {
      ...place,
      uploadId: started?.kind === 'upload' ? started.uploadId : null,
      headers: what.headers,
      partSize: pieces.bytes,
      parts: seal === null ? pieces.done : pieces.done.filter(hasLeaves),
    },
    {
      changed: 'source-changed',
      async source() {
        if (prints === null || !isHere) return 'unproven'
        return (await isSavedFile(source, path, identity)) ? 'same' : 'changed'
      },
      // Only a lost answer to the last request explains an object of this envelope.
      async finishedObject() {
        const own = await ownObject(oss, place, form, running.control.cancelled)
        const whole = source.size + form.frame.before.length + form.frame.after.length
        if (own === null || lostOf(own, what.headers, whole) === null) return own
        await removeDamaged(oss, place, own, form)
        return null
      },
      open: () => openEnvelope(job, last, running.control.cancelled),
      close: ({ dataKey }) => dataKey[Symbol.dispose](),
      discard: async () => prints?.drop(),
    },
  )
  if (before.kind === 'nothing') return before
  if (before.kind === 'finished') {
    const { object } = before
    running.tell({ t: 'planned', total: object.size, parts: 1, keyName: job.keyName })
    return { kind: 'finished', checksum: compareNoted(last, object) }
  }
  if (prints === null) throw new Error('an upload to continue without its prints')
  const attempt = attemptOf(start, last, { partSize: pieces.bytes, seal }, before.opened, prints)
  const { parts, uploadKey } = attempt
  const total = identity.size + attempt.frame.before.length + attempt.frame.after.length
  running.tell({ t: 'planned', total, parts: parts.length, keyName: uploadKey.keyName })
  return { kind: 'continues', attempt, resumed: before.resumed }
}

/** A part without its leaves is taken for one that was not noted: the file has to prove it. */
const hasLeaves = ({ leaves }: SavedPart): boolean => leaves !== undefined

/** Makes the noted attempt again. */
function attemptOf(
  { job, running, oss, path, identity }: UploadStart,
  last: Checkpoint,
  { partSize, seal }: { readonly partSize: number; readonly seal: SealPlan | null },
  { dataKey, counter, keyId, keyName }: Opened,
  prints: PartPrints,
): UploadAttempt {
  const { message } = last.what
  const frame = frameOf(last)
  const total = identity.size + frame.before.length + frame.after.length
  return {
    job,
    running,
    path,
    identity,
    uploadKey: { dataKey, counter, keyId, keyName },
    headers: last.what.headers,
    frame,
    message,
    tagged: message === null ? null : crc64FromDecimal(message.tagged),
    oss,
    parts: planParts(total, partSize),
    partSize,
    progress: { done: 0 },
    prints,
    seal,
  }
}

/**
 * Sums the parts that OSS holds and that were not noted, instead of sending them again. A part of
 * another sum is sent. Throws Failure 'source-changed'.
 */
export async function proveHeldParts(
  attempt: UploadAttempt,
  session: MultipartSession,
): Promise<void> {
  const { running, path } = attempt
  const compared = new Set<number>()
  const compare = async (
    part: ReturnType<MultipartSession['unproven']>[number],
    signal: AbortSignal,
  ): Promise<void> => {
    const { crc64, leaves } = await sumPart(attempt, part, signal)
    if (crc64 === crc64FromDecimal(part.crc64)) session.proved(part, leaves)
    compared.add(part.number)
  }
  const remaining = () => session.unproven().filter(({ number }) => !compared.has(number))
  if (remaining().length === 0) return
  if (!(await allParts(running, remaining, compare, () => isUnchangedAfterPause(attempt))))
    throw new Failure({ code: 'source-changed', path })
}

/** Opens the noted envelope again, with whatever master key fits. */
async function openEnvelope(
  job: UploadJob,
  { what: { headers, message } }: Checkpoint,
  signal: AbortSignal,
): Promise<Result<Opened>> {
  if (message !== null) {
    const header = parseHeader(fromBase64(message.header) ?? new Uint8Array(0))
    const [iv, tag] = [fromBase64(message.iv), fromBase64(message.tag)]
    if (header === null || iv === null)
      return { ok: false, error: { code: 'message-damaged', part: 'header' } }
    return job.openers.message(
      { form: 'split', header, iv, tag, content: { offset: 0, length: null }, tagAt: null },
      signal,
    )
  }
  const found = recognise(readHeaders(Object.entries(headers)))
  if (found.kind !== 'encrypted')
    return { ok: false, error: { code: 'not-an-envelope', header: 'key', problem: 'invalid' } }
  return job.openers.envelope(found.envelope, signal)
}

function frameOf({ what: { message } }: Checkpoint): UploadAttempt['frame'] {
  const bytes = (text: string | undefined): Uint8Array =>
    fromBase64(text ?? '') ?? new Uint8Array(0)
  return { before: bytes(message?.before), after: bytes(message?.after) }
}
