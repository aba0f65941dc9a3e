import { Failure, fail } from '../../../../shared/contract/errors.ts'
import type { RewrapMode } from '../../../../shared/contract/models-rewraps.ts'
import type { MasterKeyId, ProfileId } from '../../../../shared/contract/models.ts'
import { mayBeSecond } from '../../keys/second-envelope.ts'
import type { RewrapKeys } from '../../transfer/copy/rewrap-job.ts'
import type { JobNeeds } from './job-needs.ts'
import { keyForWriting } from './key-choice.ts'

/**
 * Envelopes of one run that name a key of ours and may fail to open. Source: seals 4.2, an answer
 * to each envelope is an oracle.
 */
const MOST_REFUSED = 1000

/** Opens the master keys of one change. Each object asks again, so a removed key opens nothing. */
export function rewrapKeys(
  needs: Pick<JobNeeds, 'catalog' | 'defaults' | 'practiceKey'>,
  at: {
    readonly profileId: ProfileId
    readonly bucket: string
    readonly toKey: MasterKeyId
    readonly fromKeys: readonly MasterKeyId[]
    readonly mode: RewrapMode
  },
): RewrapKeys {
  const { catalog } = needs
  let refused = 0
  return {
    targetId: at.toKey,
    from: at.fromKeys,
    async target(signal) {
      const key = await keyForWriting(needs, at, at.toKey, false, signal)
      const isSecond = at.mode === 'second'
      if (!key.ok || (isSecond ? mayBeSecond(key.value) : key.value.canUnwrap)) return key
      const { name } = key.value
      key.value[Symbol.dispose]()
      // Nobody could prove that the new envelopes open.
      const reason = isSecond ? 'no-second' : 'public-half-only'
      return fail({ code: 'key-not-usable', name, reason })
    },
    named: (envelope) => catalog.match(envelope)?.keyId ?? null,
    namedSecond: ({ recipient }) =>
      catalog.matchSecond(Buffer.from(recipient).toString('hex'))?.keyId ?? null,
    candidates: (envelope, only) => catalog.candidates(envelope, only),
    async old(id) {
      const key = await catalog.handle(id)
      if (!key.ok) throw new Failure(key.error)
      if (key.value.canUnwrap) return key.value
      key.value[Symbol.dispose]()
      return null
    },
    refused() {
      refused += 1
      if (refused > MOST_REFUSED)
        throw new Failure({ code: 'too-many-damaged', count: MOST_REFUSED })
    },
  }
}
