import type { Part } from '../../../../shared/format/part-plan.ts'
import { storedOf, type PutResult } from '../../oss/answers.ts'
import type { ToSign } from '../../oss/client.ts'
import { sendOnce, type LostAnswer } from '../../oss/lost-answer.ts'
import type { JobAnswer } from '../../worker/job.ts'
import { allParts, type Running } from './running.ts'

/** An object that goes in one request. */
export interface WholeObject<T> {
  readonly running: Running
  /** The whole object as one part. */
  readonly part: Part
  readonly request: ToSign
  /**
   * Sends the request until OSS took it. `accept` judges the answer and the CRC-64 that was sent.
   */
  send(
    part: Part,
    request: ToSign,
    signal: AbortSignal,
    accept: (answer: JobAnswer, crc64: bigint) => Promise<void>,
    onUnsure: () => void,
  ): Promise<void>
  /** Proves that the object is what was sent. Throws Failure. */
  prove(stored: PutResult, crc64: bigint): Promise<T>
  /** Tells after a pause whether the source is still the same. */
  afterPause?(): Promise<boolean>
  /** The way to know the object when the answer was lost: see {@link LostAnswer}. */
  readonly proof: LostAnswer<T>['proof']
  find(signal: AbortSignal): Promise<T | null>
}

/**
 * Puts an object in one request. OSS keeps nothing of a request that was cut off, so after a pause
 * the same bytes are sent again. Null: the source is another after a pause. Throws Failure.
 */
export async function putWholeObject<T>(object: WholeObject<T>): Promise<T | null> {
  const { running, part, request, proof, afterPause } = object
  const made: T[] = []
  const put = async (_part: Part, signal: AbortSignal): Promise<void> => {
    const send = async (onUnsure: () => void): Promise<T> => {
      const proved: T[] = []
      await object.send(
        part,
        request,
        signal,
        async (answer, crc64) =>
          void proved.push(await object.prove(storedOf(answer.headers), crc64)),
        onUnsure,
      )
      return only(proved)
    }
    made.push(await sendOnce(send, { proof, find: () => object.find(signal) }))
  }
  return (await allParts(running, () => [part], put, afterPause)) ? only(made) : null
}

function only<T>(values: readonly T[]): T {
  const value = values.at(-1)
  if (value === undefined) throw new Error('a request without an answer')
  return value
}
