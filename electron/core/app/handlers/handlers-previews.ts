import { Failure } from '../../../../shared/contract/errors.ts'
import { attempted } from '../../base/attempt.ts'
import { openReadable } from '../../transfer/download/read-range.ts'
import { openersFor } from '../jobs/key-choice.ts'
import { plainRefusal } from '../jobs/plain-refusal.ts'
import { sealRulesOf } from '../jobs/seal-rules.ts'
import type { HandlersOf, Parts } from '../parts.ts'
import { editHandlers } from './handlers-edits.ts'

/** Content in the window, and copies for programs of the system. */
export function previewHandlers(parts: Parts): HandlersOf<'preview' | 'files' | 'edits'> {
  const { connections, previews, copies, reading, afterUse } = parts
  const desktopCopies = () => {
    if (copies !== null) return copies
    throw new Failure({ code: 'bad-request', detail: 'files: not in this shell' })
  }
  return {
    ...editHandlers(parts),
    'preview.open': (input, signal, session) =>
      attempted(async () => {
        const { profileId, bucket, key, versionId = null, keyId, plain = 'unless-seen' } = input
        const object = await openReadable(
          { ...reading, oss: connections.bucket(profileId, bucket) },
          { bucket, key, versionId },
          {
            openers: openersFor(parts, keyId === null ? [] : [keyId], { profileId, bucket, key }),
            message: keyId === null ? false : 'maybe',
            repair: false,
            refusePlain: () => plainRefusal(parts, plain, bucket, key),
            seals: () => sealRulesOf(parts.needs, profileId, bucket),
          },
          signal,
        )
        return previews.open(object, key, input.wholeUpTo, session, signal)
      }).finally(afterUse),
    'preview.problem': ({ id }, _signal, session) =>
      attempted(async () => previews.problem(id, session)),
    'files.open': (input) => attempted(async () => desktopCopies().open(input)),
    'files.copy': (input) => attempted(async () => desktopCopies().copy(input)),
    'preview.close': ({ id }, _signal, session) =>
      attempted(async () => {
        previews.close(id, session)
        return null
      }),
  }
}
