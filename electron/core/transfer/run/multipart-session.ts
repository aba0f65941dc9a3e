import { fromBase64, toBase64 } from '../../../../shared/format/base64.ts'
import {
  combineCrc64,
  crc64FromDecimal,
  crc64ToDecimal,
  EMPTY_CRC64,
} from '../../../../shared/format/crc64.ts'
import type { Part } from '../../../../shared/format/part-plan.ts'
import { storedOf, type PutResult } from '../../oss/answers.ts'
import type { Oss, ToSign } from '../../oss/client.ts'
import { complete, partQuery, type Upload } from '../../oss/multipart.ts'
import type { JobAnswer } from '../../worker/job.ts'
import type { Checkpoint, SavedPart } from './checkpoint.ts'
import type { ResumedUpload } from './multipart-resume.ts'
import { dropUpload, startUpload } from './multipart-uploads.ts'
import { compareParts, type PartsFound } from './resume.ts'
import { allParts, retryWhileOffline, type Running } from './running.ts'
import { mayGoOn } from './checkpoint-store.ts'
import { compareCrc64 } from './stored-object.ts'

/** An object that goes up in parts. */
export interface SessionOptions {
  readonly oss: Oss
  /** The job, under which an upload is remembered that could not be dropped. */
  readonly job: object
  readonly running: Running
  readonly place: { readonly bucket: string; readonly key: string }
  /** Headers that the upload is started with. */
  readonly headers: Readonly<Record<string, string>>
  /** Headers that OSS wants with every part. */
  readonly partHeaders: Readonly<Record<string, string>>
  /** False: OSS itself refuses to replace an object. */
  readonly replace: boolean
  /** The parts of the object, in order. */
  readonly parts: readonly Part[]
  /** Makes the note of an upload that is about to start. Not called where nothing is noted. */
  checkpoint(): Promise<Checkpoint>
  /** Removes what the transfer kept besides the note. Never fails. */
  discard?(): Promise<void>
}

/** One multipart upload, from the note that precedes it to the object, or to nothing. */
export interface MultipartSession {
  readonly options: SessionOptions
  /** Parts that OSS has not taken yet. */
  remaining(): readonly Part[]
  /** Parts that OSS holds and that were not noted. Their sum has to be made from the source. */
  unproven(): PartsFound['unproven']
  /** The request that sends one part. */
  requestFor(part: Part): ToSign
  /**
   * Notes a part that OSS took. `crc64`, `leaves`: of the bytes that were sent; leaves of a sealed
   * upload alone. They replace those of an earlier attempt. Throws Failure 'checksum' when OSS has
   * another sum.
   */
  taken(part: Part, answer: JobAnswer, crc64: bigint, leaves?: Uint8Array): void
  /** Takes a part of {@link unproven} for sent, because its sum was made again. */
  proved(part: PartsFound['unproven'][number], leaves?: Uint8Array): void
  /** The leaves of the whole object, joined in the order of its parts. Every part was taken. */
  leaves(): Uint8Array
  /** CRC-64 of the whole object. Every part was taken. */
  sum(): bigint
  /** Makes the object of the parts. Waits while there is no network. Throws Failure. */
  complete(): Promise<PutResult>
  /** Ends after a failure: what may go on stays, everything else is discarded. Never fails. */
  leave(cause: unknown): Promise<void>
  /** Drops the upload, its parts and its note. Never fails. */
  discard(): Promise<void>
}

/**
 * Opens a session over a new upload, or over one that goes on (`resumed`). A new upload is noted
 * before it starts, so that no crash leaves an upload that nobody knows of, and noted again with
 * its id. Throws Failure; then nothing is in the bucket.
 */
export async function openSession(
  options: SessionOptions,
  resumed: ResumedUpload | null,
): Promise<MultipartSession> {
  const { parts, running } = options
  if (resumed === null) return sessionOver(options, await startNoted(options), [], [])
  const { kept, unproven } = compareParts(parts, resumed.noted, resumed.held.parts)
  for (const { number } of kept) tellDone(options, number)
  return sessionOver({ ...options, running }, resumed.upload, kept, unproven)
}

async function startNoted({
  oss,
  job,
  running,
  place,
  headers,
  replace,
  checkpoint,
}: SessionOptions): Promise<Upload> {
  const { saved } = running
  const noted = saved === null ? null : await checkpoint()
  if (noted !== null) await saved?.note(noted)
  const upload = await retryWhileOffline(running, () =>
    startUpload(oss, { ...place, headers, forbidOverwrite: !replace }),
  )
  try {
    if (noted !== null)
      await saved?.note({ ...noted, started: { kind: 'upload', uploadId: upload.uploadId } })
    return upload
  } catch (cause) {
    await dropUpload(oss, upload, job)
    throw cause
  }
}

