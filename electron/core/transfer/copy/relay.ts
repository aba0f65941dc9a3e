import { isDeepStrictEqual } from 'node:util'
import { ok } from '../../../../shared/contract/errors.ts'
import { combineCrc64, EMPTY_CRC64 } from '../../../../shared/format/crc64.ts'
import type { Part } from '../../../../shared/format/part-plan.ts'
import type { JobCipher } from '../../cipher/content-cipher.ts'
import type { Opened } from '../../keys/keyring.ts'
import { overwriteRule, type PutResult } from '../../oss/answers.ts'
import type { ToSign } from '../../oss/client.ts'
import { readAction, versionQuery } from '../../oss/object-ref.ts'
import { headIfThere, rangeHeaders, type ObjectHead } from '../../oss/objects.ts'
import type { JobAnswer, JobRecode } from '../../worker/job.ts'
import { resumeMultipart, type ResumedUpload } from '../run/multipart-resume.ts'
import { openSession, sendSession, type SessionOptions } from '../run/multipart-session.ts'
import { dropLeftBehind, uploadOf } from '../run/multipart-uploads.ts'
import { putWholeObject } from '../run/one-request.ts'
import { runPart, type Running } from '../run/running.ts'
import { compareCrc64 } from '../run/stored-object.ts'
import { copyCheckpoint, dropStartedCopy } from './copy-notes.ts'
import { isCopy, removeOurs, storedIn, type SourceSpot, type Spot } from './copy-proof.ts'
import type { RelayPlan } from './relay-plan.ts'

/** One state of one object that passes through this computer as it is stored. */
export interface Relay {
  /** The job, under which an upload is remembered that could not be dropped. */
  readonly job: object
  readonly running: Running
  readonly from: SourceSpot
  readonly source: ObjectHead
  readonly to: Spot
  readonly plan: RelayPlan
  /** Headers of the request alone: storage class and tags. */
  readonly besides: Readonly<Record<string, string>>
  readonly replace: boolean
  /** The keys by which the content is encrypted again; left out: the bytes stay as they are. */
  readonly recode?: Recode
  /** Further facts of the request that makes the object of its parts. */
  readonly completion?: SessionOptions['completion']
  /** Called right before the object is made of its parts. Throws Failure to prevent that. */
  readonly beforeWrite?: () => Promise<void>
}

/** The data keys and counters before and after. The caller disposes of both data keys. */
export interface Recode {
  readonly from: Pick<Opened, 'dataKey' | 'counter'>
  readonly to: Pick<Opened, 'dataKey' | 'counter'>
}

/** Makes the two ciphers of one range, with copies of the data keys that the worker wipes. */
export function recodeJob({ from, to }: Recode, offset: number): JobRecode {
  const cipher = ({ dataKey, counter }: Recode['from']): JobCipher => ({
    kind: 'ctr',
    dataKey: Uint8Array.from(dataKey.bytes),
    counter,
    at: offset,
    resplit: null,
  })
  return { from: cipher(from), to: cipher(to) }
}

/** The object that OSS stored, and the CRC-64 of its bytes; null when that was not heard. */
export interface RelayResult {
  readonly stored: PutResult
  readonly summed: bigint | null
}

/**
 * Sends the stored bytes on. No key is asked, and nothing is decrypted. Throws Failure:
 * 'object-changed' when the source is replaced meanwhile, 'object-exists', 'checksum'. A relay that
 * failed and may go on stays in the bucket where `running.saved` can resume it. Of every other one,
 * and of a cancelled one, no upload and no damaged object stays.
 */
export async function relay(work: Relay): Promise<RelayResult> {
  await dropLeftBehind(work.to.oss, work.job)
  return work.plan.inParts ? relayInParts(work) : relayWhole(work)
}

/** The request of one part, and the function that judges its answer. */
interface PartSending {
  readonly progress: { done: number }
  readonly toSign: ToSign
  readonly accept: (answer: JobAnswer, crc64: bigint, before: bigint) => void | Promise<void>
  readonly onUnsure?: () => void
}

/** Reads one part under If-Match, and sends it until OSS took it whole. */
function relayPart(
  { running, from, to, source, recode }: Relay,
  part: Part,
  signal: AbortSignal,
  { progress, accept, ...sending }: PartSending,
): Promise<void> {
  const { bucket, key, versionId } = from
  const get: ToSign = {
    method: 'GET',
    bucket,
    key,
    query: versionQuery(versionId),
    headers: rangeHeaders({
      offset: part.offset,
      length: source.size === 0 ? null : part.length,
      ifMatch: source.etag,
    }),
  }
  return runPart(
    running,
    progress,
    {
      ...sending,
      part,
      oss: to.oss,
      action: 'oss:PutObject',
      job: async (into) => ({
        kind: 'relay',
        request: await from.oss.sign(get),
        into,
        offset: part.offset,
        length: part.length,
        cipher: null,
        checksum: true,
        ...(recode !== undefined && { recode: recodeJob(recode, part.offset) }),
      }),
      ofSource: (answer) =>
        from.oss.failure(answer, { action: readAction(versionId), bucket, key }),
      accept: ({ crc64, crc64Before = crc64 }, answer) => {
        if (crc64 === null || crc64Before === null) throw new Error('a part without its sum')
        return accept(answer, crc64, crc64Before)
      },
    },
    signal,
  )
}

