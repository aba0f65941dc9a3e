import { Failure } from '../../../../shared/contract/errors.ts'
import type { TransferOutcome } from '../../../../shared/contract/models-transfers.ts'
import type { Part } from '../../../../shared/format/part-plan.ts'
import { crc64ToDecimal } from '../../../../shared/format/crc64.ts'
import { contextBytes, type MessageHeader } from '../../../../shared/format/message/message.ts'
import type { Stored } from '../../oss/answers.ts'
import type { Oss, ToSign } from '../../oss/client.ts'
import { identify, sameSource, type SourceIdentity } from '../../files/file-source.ts'
import type { JobCipher } from '../../cipher/content-cipher.ts'
import type { JobAnswer, RangeResult } from '../../worker/job.ts'
import type { Dress, SealedUpload } from '../run/dress.ts'
import type { UploadJob } from '../run/jobs.ts'
import type { PartPrints } from './part-prints.ts'
import { eachPart, runPart, type Running } from '../run/running.ts'
import { headObject, type ObjectHead } from '../../oss/objects.ts'
import { checkStored, compareCrc64, removeDamaged } from '../run/stored-object.ts'

/** One state of one file under one data key. */
export interface Sealing {
  readonly job: UploadJob
  readonly running: Running
  readonly path: string
  readonly identity: SourceIdentity
  readonly sealed: Pick<SealedUpload, 'dataKey' | 'counter' | 'keyName'>
}

/**
 * The same with all that is sent. Nothing of it ever changes: another state of the file is another
 * story.
 */
export interface Story extends Sealing, Dress {
  readonly oss: Oss
  /** Of the object. */
  readonly parts: readonly Part[]
  /**
   * CRC-64 that the object must have for its tag to fit; null where no tag was made before the
   * sending.
   */
  readonly tagged: bigint | null
  /** Parts that are done, for the retry counter. */
  readonly progress: { done: number }
  /** What of it went out already. */
  readonly prints: PartPrints
}

/**
 * Which bytes of the file a part of the object holds, and what of the frame; its cipher, with a
 * copy of the key that the worker wipes.
 */