const tellDone = ({ running, parts }: SessionOptions, number: number): void =>
  running.tell({ t: 'part-done', part: number, bytes: parts[number - 1]?.length ?? 0 })

function sessionOver(
  options: SessionOptions,
  upload: Upload,
  kept: readonly SavedPart[],
  unproven: PartsFound['unproven'],
): MultipartSession {
  const { oss, job, running, place, partHeaders, replace, parts } = options
  const sent = new Map(kept.map((part) => [part.number, part]))
  const discard = async (): Promise<void> => {
    running.saved?.drop()
    await Promise.all([options.discard?.(), dropUpload(oss, upload, job)])
  }
  return {
    options,
    remaining: () => parts.filter(({ number }) => !sent.has(number)),
    unproven: () => unproven.filter(({ number }) => !sent.has(number)),
    requestFor: ({ number }) => ({
      method: 'PUT',
      ...place,
      query: partQuery(upload.uploadId, number),
      headers: partHeaders,
    }),
    taken({ number }, answer, crc64, leaves) {
      const { etag, crc64: theirs } = storedOf(answer.headers)
      compareCrc64(theirs, crc64)
      const one = { number, etag, crc64: crc64ToDecimal(crc64), ...withLeaves(leaves) }
      running.saved?.part(one)
      sent.set(number, one)
    },
    proved({ number, etag, crc64 }, leaves) {
      sent.set(number, { number, etag, crc64, ...withLeaves(leaves) })
      tellDone(options, number)
    },
    leaves: () =>
      Buffer.concat(parts.map(({ number }) => fromBase64(sent.get(number)?.leaves ?? '') ?? NONE)),
    sum: () => sumOfParts(parts, sent),
    complete: () =>
      retryWhileOffline(running, () =>
        complete(
          oss,
          {
            ...upload,
            parts: [...sent.values()],
            forbidOverwrite: !replace,
            crc64: crc64ToDecimal(sumOfParts(parts, sent)),
          },
          running.control.cancelled,
        ),
      ),
    discard,
    async leave(cause) {
      if (!mayGoOn(running, cause)) await discard()
    },
  }
}

const NONE = new Uint8Array(0)
const withLeaves = (leaves: Uint8Array | undefined): Pick<SavedPart, 'leaves'> =>
  leaves === undefined ? {} : { leaves: toBase64(leaves) }

/** CRC-64 of the object that all parts of the plan become. `sent` has every one of them. */
export function sumOfParts(plan: readonly Part[], sent: ReadonlyMap<number, SavedPart>): bigint {
  return plan.reduce(
    (sum, { number, length }) =>
      combineCrc64(sum, crc64FromDecimal(sent.get(number)?.crc64 ?? '') ?? EMPTY_CRC64, length),
    EMPTY_CRC64,
  )
}

/**
 * The parts of the protocol that one kind of transfer adds: it sends a part, and proves its source.
 */
export interface PartsSource<T> {
  /**
   * Sends one part until OSS took it. `accept` judges the answer and the CRC-64 of what was sent,
   * and keeps its leaves.
   */
  sendPart(
    part: Part,
    request: ToSign,
    signal: AbortSignal,
    accept: (answer: JobAnswer, crc64: bigint, leaves?: Uint8Array) => void,
  ): Promise<void>
  /** Tells after a pause whether the source is still the same. */
  afterPause?(): Promise<boolean>
  /** Proves, before the object is made, that these parts are the source. Throws Failure. */
  proveSource(crc64: bigint): Promise<void> | void
  /** Proves that the object is what was sent. Throws Failure. */
  proveObject(stored: PutResult, crc64: bigint): Promise<T>
}

/**
 * Sends what remains of a session, and makes the object. Null: the source is another after a pause,
 * and nothing of this session is left. Throws Failure; then the session is left by
 * {@link MultipartSession.leave}.
 */
export async function sendSession<T>(
  session: MultipartSession,
  source: PartsSource<T>,
): Promise<T | null> {
  const { running } = session.options
  const send = (part: Part, signal: AbortSignal): Promise<void> =>
    source.sendPart(part, session.requestFor(part), signal, (answer, crc64, leaves) =>
      session.taken(part, answer, crc64, leaves),
    )
  try {
    if (!(await allParts(running, session.remaining, send, source.afterPause))) {
      await session.discard()
      return null
    }
    running.tell({ t: 'finishing' })
    const crc64 = session.sum()
    await source.proveSource(crc64)
    return await source.proveObject(await session.complete(), crc64)
  } catch (cause) {
    await session.leave(cause)
    throw cause
  }
}
