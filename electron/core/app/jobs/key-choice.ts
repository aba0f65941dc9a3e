import { createHash } from 'node:crypto'
import { fail, ok, type Result } from '../../../../shared/contract/errors.ts'
import type { MasterKeyId, ProfileId } from '../../../../shared/contract/models.ts'
import type { Envelope } from '../../../../shared/format/envelope/envelope.ts'
import {
  serializeHeader,
  type EncryptedMessage,
} from '../../../../shared/format/message/message.ts'
import { open, type Opened } from '../../keys/keyring.ts'
import { openMessage } from '../../keys/keyring-messages.ts'
import { openSecond } from '../../keys/second-envelope.ts'
import type { MasterKeyHandle } from '../../keys/master-key.ts'
import type { Openers } from '../../transfer/run/jobs.ts'
import type { JobNeeds } from './job-needs.ts'
import { PRACTICE_PROFILE } from '../profiles/profiles.ts'

type Needs = Pick<JobNeeds, 'catalog' | 'defaults' | 'practiceKey'>

/**
 * Returns the master key of a new upload: the requested key, else the bucket's, else the profile's.
 * It never chooses another key silently.
 */
export async function keyForWriting(
  { catalog, defaults, practiceKey }: Needs,
  at: { profileId: string; bucket: string },
  keyId: MasterKeyId | null,
  allowWeak: boolean,
  signal: AbortSignal,
): Promise<Result<MasterKeyHandle>> {
  const chosen = keyId ?? defaults.choose(at.profileId, at.bucket)
  if (chosen === null) return fail({ code: 'no-master-key' })
  // The practice key's private half lies in a plain file. It is good enough for samples, and for
  // nothing else.
  if (chosen === practiceKey && at.profileId !== PRACTICE_PROFILE)
    return fail({ code: 'key-not-usable', name: 'Practice key', reason: 'sample' })
  return catalog.forWriting(chosen, allowWeak, signal)
}

/** The object whose name is part of the name of a remembered data key. */
export interface OpenedAt {
  readonly profileId: ProfileId
  readonly bucket: string
  readonly key: string
}

/**
 * Returns openers that unwrap with the keys in `only`. Without such keys, the key description or
 * the CMKs of a message choose the keys.
 *
 * A data key that KMS or a program unwrapped is remembered for the object `at`; null: nothing is
 * remembered. The memory's name covers all values of the envelope, so a version with another
 * envelope is another entry. The keys are looked up first in any case, so that a removed or locked
 * key unwraps nothing.
 */
export function openersFor(
  { catalog, opened }: Pick<JobNeeds, 'catalog' | 'opened'>,
  only: readonly MasterKeyId[],
  at: OpenedAt | null,
): Openers {
  const through = async (
    said: readonly (Uint8Array | string)[],
    choose: () => Promise<Result<readonly MasterKeyHandle[]>>,
    openWith: (keys: readonly MasterKeyHandle[]) => Promise<Result<Opened>>,
  ): Promise<Result<Opened>> => {
    // The era is read before the keys are looked up, because a key may be removed meanwhile.
    const era = opened.era()
    const candidates = await choose()
    if (!candidates.ok) return candidates
    const name = at === null ? null : nameOf([at.profileId, at.bucket, at.key, ...said])
    try {
      const known = name === null ? null : opened.take(name)
      if (known !== null && candidates.value.some(({ id }) => id === known.keyId)) return ok(known)
      known?.dataKey[Symbol.dispose]()
      const found = await openWith(candidates.value)
      if (found.ok && name !== null) opened.keep(name, found.value, era)
      return found
    } finally {
      for (const key of candidates.value) key[Symbol.dispose]()
    }
  }
  return {
    envelope: (envelope, signal) =>
      through(
        saidBy(envelope),
        () => catalog.candidates(envelope, only),
        (keys) => open(envelope, keys, signal),
      ),
    async second(second) {
      const recipient = Buffer.from(second.recipient).toString('hex')
      const candidates = await catalog.secondCandidates(recipient, only)
      if (!candidates.ok) return candidates
      try {
        for (const key of candidates.value) {
          const found = openSecond(second, key)
          if (found !== null) return ok(found)
        }
        return fail({ code: 'wrong-master-key', tried: candidates.value.map(({ name }) => name) })
      } finally {
        for (const key of candidates.value) key[Symbol.dispose]()
      }
    },
    message: (message, signal) =>
      through(
        saidByMessage(message),
        () => catalog.messageCandidates(message.header, only),
        (keys) => openMessage(message, keys, signal),
      ),
  }
}

const saidBy = ({
  format,
  wrapAlgorithm,
  keyDescription,
  wrappedDataKey,
  wrappedCounter,
}: Envelope) => [format, wrapAlgorithm, keyDescription, wrappedDataKey, wrappedCounter]
const saidByMessage = ({ form, header, iv }: EncryptedMessage) => [
  form,
  serializeHeader(header),
  iv,
]

/** Returns one name for all parts. No part can be mistaken for another. */
function nameOf(parts: readonly (Uint8Array | string)[]): string {
  const hash = createHash('sha256')
  for (const part of parts) {
    const bytes = Buffer.from(part)
    hash.update(`${bytes.length}:`).update(bytes)
  }
  return hash.digest('base64')
}