function insideOf({ frame, identity: { size }, sealed }: Story, part: Part) {
  const { before, after } = frame
  const inFile = (at: number): number => Math.min(Math.max(at - before.length, 0), size)
  const [from, to] = [part.offset, part.offset + part.length]
  const behind = (at: number): number => Math.max(0, at - before.length - size)
  const cipher: JobCipher = {
    kind: 'ctr',
    dataKey: Uint8Array.from(sealed.dataKey.bytes),
    counter: sealed.counter,
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

/**
 * Encrypts and sends one part until OSS took it whole; `accept` gets its answer and the CRC-64 of
 * what was sent.
 */
export function sendPart(
  story: Story,
  part: Part,
  toSign: ToSign,
  signal: AbortSignal,
  accept: (answer: JobAnswer, crc64: bigint) => void | Promise<void>,
): Promise<void> {
  const { running, oss, path, identity, progress, prints } = story
  return runPart(
    running,
    progress,
    {
      part,
      oss,
      toSign,
      action: 'oss:PutObject',
      job: (request) => ({
        kind: 'send',
        request,
        source: { path, identity },
        prints: prints.of(part.number, path),
        ...insideOf(story, part),
      }),
      onPrinted: (records) => prints.heard(part.number, records),
      accept: ({ crc64 }, answer) => {
        if (crc64 === null) throw new Error('a part without its sum')
        return accept(answer, crc64)
      },
    },
    signal,
  )
}

/** CRC-64 of a part as it is stored, without sending it. */
export async function sumOf(story: Story, part: Part, signal: AbortSignal): Promise<bigint> {
  const { running, path, identity } = story
  const { crc64 } = await running.pool.run(
    { kind: 'sum', source: { path, identity }, ...insideOf(story, part) },
    { signal },
  )
  if (crc64 === null) throw new Error('a part without its sum')
  return crc64
}

/**
 * The tag and the CRC-64 of the whole ciphertext. The tag stands before it: so the file is read
 * once for it, and nothing is sent. Null: the file changed during a pause. What is sent later is of
 * the same state of the file, or nothing is.
 */
export async function tagOf(
  sealing: Sealing,
  { header, iv }: { readonly header: MessageHeader; readonly iv: Uint8Array },
): Promise<{ readonly tag: Uint8Array; readonly crc64: bigint } | null> {
  const { running, path, identity, sealed } = sealing
  let found: RangeResult | null = null
  const read = async ({ number, offset, length }: Part, signal: AbortSignal): Promise<void> => {
    const cipher: JobCipher = {
      kind: 'gcm',
      dataKey: Uint8Array.from(sealed.dataKey.bytes),
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
  if (!(await throughPauses(sealing, () => eachPart(whole, running, read)))) return null
  const { tag = null, crc64 = null } = (found as RangeResult | null) ?? {}
  if (tag === null || crc64 === null) throw new Error('a GCM pass without a tag')
  return { tag, crc64 }
}

/**
 * Repeats `round` (true: all is done) from pause to pause. False: the source is not the same any
 * more after one.
 */
export async function throughPauses(
  sealing: Sealing,
  round: () => Promise<boolean>,
): Promise<boolean> {
  const { running, path, identity } = sealing
  while (!(await round())) {
    await running.control.untilMoving()
    await keyStays(sealing)
    if (!sameSource(await identify(path), identity)) return false
  }
  return true
}

/**
 * Throws Failure 'not-found' when the master key was deleted since the envelope was made: nobody
 * could open the object. Other trouble with it, such as a locked keychain, is no reason to lose
 * what was sent.
 */
export async function keyStays({ job, running }: Sealing): Promise<void> {
  const key = await job.masterKey(running.control.cancelled)
  if (key.ok) key.value[Symbol.dispose]()
  else if (key.error.code === 'not-found') throw new Failure(key.error)
}

/**
 * Throws Failure 'source-changed' when what was sent is not what the tag is of: where a file is
 * written to through memory, or lies on another computer, its times may tell of that too late.
 * Nobody could open such an object.
 */
export function fitsTag({ tagged, path }: Pick<Story, 'tagged' | 'path'>, crc64: bigint): void {
  if (tagged !== null && tagged !== crc64) throw new Failure({ code: 'source-changed', path })
}

const DAMAGED: ReadonlySet<string> = new Set(['checksum', 'source-changed'])

/** As much of a story as is needed to judge what was stored. */
export type Told = Pick<Story, 'oss' | 'job' | 'path' | 'headers' | 'frame' | 'tagged'> & {
  readonly identity: Pick<SourceIdentity, 'size' | 'mtimeNs'>
}

/** What was sent is looked at to the end, whatever the user does. */
const NEVER = new AbortController().signal

/**
 * What is in the bucket against what was sent: only then it may be called encrypted. `seen`: how it
 * was found there; null: it is looked at now.
 * Throws Failure, those of {@link checkStored} and {@link fitsTag}, after removing what was stored
 * wrongly.
 */
export async function agreed(
  story: Told,
  stored: Stored,
  crc64: bigint,
  seen: ObjectHead | null = null,
): Promise<TransferOutcome['checksum']> {
  try {
    fitsTag(story, crc64)
    const { oss, job, identity, frame } = story
    const storedSize = identity.size + frame.before.length + frame.after.length
    compareCrc64(stored.crc64, crc64)
    const head = seen ?? (await headObject(oss, job.bucket, job.key, NEVER))
    const checksum = await checkStored(
      oss,
      job,
      stored,
      head,
      { dress: story, size: storedSize, crc64 },
      NEVER,
    )
    job.stored?.({
      key: job.key,
      size: identity.size,
      mtimeMs: Number(identity.mtimeNs / 1_000_000n),
      storedSize,
      crc64: crc64ToDecimal(crc64),
      etag: stored.etag,
    })
    return checksum
  } catch (cause) {
    if (cause instanceof Failure && DAMAGED.has(cause.error.code))
      await removeDamaged(story.oss, story.job, stored, story)
    throw cause
  }
}
