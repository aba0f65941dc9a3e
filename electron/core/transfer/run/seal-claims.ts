import type { SealFacts, SealVerdict } from '../../seals/judge-seal.ts'
import { isPromised } from '../../seals/promise.ts'
import { NO_SEAL_YET } from '../../seals/seal-text.ts'

/**
 * Anybody can write a second envelope. Where no seal fits what it gave, it opened nothing. OSS
 * may answer two questions for tags in two ways, so this is judged with the seal itself.
 */
export const withProof = (verdict: SealVerdict, isSecond: boolean): SealVerdict =>
  isSecond && verdict.state === 'unsealed'
    ? { ...verdict, state: 'unknown', reason: 'cannot-open' }
    : verdict

/** Says whether a seal is promised, known or there. */
export function isClaimed({ envelope, memory, metadata, tags }: SealFacts): boolean {
  const texts = tags === 'unreadable' ? metadata : [...metadata, ...tags]
  return (
    memory !== null ||
    texts.some((text) => text !== NO_SEAL_YET) ||
    (envelope.state === 'open' &&
      envelope.candidates.some(({ keys, counter }) => isPromised(keys, counter)))
  )
}
