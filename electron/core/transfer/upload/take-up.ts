import { Failure, type AppError, type Result } from '../../../../shared/contract/errors.ts'
import type { Restart, TransferOutcome } from '../../../../shared/contract/models-transfers.ts'
import { fromBase64 } from '../../../../shared/format/base64.ts'
import type { PartsCheckpoint, PutCheckpoint } from '../run/checkpoint.ts'
import { crc64FromDecimal } from '../../../../shared/format/crc64.ts'
import { parseHeader } from '../../../../shared/format/message/message-header.ts'
import { planParts } from '../../../../shared/format/part-plan.ts'
import { readHeaders, recognise } from '../../../../shared/format/recognise.ts'
import type { Opened } from '../../keys/keyring.ts'
import type { Oss } from '../../oss/client.ts'
import type { HeldUpload, Upload } from '../../oss/multipart.ts'
import type { ObjectHead } from '../../oss/objects.ts'
import { stateOf, type SourceIdentity } from '../../files/file-source.ts'
import { abandonUpload, NOT_BEGUN } from '../run/begin-upload.ts'
import { envelopeOf, heldOf } from '../run/held-upload.ts'
import type { UploadJob } from '../run/jobs.ts'
import { isSaved } from './noting.ts'
import { savedPrints, type PartPrints } from './part-prints.ts'
import { decideUpload, judgeParts, type FoundUpload } from '../run/resume.ts'
import { eachPart, type Running } from '../run/running.ts'
import { sumOfParts, type SentParts } from '../run/sent-parts.ts'
import { compareCrc64, lostOf, ownObject, removeDamaged } from '../run/stored-object.ts'
import { sumOf, throughPauses, type Story } from './upload-story.ts'

/** An upload in the bucket, and what of it is there. */
export interface Begun {
  readonly kind: 'begun'
  readonly story: Story
  readonly upload: Upload
  readonly sent: SentParts
  /** Drops the upload and its parts. Never fails. */
  abandon(): Promise<void>
}

export type Before =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'finished'; readonly checksum: TransferOutcome['checksum'] }
  | Begun

interface Trying {
  readonly job: UploadJob
  readonly running: Running
  readonly oss: Oss
  readonly path: string
  readonly identity: SourceIdentity
}

/**
 * Looks at what an earlier try of this upload left, and takes it up if that is right: see
 * `resume.ts` for the decision. The caller wipes the data key of the story it gets. Throws Failure:
 * those of the keys when none opens the envelope.
 */
export async function takeUp(trying: Trying): Promise<Before> {
  const last = trying.running.saved?.last() ?? null
  if (last?.kind === 'put') return wasPut(trying, last)
  return last?.kind === 'parts' ? wasInParts(trying, last) : { kind: 'nothing' }
}

/** Did the request arrive whose answer nobody waited for? */
async function wasPut(
  { job, running, oss, identity }: Trying,
  { headers, before, state }: PutCheckpoint,
): Promise<Before> {
  const dress = {
    headers,
    frame: { before: fromBase64(before) ?? new Uint8Array(0), after: new Uint8Array(0) },
  }
  const found = await ownObject(oss, job, dress, running.control.cancelled)
  if (found === null) return { kind: 'nothing' }
  const isSame = state === stateOf(identity)
  // Those of a message whose header is its content are not known here: what is after it is.
  if (!isSame || lostOf(found, headers, before === '' ? identity.size : found.size) !== null) {
    // It holds the file as it was, or lost its envelope, and nobody was told of it.
    if (!isSame) running.tell({ t: 'restarted', why: 'source-changed' })
    await removeDamaged(oss, job, found, dress)
    return { kind: 'nothing' }
  }
  running.tell({ t: 'planned', total: identity.size, parts: 1, keyName: null })
  return { kind: 'finished', checksum: 'absent' }
}

