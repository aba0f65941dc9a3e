import { attempted } from '../../base/attempt.ts'
import { verifyObject } from '../../transfer/download/verify-object.ts'
import { openersFor } from '../jobs/key-choice.ts'
import { sealRulesOf } from '../jobs/seal-rules.ts'
import type { HandlersOf, Parts } from '../parts.ts'

export function sealHandlers(parts: Parts): HandlersOf<'seals'> {
  const { connections, reading, needs, afterUse } = parts
  return {
    'seals.verify': ({ profileId, bucket, key, versionId = null }, signal) =>
      attempted(async () => {
        const { verdict } = await verifyObject(
          { ...reading, oss: connections.bucket(profileId, bucket) },
          { bucket, key, versionId },
          {
            openers: openersFor(parts, [], { profileId, bucket, key }),
            seals: () => sealRulesOf(needs, profileId, bucket),
          },
          signal,
        )
        const { state, reason, writer, seal } = verdict
        const sealed = seal === null ? null : new Date(seal.time).toISOString()
        return { state, reason, writer, judged: new Date().toISOString(), sealed }
      }).finally(afterUse),
  }
}
