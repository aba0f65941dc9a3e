import { fail, type Result } from '../../../shared/contract/errors.ts'
import type { MasterKeyId } from '../../../shared/contract/models.ts'
import type { MasterKeyHandle } from '../keys/master-key.ts'
import type { Candidates } from '../transfer/jobs.ts'
import type { Parts } from './parts.ts'

type Needs = Pick<Parts, 'catalog' | 'defaults'>

/** The master key of a new upload: the one asked for, else the bucket's, else the profile's. Never another one silently. */
export function keyForWriting({ catalog, defaults }: Needs, at: { profileId: string; bucket: string }, keyId: MasterKeyId | null, allowWeak: boolean): Promise<Result<MasterKeyHandle>> {
  const chosen = keyId ?? defaults.choose(at.profileId, at.bucket)
  return chosen === null ? Promise.resolve(fail({ code: 'no-master-key' })) : catalog.forWriting(chosen, allowWeak)
}

/** Keys to try on an envelope: those named, else by the rules of the key description. */
export function candidatesFor({ catalog }: Needs, only: readonly MasterKeyId[]): Candidates {
  return (envelope) => catalog.candidates(envelope.keyDescription, only)
}