async function wasInParts(trying: Trying, last: PartsCheckpoint): Promise<Before> {
  const { job, running, oss, path, identity } = trying
  const { cancelled } = running.control
  // What this computer did not start gets no plaintext, and is not its to drop.
  if (last.source === null) return again(trying, 'no-record')
  const upload = {
    bucket: last.bucket || job.bucket,
    key: last.key || job.key,
    uploadId: last.uploadId,
  }
  const prints = await savedPrints(running.saved?.prints ?? null, last.prints)
  if (last.uploadId === NOT_BEGUN) {
    await Promise.all([prints?.drop(), abandonUpload(oss, upload, job, last.headers)])
    running.saved?.drop()
    return { kind: 'nothing' }
  }
  const held = await heldOf(oss, upload, cancelled)
  const isHere = upload.bucket === job.bucket && upload.key === job.key
  const source =
    prints === null || !isHere
      ? 'unproven'
      : (await isSaved(last.source, path, identity))
        ? 'same'
        : 'changed'
  // Only a lost answer to the last request explains an upload that is gone and an object of this
  // envelope.
  const dress = { headers: last.headers, frame: frameOf(last) }
  const own = held === null ? await ownObject(oss, upload, dress, cancelled) : null
  const whole = last.source.size + dress.frame.before.length + dress.frame.after.length
  const isLost = own !== null && lostOf(own, last.headers, whole) !== null
  if (own !== null && isLost) await removeDamaged(oss, upload, own, dress)
  const made = isLost ? null : own
  const opened = source !== 'same' || held === null ? null : await openSaved(job, last, cancelled)
  const found: FoundUpload = {
    source,
    upload: held === null ? 'gone' : 'alive',
    envelope: envelopeOf(held, last),
    object: made === null ? 'other' : 'ours',
    key: opened?.ok === false ? 'missing' : 'opens',
  }
  const decision = decideUpload(found)
  switch (decision.act) {
    case 'finished':
      await prints?.drop()
      running.tell({
        t: 'planned',
        total: made?.size ?? identity.size,
        parts: 1,
        keyName: job.keyName,
      })
      return { kind: 'finished', checksum: sumOfNoted(last, made) }
    case 'needs-master-key':
      throw new Failure(errorOf(opened))
    case 'start-over':
      if (decision.abort) await abandonUpload(oss, upload, job)
      await prints?.drop()
      if (opened?.ok === true) opened.value.dataKey[Symbol.dispose]()
      return again(trying, decision.why)
    case 'continue':
      if (opened?.ok !== true || held === null || prints === null)
        throw new Error('an upload to continue without its key')
      return goOn(trying, last, upload, held, opened.value, prints)
  }
}

/** From nothing, under a new data key, and it is said why. */
function again({ running }: Trying, why: Restart): Before {
  running.saved?.drop()
  running.tell({ t: 'restarted', why })
  return { kind: 'nothing' }
}

/** Continues with what OSS holds, each part believed for a reason. */
async function goOn(
  { job, running, oss, path, identity }: Trying,
  last: PartsCheckpoint,
  upload: Upload,
  held: HeldUpload,
  opened: Opened,
  prints: PartPrints,
): Promise<Before> {
  const frame = frameOf(last)
  const total = identity.size + frame.before.length + frame.after.length
  const parts = planParts(total, last.partSize)
  const sealed = { dataKey: opened.dataKey, counter: opened.counter, keyName: opened.keyName }
  const story: Story = {
    job,
    running,
    path,
    identity,
    sealed,
    headers: last.headers,
    frame,
    tagged: last.message === null ? null : crc64FromDecimal(last.message.tagged),
    oss,
    parts,
    progress: { done: 0 },
    prints,
  }
  try {
    const { kept, unproven } = judgeParts(parts, last.parts, held.parts)
    const sent: SentParts = new Map(kept.map((part) => [part.number, part]))
    running.tell({ t: 'planned', total, parts: parts.length, keyName: opened.keyName })
    const settle = (number: number): void =>
      running.tell({ t: 'part-done', part: number, bytes: parts[number - 1]?.length ?? 0 })
    for (const number of sent.keys()) settle(number)
    // What was sent and not noted is summed here once more instead of being sent again.
    const compare = async (part: (typeof unproven)[number], signal: AbortSignal): Promise<void> => {
      if ((await sumOf(story, part, signal)) !== crc64FromDecimal(part.crc64)) return
      sent.set(part.number, { number: part.number, etag: part.etag, crc64: part.crc64 })
      settle(part.number)
    }
    const left = () => unproven.filter(({ number }) => !sent.has(number))
    if (
      unproven.length > 0 &&
      !(await throughPauses(story, () => eachPart(left(), running, compare)))
    )
      throw new Failure({ code: 'source-changed', path })
    return { kind: 'begun', story, upload, sent, abandon: () => abandonUpload(oss, upload, job) }
  } catch (cause) {
    opened.dataKey[Symbol.dispose]()
    throw cause
  }
}

/** What OSS says of the object against the parts as they were noted, where all of them were. */
function sumOfNoted(
  { parts, partSize }: PartsCheckpoint,
  made: ObjectHead | null,
): TransferOutcome['checksum'] {
  const plan = made === null ? [] : planParts(made.size, partSize)
  const noted = new Map(parts.map((part) => [part.number, part]))
  if (
    made === null ||
    plan.some(({ number }) => crc64FromDecimal(noted.get(number)?.crc64 ?? '') === null)
  )
    return 'absent'
  return compareCrc64(made.crc64, sumOfParts(plan, noted))
}

/** The data key again, with whatever master key fits. */
async function openSaved(
  job: UploadJob,
  { headers, message }: PartsCheckpoint,
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
  if (found.kind !== 'sealed')
    return { ok: false, error: { code: 'not-an-envelope', header: 'key', problem: 'invalid' } }
  return job.openers.envelope(found.envelope, signal)
}

function frameOf({ message }: PartsCheckpoint): Story['frame'] {
  const bytes = (text: string | undefined): Uint8Array =>
    fromBase64(text ?? '') ?? new Uint8Array(0)
  return { before: bytes(message?.before), after: bytes(message?.after) }
}

function errorOf(opened: Result<Opened> | null): AppError {
  return opened?.ok === false ? opened.error : { code: 'no-master-key' }
}
