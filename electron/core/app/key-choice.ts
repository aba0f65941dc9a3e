import { fail, type Result } from '../../../shared/contract/errors.ts'
import type { MasterKeyId } from '../../../shared/contract/models.ts'
import type { MasterKeyHandle } from '../keys/master-key.ts'
import type { Candidates } from '../transfer/jobs.ts'
import type { Parts } from './parts.ts'
import { PRACTICE_PROFILE } from './profiles.ts'

type Needs = Pick<Parts, 'catalog' | 'defaults' | 'practiceKey'>

/** The master key of a new upload: the one asked for, else the bucket's, else the profile's. Never another one silently. */
export async function keyForWriting({ catalog, defaults, practiceKey }: Needs, at: { profileId: string; bucket: string }, keyId: MasterKeyId | null, allowWeak: boolean): Promise<Result<MasterKeyHandle>> {
  const chosen = keyId ?? defaults.choose(at.profileId, at.bucket)
  if (chosen === null) return fail({ code: 'no-master-key' })
  // Its private half lies in a plain file: good enough for samples, and for nothing else.
  if (chosen === practiceKey && at.profileId !== PRACTICE_PROFILE) return fail({ code: 'key-not-usable', name: 'Practice key', reason: 'sample' })
  return catalog.forWriting(chosen, allowWeak)
}

/** Keys to try on an envelope: those named, else by the rules of the key description. */
export function candidatesFor({ catalog }: Needs, only: readonly MasterKeyId[]): Candidates {
  return (envelope) => catalog.candidates(envelope.keyDescription, only)
}
