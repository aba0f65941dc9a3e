import { attempted } from '../../base/attempt.ts'
import type { HandlersOf, Parts } from '../parts.ts'
import { sealStep, verifyOne, verifyStep } from '../seals/seal-steps.ts'

/** Seals of objects: verified by reading, and made later. */
export function sealHandlers(parts: Parts): HandlersOf<'seals'> {
  const { afterUse } = parts
  return {
    'seals.verify': ({ versionId = null, ...place }, signal) =>
      attempted(() => verifyOne(parts, { ...place, versionId }, Date.now(), signal)).finally(
        afterUse,
      ),
    'seals.verifyStep': (step, signal) =>
      attempted(() => verifyStep(parts, step, signal)).finally(afterUse),
    'seals.sealStep': (step, signal) =>
      attempted(() => sealStep(parts, step, signal)).finally(afterUse),
  }
}
