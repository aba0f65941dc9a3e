import type { TransferOutcome } from '../../../../shared/contract/models-transfers.ts'
import { crc64FromDecimal } from '../../../../shared/format/crc64.ts'
import { planParts, type Part } from '../../../../shared/format/part-plan.ts'
import type { ObjectHead } from '../../oss/objects.ts'
import type { Checkpoint } from '../run/checkpoint.ts'
import { sumOfParts } from '../run/multipart-session.ts'
import { compareCrc64 } from '../run/stored-object.ts'

/**
 * Compares the object with the parts that were noted, where every part was noted; else 'absent'.
 * Throws Failure 'checksum'.
 */
export function compareNoted(
  { pieces: { bytes, done } }: Pick<Checkpoint, 'pieces'>,
  object: ObjectHead,
): TransferOutcome['checksum'] {
  if (bytes === null) return 'absent'
  const plan: readonly Part[] = planParts(object.size, bytes)
  const noted = new Map(done.map((part) => [part.number, part]))
  if (plan.some(({ number }) => crc64FromDecimal(noted.get(number)?.crc64 ?? '') === null))
    return 'absent'
  return compareCrc64(object.crc64, sumOfParts(plan, noted))
}
