import { randomBytes } from 'node:crypto'
import { valueOf } from '../../../../shared/contract/errors.ts'
import type { ProfileId } from '../../../../shared/contract/models.ts'
import type { Storage } from '../../index/indexes.ts'
import type { SecretStore } from '../../store/secrets/secret-store.ts'
import type { Profiles } from '../profiles/profiles.ts'
import type { SettingsStore } from '../settings.ts'

/** The account of the secret store that has the key of all index files. */
const ACCOUNT = 'index'

interface Needs {
  readonly secrets: SecretStore
  readonly settings: SettingsStore
  readonly profiles: Profiles
}

/**
 * Decides how the index of a profile is stored. A file stays only for a stored profile, whose own
 * secret is in the secret store already. So the index is never the first secret, and never decides
 * where secrets are stored. Throws Failure 'not-found' for an unknown profile.
 */
export async function storageOf(
  { secrets, settings, profiles }: Needs,
  profileId: ProfileId,
): Promise<Storage> {
  const profile = valueOf(profiles.get(profileId))
  if (!settings.current().keepIndex) return { storage: 'memory' }
  if (profile.kind !== 'stored') return { storage: 'session', always: true }
  const found = await secrets.get(ACCOUNT)
  if (found.ok && found.value !== null && /^[0-9a-f]{64}$/.test(found.value))
    return { storage: 'kept', key: found.value }
  // The key is gone for good, so its file is built again under a new one.
  if (!found.ok && found.error.code !== 'secret-lost') return { storage: 'session', always: false }
  const key = randomBytes(32).toString('hex')
  if (!found.ok) await secrets.remove(ACCOUNT)
  const stored = await secrets.set(ACCOUNT, key)
  return stored.ok ? { storage: 'kept', key } : { storage: 'session', always: false }
}

/** Removes the key of all index files. */
export const forgetIndexKey = ({ secrets }: Pick<Needs, 'secrets'>): Promise<unknown> =>
  secrets.remove(ACCOUNT)
