import { Failure } from '../../../../shared/contract/errors.ts'
import type { TransferOutcome } from '../../../../shared/contract/models-transfers.ts'
import type { Part } from '../../../../shared/format/part-plan.ts'
import { crc64ToDecimal } from '../../../../shared/format/crc64.ts'
import { contextBytes, type MessageHeader } from '../../../../shared/format/message/message.ts'
import type { PutResult } from '../../oss/answers.ts'
import type { Oss, ToSign } from '../../oss/client.ts'
import { identify, sameSource, type SourceIdentity } from '../../files/file-source.ts'
import type { JobCipher } from '../../cipher/content-cipher.ts'
import type { JobAnswer, RangeResult } from '../../worker/job.ts'
import type { SavedMessage } from '../run/checkpoint.ts'
import type { ObjectHeaders, UploadKey } from '../run/object-headers.ts'
import { SEAL_HEADER } from '../../seals/seal-text.ts'
import type { UploadJob } from '../run/jobs.ts'
import { assertReplaceable } from './assert-replaceable.ts'
import type { PartPrints } from './part-prints.ts'
import { allParts, closingSignal, runPart, type Running } from '../run/running.ts'
import { headObject, type ObjectHead } from '../../oss/objects.ts'
import { checkStored, compareCrc64, removeDamaged } from '../run/stored-object.ts'
import { tagSeal } from '../run/tag-seal.ts'
import type { SealPlan } from '../../seals/new-seal.ts'

/** One state of one file under one data key. */
export interface AttemptFile {
  readonly job: UploadJob
  readonly running: Running
  readonly path: string
  readonly identity: SourceIdentity
  readonly uploadKey: Pick<UploadKey, 'dataKey' | 'counter' | 'keyId' | 'keyName'>
}

/**
 * An encrypted file with everything that is sent of it. An attempt never changes: another state of
 * the file is another attempt.
 */
export interface UploadAttempt extends AttemptFile, ObjectHeaders {
  readonly oss: Oss
  /** Parts of the object, in order. */
  readonly parts: readonly Part[]
  /** Bytes of every part but the last; null: the object goes in one request. */
  readonly partSize: number | null
  /** A message of the KMS Encryption SDK as it is noted; null for envelopes. */
  readonly message: SavedMessage | null
  /**
   * CRC-64 that the object must have for its tag or its seal to match; null where nothing was read
   * before the object is sent.
   */
  readonly tagged: bigint | null
  /** Parts that are done, for the retry counter. */
  readonly progress: { done: number }
  /** Prints of what was sent already. */
  readonly prints: PartPrints
  /** The plan of the seal that follows the parts; null where no seal follows them. */
  readonly seal: SealPlan | null
}

/**
 * Finds which bytes of the file, and which bytes of the frame, a part of the object holds. The
 * cipher has a copy of the data key, which the worker wipes.
 */
function contentOf({ frame, identity: { size }, uploadKey }: Summable, part: Part) {
  const { before, after } = frame
  const inFile = (at: number): number => Math.min(Math.max(at - before.length, 0), size)
  const [from, to] = [part.offset, part.offset + part.length]
  const behind = (at: number): number => Math.max(0, at - before.length - size)
  const cipher: JobCipher = {
    kind: 'ctr',
    dataKey: Uint8Array.from(uploadKey.dataKey.bytes),
    counter: uploadKey.counter,
    at: inFile(from),
    resplit: null,
  }
  return {
    offset: inFile(from),
    length: inFile(to) - inFile(from),
    cipher,
    checksum: true,
    frame: { before: before.subarray(from, to), after: after.subarray(behind(from), behind(to)) },
  }
}

/** The leaves that a job on one part returns. Their data key is a copy, which the worker wipes. */
function leavesOf({ seal, uploadKey }: Pick<UploadAttempt, 'seal' | 'uploadKey'>, offset: number) {
  if (seal === null) return {}
  const firstIndex = offset / 2 ** seal.exponent
  return {
    leaves: { ...seal, firstIndex, dataKey: Uint8Array.from(uploadKey.dataKey.bytes) },
  }
}

/**
 * Encrypts and sends one part until OSS took it whole. `accept` gets the answer, and the CRC-64 and
 * the leaves of what was sent.
 */
export function sendPart(
  attempt: UploadAttempt,
  part: Part,
  toSign: ToSign,
  signal: AbortSignal,
  accept: (answer: JobAnswer, crc64: bigint, leaves?: Uint8Array) => void | Promise<void>,
): Promise<void> {
  const { job, running, oss, path, identity, progress, prints, partSize } = attempt
  return runPart(
    running,
    progress,
    {
      part,
      oss,
      toSign,
      action: 'oss:PutObject',
      async job(request) {
        // A part replaces nothing; the object in one request does.
        if (partSize === null) await assertReplaceable(job, signal)
        return {
          kind: 'send',
          request,
          source: { path, identity },
          prints: prints.of(part.number, path),
          ...contentOf(attempt, part),
          ...leavesOf(attempt, part.offset),
        }
      },
      onPrinted: (records) => prints.heard(part.number, records),
      accept: ({ crc64, leaves }, answer) => {
        if (crc64 === null) throw new Error('a part without its sum')
        return accept(answer, crc64, leaves)
      },
    },
    signal,
  )
}

/** The sums of a part as it is stored. Leaves are those of a sealed upload alone. */
export interface PartSums {
  readonly crc64: bigint
  readonly leaves?: Uint8Array
}

/** The fields of an attempt by which its content can be summed. */
type Summable = AttemptFile & Pick<UploadAttempt, 'frame' | 'seal'>