async function relayWhole(work: Relay): Promise<RelayResult> {
  const { running, source, to, plan, besides, replace } = work
  await dropStartedCopy(work)
  await running.saved?.note(copyCheckpoint(to, source, plan.headers, plan))
  const request: ToSign = {
    method: 'PUT',
    bucket: to.bucket,
    key: to.key,
    headers: { ...plan.headers, ...besides, ...overwriteRule(!replace) },
  }
  const relayed = await putWholeObject<RelayResult>({
    running,
    part: { number: 1, offset: 0, length: source.size },
    request,
    send: (part, toSign, signal, accept, onUnsure) =>
      relayPart(work, part, signal, { progress: { done: 0 }, toSign, accept, onUnsure }),
    async prove(stored, summed) {
      try {
        compareCrc64(stored.crc64, summed)
        compareCrc64(source.crc64, summed)
      } catch (cause) {
        await removeOurs(to, stored)
        throw cause
      }
      return { stored, summed }
    },
    proof: 'equal',
    async find(signal) {
      const head = await headIfThere(to.oss, to.bucket, to.key, signal)
      if (head === null || !isCopy(source, plan.headers, head)) return null
      return { stored: storedIn(head), summed: null }
    },
  })
  return heldByEtag(relayed)
}

/** A pause changes nothing for a relay: every request names the ETag of the source. */
function heldByEtag(relayed: RelayResult | null): RelayResult {
  if (relayed === null) throw new Error('a source that changed under its ETag')
  return relayed
}

async function relayInParts(work: Relay): Promise<RelayResult> {
  const { job, running, source, to, plan, besides, replace } = work
  const resumed = await resumeRelay(work)
  if (resumed === null) await dropStartedCopy(work)
  const session = await openSession(
    {
      oss: to.oss,
      job,
      running,
      place: { bucket: to.bucket, key: to.key },
      headers: { ...plan.headers, ...besides },
      partHeaders: plan.repeated,
      replace,
      parts: plan.parts,
      checkpoint: async () => copyCheckpoint(to, source, plan.headers, plan),
      ...(work.completion !== undefined && { completion: work.completion }),
    },
    resumed,
  )
  const progress = { done: 0 }
  const before = new Map<number, bigint>()
  const relayed = await sendSession(session, {
    sendPart: (part, toSign, signal, accept) =>
      relayPart(work, part, signal, {
        progress,
        toSign,
        accept: (answer, crc64, sum) => {
          accept(answer, crc64)
          before.set(part.number, sum)
        },
      }),
    async proveSource(crc64) {
      const read = work.recode === undefined ? crc64 : sumBefore(plan.parts, before)
      compareCrc64(source.crc64, read)
      await work.beforeWrite?.()
    },
    // The caller proves the object: by its headers too.
    proveObject: async (stored, summed) => ({ stored, summed }),
  })
  return heldByEtag(relayed)
}

/** Returns the CRC-64 of the source as it was read. A recoded object is always read whole. */
const sumBefore = (parts: readonly Part[], sums: ReadonlyMap<number, bigint>): bigint =>
  parts.reduce(
    (sum, { number, length }) => combineCrc64(sum, sums.get(number) ?? EMPTY_CRC64, length),
    EMPTY_CRC64,
  )

/**
 * Looks at what an earlier attempt at this very relay left. No file can prove a part that arrived
 * and was not noted, so such a part is sent again. Null: it starts again.
 */
async function resumeRelay(work: Relay): Promise<ResumedUpload | null> {
  const { job, running, source, to, plan } = work
  // The data key of an object that was to be recoded is not noted.
  if (work.recode !== undefined) return null
  const last = running.saved?.last() ?? null
  const noted = last === null ? null : uploadOf(last, to)
  if (last === null || noted?.uploadId == null) return null
  const { bytes, done } = last.pieces
  const expected = copyCheckpoint(to, source, plan.headers, plan)
  const same = isDeepStrictEqual(
    {
      ...last,
      to: { bucket: noted.bucket, key: noted.key },
      started: null,
      pieces: { bytes, done: [] },
    },
    expected,
  )
  const before = await resumeMultipart(
    { oss: to.oss, job, running },
    { ...noted, partSize: bytes ?? 0, parts: done },
    {
      changed: 'object-changed',
      source: async () => (same ? 'same' : 'changed'),
      finishedObject: async () => null,
      open: async () => ok(null),
      discard: async () => undefined,
    },
  )
  return before.kind === 'continues' ? before.resumed : null
}
