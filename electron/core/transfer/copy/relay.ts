import { Failure } from '../../../../shared/contract/errors.ts'
import { crc64ToDecimal } from '../../../../shared/format/crc64.ts'
import type { Part } from '../../../../shared/format/part-plan.ts'
import { overwriteRule, storedOf, type Stored } from '../../oss/answers.ts'
import type { ToSign } from '../../oss/client.ts'
import { complete, partQuery } from '../../oss/multipart.ts'
import { headObject, rangeHeaders } from '../../oss/objects.ts'
import type { JobAnswer } from '../../worker/job.ts'
import { dropLeftBehind } from '../run/begin-upload.ts'
import { isCopy, removeOurs } from './copy-proof.ts'
import { copyCheckpoint, dropBegun, relayBegun, type Relay } from './relay-begun.ts'
import { eachPart, patiently, runPart } from '../run/running.ts'
import { mayGoOn } from '../run/saved.ts'
import { partTaken, sumOfParts } from '../run/sent-parts.ts'
import { compareCrc64 } from '../run/stored-object.ts'

/** What OSS stored, and the CRC-64 of what went by; null when that was not heard. */
export interface Relayed {
  readonly stored: Stored
  readonly summed: bigint | null
}

/**
 * Carries the ciphertext over. No key is asked, and nothing is decrypted. Throws Failure:
 * 'object-changed' when the source is replaced meanwhile, 'object-exists', 'checksum'. What failed
 * and may go on stays in the bucket where `running.saved` can take it up again; of everything else,
 * and of what was cancelled, no upload and no damaged object stays.
 */
export async function relay(work: Relay): Promise<Relayed> {
  await dropLeftBehind(work.to.oss, work.job)
  return work.plan.inParts ? relayInParts(work) : relayWhole(work)
}

/**
 * How one part is sent: the request that takes it, and what becomes of the answer and of the CRC-64
 * of what went by.
 */
interface Sending {
  readonly progress: { done: number }
  readonly toSign: ToSign
  readonly accept: (answer: JobAnswer, crc64: bigint) => void | Promise<void>
  readonly onUnsure?: () => void
}

/** One part, read under If-Match, until it was taken whole. */
function relayPart(
  { running, from, to, source }: Relay,
  part: Part,
  signal: AbortSignal,
  { progress, accept, ...sending }: Sending,
): Promise<void> {
  const { bucket, key } = from
  const get: ToSign = {
    method: 'GET',
    bucket,
    key,
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
      }),
      ofSource: (answer) => from.oss.failure(answer, { action: 'oss:GetObject', bucket, key }),
      accept: ({ crc64 }, answer) => {
        if (crc64 === null) throw new Error('a part without its sum')
        return accept(answer, crc64)
      },
    },
    signal,
  )
}

async function relayWhole(work: Relay): Promise<Relayed> {
  const { running, source, to, plan, besides, replace } = work
  await dropBegun(work)
  await running.saved?.note(copyCheckpoint(to, source, plan.headers, plan))
  const toSign: ToSign = {
    method: 'PUT',
    bucket: to.bucket,
    key: to.key,
    headers: { ...plan.headers, ...besides, ...overwriteRule(!replace) },
  }
  const made: { done: Relayed | null } = { done: null }
  const once = async (part: Part, signal: AbortSignal): Promise<void> => {
    let unsure = false
    const accept = async (answer: JobAnswer, summed: bigint): Promise<void> => {
      const stored = storedOf(answer.headers)
      try {
        compareCrc64(stored.crc64, summed)
        compareCrc64(source.crc64, summed)
      } catch (cause) {
        await removeOurs(to, stored)
        throw cause
      }
      made.done = { stored, summed }
    }
    try {
      await relayPart(work, part, signal, {
        progress: { done: 0 },
        toSign,
        accept,
        onUnsure: () => void (unsure = true),
      })
    } catch (cause) {
      made.done = await carriedOut(work, cause, unsure, signal)
      if (made.done === null) throw cause
    }
  }
  // After a pause it starts over: of a request that was cut off OSS keeps nothing.
  while (!(await eachPart(plan.parts, running, once))) await running.control.untilMoving()
  if (made.done === null) throw new Error('a relay without an answer')
  return made.done
}

/**
 * OSS may have carried out an attempt whose answer was lost. Then what forbids the next one, or is
 * simply there, is our own.
 */
async function carriedOut(
  { source, to, plan }: Relay,
  cause: unknown,
  unsure: boolean,
  signal: AbortSignal,
): Promise<Relayed | null> {
  if (
    !(cause instanceof Failure) ||
    !(cause.error.code === 'unreachable' || (unsure && cause.error.code === 'object-exists'))
  )
    return null
  const head = await headObject(to.oss, to.bucket, to.key, signal).catch(() => null)
  return head !== null && isCopy(source, plan.headers, head)
    ? { stored: { etag: head.etag, crc64: head.crc64, versionId: head.versionId }, summed: null }
    : null
}

async function relayInParts(work: Relay): Promise<Relayed> {
  const { running, source, to, plan, replace } = work
  const { bucket, key } = to
  const { upload, sent, abandon } = await relayBegun(work)
  const progress = { done: 0 }
  let keep = false
  try {
    const send = (part: Part, signal: AbortSignal): Promise<void> =>
      relayPart(work, part, signal, {
        progress,
        toSign: {
          method: 'PUT',
          bucket,
          key,
          query: partQuery(upload.uploadId, part.number),
          headers: plan.repeated,
        },
        accept: (answer, crc64) => partTaken(sent, running.saved, part.number, answer, crc64),
      })
    // What is there stays there over a pause: every request names the ETag of the source.
    while (
      !(await eachPart(
        plan.parts.filter(({ number }) => !sent.has(number)),
        running,
        send,
      ))
    )
      await running.control.untilMoving()
    running.tell({ t: 'finishing' })
    const summed = sumOfParts(plan.parts, sent)
    compareCrc64(source.crc64, summed)
    const whole = {
      ...upload,
      parts: [...sent.values()],
      forbidOverwrite: !replace,
      crc64: crc64ToDecimal(summed),
    }
    const stored = await patiently(running, () =>
      complete(to.oss, whole, running.control.cancelled),
    )
    keep = true
    return { stored, summed }
  } catch (cause) {
    keep = mayGoOn(running, cause)
    throw cause
  } finally {
    if (!keep) {
      running.saved?.drop()
      await abandon()
    }
  }
}
