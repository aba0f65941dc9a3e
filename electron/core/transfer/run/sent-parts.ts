import type { SavedPart } from './checkpoint.ts'
import {
  combineCrc64,
  crc64FromDecimal,
  crc64ToDecimal,
  EMPTY_CRC64,
} from '../../../../shared/format/crc64.ts'
import type { Part } from '../../../../shared/format/part-plan.ts'
import { storedOf } from '../../oss/answers.ts'
import type { JobAnswer } from '../../worker/job.ts'
import type { Saved } from './saved.ts'
import { compareCrc64 } from './stored-object.ts'

/** Parts of an upload that OSS has, by number. */
export type SentParts = Map<number, SavedPart>

/**
 * One more, by OSS's `answer`, and noted. `crc64`: of what was sent. Throws Failure 'checksum' when
 * OSS has another one.
 */
export function partTaken(
  sent: SentParts,
  saved: Saved | null,
  number: number,
  answer: JobAnswer,
  crc64: bigint,
): void {
  const { etag, crc64: theirs } = storedOf(answer.headers)
  compareCrc64(theirs, crc64)
  const one = { number, etag, crc64: crc64ToDecimal(crc64) }
  saved?.part(one)
  sent.set(number, one)
}

/** CRC-64 of the object that all parts of the plan become; `sent` has every one of them. */
export function sumOfParts(plan: readonly Part[], sent: ReadonlyMap<number, SavedPart>): bigint {
  return plan.reduce(
    (sum, { number, length }) =>
      combineCrc64(sum, crc64FromDecimal(sent.get(number)?.crc64 ?? '') ?? EMPTY_CRC64, length),
    EMPTY_CRC64,
  )
}