/** Sums a part as it is stored, without sending it. */
export async function sumPart(
  attempt: Summable,
  part: Part,
  signal: AbortSignal,
): Promise<PartSums> {
  const { running, path, identity } = attempt
  const { crc64, leaves } = await running.pool.run(
    {
      kind: 'sum',
      source: { path, identity },
      ...contentOf(attempt, part),
      ...leavesOf(attempt, part.offset),
    },
    { signal },
  )
  if (crc64 === null) throw new Error('a part without its sum')
  return { crc64, ...(leaves !== undefined && { leaves }) }
}

/** Tag of a message, and the CRC-64 of its whole ciphertext. */
export interface MessageTag {
  readonly tag: Uint8Array
  readonly crc64: bigint
}

/**
 * Reads the file once for the tag, which stands before the ciphertext, and sends nothing. Null: the
 * file changed during a pause. Later the same state of the file is sent, or nothing is.
 */
export async function readTag(
  file: AttemptFile,
  { header, iv }: { readonly header: MessageHeader; readonly iv: Uint8Array },
): Promise<MessageTag | null> {
  const { running, path, identity, uploadKey } = file
  let found: RangeResult | null = null
  const read = async ({ number, offset, length }: Part, signal: AbortSignal): Promise<void> => {
    const cipher: JobCipher = {
      kind: 'gcm',
      dataKey: Uint8Array.from(uploadKey.dataKey.bytes),
      iv,
      associated: contextBytes(header.context),
    }
    const onMoved = (bytes: number): void => running.tell({ t: 'moved', part: number, bytes })
    found = await running.pool.run(
      { kind: 'sum', source: { path, identity }, offset, length, cipher, checksum: true },
      { signal, onMoved },
    )
  }
  const whole = [{ number: 1, offset: 0, length: identity.size }]
  if (
    !(await allParts(
      running,
      () => whole,
      read,
      () => isUnchangedAfterPause(file),
    ))
  )
    return null
  const { tag = null, crc64 = null } = (found as RangeResult | null) ?? {}
  if (tag === null || crc64 === null) throw new Error('a GCM pass without a tag')
  return { tag, crc64 }
}

/** Compares the file with the state that is sent. Throws Failure where the master key is gone. */
export async function isUnchangedAfterPause(file: AttemptFile): Promise<boolean> {
  await assertKeyStillExists(file)
  return sameSource(await identify(file.path), file.identity)
}

/**
 * Throws Failure 'not-found' when the master key was deleted since the envelope was made: nobody
 * could open the object. Other trouble with the key, such as a locked keychain, is no reason to
 * lose what was sent.
 */
async function assertKeyStillExists({ job, running }: AttemptFile): Promise<void> {
  const key = await job.masterKey(running.control.cancelled)
  if (key.ok) key.value[Symbol.dispose]()
  else if (key.error.code === 'not-found') throw new Failure(key.error)
}

/**
 * Throws Failure 'source-changed' when the tag is not of what was sent. The times of a file that is
 * written through memory, or lies on another computer, may tell of that too late. Nobody could open
 * such an object.
 */
export function assertTagMatches(
  { tagged, path }: Pick<UploadAttempt, 'tagged' | 'path'>,
  crc64: bigint,
): void {
  if (tagged !== null && tagged !== crc64) throw new Failure({ code: 'source-changed', path })
}

const DAMAGED: ReadonlySet<string> = new Set(['checksum', 'source-changed'])

/** The part of an attempt that judges the stored object. */
export type SentFile = Pick<
  UploadAttempt,
  'oss' | 'job' | 'running' | 'path' | 'headers' | 'frame' | 'tagged'
> & {
  readonly identity: Pick<SourceIdentity, 'size' | 'mtimeNs'>
}

/** No cancel of the user ends the check of what was stored. */
const NEVER = new AbortController().signal

/**
 * Compares the object in the bucket with what was sent: only then it may be called encrypted.
 * `seen`: the object as it was found; null: the bucket is asked now. `seal`: the text that goes on
 * the object as a tag; null: none. Throws Failure, those of {@link checkStored}, {@link tagSeal}
 * and {@link assertTagMatches}, after removing what was stored wrongly.
 */
export async function verifyChecksum(
  sent: SentFile,
  stored: PutResult,
  crc64: bigint,
  seen: ObjectHead | null = null,
  seal: string | null = null,
): Promise<TransferOutcome['checksum']> {
  try {
    assertTagMatches(sent, crc64)
    const { oss, job, identity, frame } = sent
    const storedSize = identity.size + frame.before.length + frame.after.length
    compareCrc64(stored.crc64, crc64)
    const head = seen ?? (await headObject(oss, job.bucket, job.key, NEVER))
    const checksum = await checkStored(
      oss,
      job,
      stored,
      head,
      { form: sent, size: storedSize, crc64 },
      NEVER,
    )
    if (seal !== null) await tagSeal(oss, job, stored, seal, closingSignal(sent.running))
    job.stored?.({
      key: job.key,
      size: identity.size,
      mtimeMs: Number(identity.mtimeNs / 1_000_000n),
      storedSize,
      crc64: crc64ToDecimal(crc64),
      etag: stored.etag,
      seal: seal ?? sent.headers[SEAL_HEADER] ?? null,
    })
    return checksum
  } catch (cause) {
    if (cause instanceof Failure && DAMAGED.has(cause.error.code))
      await removeDamaged(sent.oss, sent.job, stored, sent)
    throw cause
  }
}
