import { Failure } from '../../../shared/contract/errors.ts'
import type { Cancellation } from '../base/cancellation.ts'
import { requestHead } from '../net/http-request.ts'
import type { HeaderList, HeldAnswer, JobAnswer, JobRequest, HeldFacts, HoldJob } from './job.ts'
import { eachHeader, errorFrom, headerMap, type JobEnd } from './message.ts'
import type { WorkerSlot } from './worker-slot.ts'

/** A small file whose ciphertext one worker thread holds. */
export interface HeldFile extends Omit<HeldFacts, 'headers'> {
  /** The envelope as object metadata, and the seal if there is one. */
  readonly headers: Readonly<Record<string, string>>
  /**
   * Sends the file once. After a good answer the thread asks for what is stored (`look`: HEAD, at
   * the same origin). Throws Failure 'source-changed' before anything is sent, 'unreachable', and
   * 'cancelled' once the file is cancelled.
   */
  send(request: JobRequest, look: JobRequest): Promise<HeldResponse>
  /** Lets the thread forget the file. To be called once, after the last attempt. */
  release(): void
}

/** An answer. `seen`: the answer to HEAD; null where there was none, or it was an error. */
export interface HeldResponse extends JobAnswer {
  readonly seen: Pick<JobAnswer, 'status' | 'headers'> | null
}

/**
 * Encrypts a file in the thread of `slot`. Null for a file with too many bytes. A cancel
 * ends the job that is under way. `onRelease` is called when the file is released, and not for
 * null or an error. Throws Failure 'source-unreadable', 'source-changed', 'cancelled'.
 */
export async function openHeldFile(
  slot: WorkerSlot,
  job: HoldJob,
  cancellation: Cancellation,
  onRelease: () => void,
): Promise<HeldFile | null> {
  let present = 0
  const start = (one: Parameters<WorkerSlot['start']>[0]): Promise<JobEnd> =>
    new Promise((resolve, reject) => {
      present = slot.start(one, { ended: resolve, failed: reject })
    })
  const stopListening = cancellation.onCancel(() => slot.stop(present))
  let isHeld = false
  try {
    const end = await start(job)
    if (!('held' in end)) throw wrongEnd(end)
    const { held: facts } = end
    if (facts === null) return null
    const { id } = end
    if (cancellation.isCancelled()) {
      slot.release(id)
      throw new Failure({ code: 'cancelled' })
    }
    isHeld = true
    const { size, modified, state, crc64 } = facts
    return {
      size,
      modified,
      state,
      crc64,
      headers: recordOf(facts.headers),
      async send(request, look) {
        const { origin, head } = requestHead(request, size)
        const lookHead = requestHead(look, null).head
        const answer = await start({ kind: 'send-held', held: id, origin, head, look: lookHead })
        if (!('answered' in answer)) throw wrongEnd(answer)
        return responseOf(answer.answered, facts.headers)
      },
      release() {
        stopListening()
        slot.release(id)
        onRelease()
      },
    }
  } finally {
    if (!isHeld) stopListening()
  }
}

/** The error that a job ended with. A result of another kind is a bug. */
export function wrongEnd(end: JobEnd): Error {
  if ('error' in end || 'stack' in end) return errorFrom(end)
  return new Error('a job ended with the result of another kind')
}

function responseOf(
  { status, headers, body, seen }: HeldAnswer,
  envelope: HeaderList,
): HeldResponse {
  return {
    status,
    headers: headerMap(headers),
    body,
    seen:
      seen === null
        ? null
        : {
            status: seen.status,
            headers: seen.hasEnvelope ? headerMap(envelope, seen.headers) : headerMap(seen.headers),
          },
  }
}

function recordOf(list: HeaderList): Record<string, string> {
  const record: Record<string, string> = {}
  eachHeader(list, (name, value) => (record[name] = value))
  return record
}
