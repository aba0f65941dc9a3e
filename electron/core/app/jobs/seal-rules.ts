import { z } from 'zod'
import { valueOf } from '../../../../shared/contract/errors.ts'
import type { ProfileId } from '../../../../shared/contract/models.ts'
import type { SealChoices } from '../../../../shared/contract/models-seals.ts'
import type { SealRules } from '../../transfer/run/stored-seal.ts'
import type { JobNeeds } from './job-needs.ts'

/** The choices of a reading that nobody made any for. */
export const NO_SEAL_CHOICES: SealChoices = {
  sealedOnly: false,
  allowMoved: false,
  unverified: false,
}

/** The choices in a record. Records of earlier versions have none. */
export const sealChoices = z.object({
  sealedOnly: z.boolean(),
  allowMoved: z.boolean(),
  unverified: z.boolean(),
})

/**
 * Returns the rules for the seals of one bucket: those of the profile, and the choices of the user
 * for this reading. Throws Failure for an unknown profile.
 */
export function sealRulesOf(
  { profiles, connections, sealHistory }: Pick<JobNeeds, 'profiles' | 'connections' | 'sealHistory'>,
  profileId: ProfileId,
  bucket: string,
  { sealedOnly, allowMoved }: SealChoices = NO_SEAL_CHOICES,
): SealRules {
  const profile = valueOf(profiles.get(profileId))
  return {
    sealedOnly: sealedOnly || profile.sealedOnly,
    allowMoved,
    memory: sealHistory.at(connections.bucket(profileId, bucket).origin),
    writers: [],
  }
}
