import { randomUUID } from 'node:crypto'
import { fail, ok, type Result } from '../../../../shared/contract/errors.ts'
import type { In } from '../../../../shared/contract/routes/routes.ts'
import type { Profile, ProfileId } from '../../../../shared/contract/models.ts'
import type { SealPolicy } from '../../../../shared/contract/models-seals.ts'
import type { Credentials } from '../../net/credentials.ts'
import type { SecretStore } from '../../store/secrets/secret-store.ts'
import type { TextStore } from '../../store/text-store.ts'
import type { SourceAccount } from './account-sources.ts'
import type { PracticeAccess } from '../core.ts'
import type { DefaultKeys } from './default-keys.ts'
import { openProfileRecords, SEAL_DEFAULTS, type StoredProfile } from './profile-records.ts'

export type ProfileFields = In<'profiles.add'>

/** The secret of a profile, as the secret store has it. */
type KeptSecret = Pick<Credentials, 'accessKeySecret' | 'securityToken'> & Partial<Credentials>

export const PRACTICE_PROFILE: ProfileId = 'practice'

export interface Profiles {
  /** Reads the stored profiles again, since another process may have changed them. */
  refresh(): Promise<void>
  list(): readonly Profile[]
  get(id: ProfileId): Result<Profile>
  add(fields: ProfileFields, keep: 'stored' | 'session'): Promise<Result<Profile>>
  update(id: ProfileId, fields: ProfileFields): Promise<Result<Profile>>
  remove(id: ProfileId): Promise<Result<null>>
  /**
   * Returns the name of the profile whose secret an account of the secret store holds. Null for
   * other accounts.
   */
  nameOfAccount(account: string): string | null
  /** Returns the secret of a profile. It asks the secret store every time. */
  credentials(id: ProfileId): Promise<Result<Credentials>>
  /** Returns the secret of unsaved fields. `id`: the profile that 'keep' means. */
  draftCredentials(fields: ProfileFields, id: ProfileId | null): Promise<Result<Credentials>>
}

interface Needs {
  readonly texts: TextStore
  readonly secrets: SecretStore
  readonly defaults: DefaultKeys
  readonly practice: PracticeAccess | null
  readonly findAccounts: () => Promise<readonly SourceAccount[]>
}

/**
 * Opens the profiles. Each has a text of its own, and its secret in the secret store under
 * `profile:<id>`. The secret is written before the record and removed after it. So a listed profile
 * had its secret, and a crash leaves at most a stray secret.
 */
export async function openProfiles({
  texts,
  secrets,
  defaults,
  practice,
  findAccounts,
}: Needs): Promise<Profiles> {
  const stored = await openProfileRecords(texts)
  const session = new Map<
    ProfileId,
    { readonly profile: StoredProfile; readonly credentials: Credentials }
  >()
  const complete = (profile: StoredProfile): Profile => {
    const { profile: defaultKey, buckets } = defaults.of(profile.id)
    return { ...profile, defaultKey, bucketKeys: buckets }
  }
  const find = (id: ProfileId): StoredProfile | undefined => {
    if (practice !== null && id === PRACTICE_PROFILE) return practiceProfile(practice)
    return stored.find(id) ?? session.get(id)?.profile
  }
  const get = (id: ProfileId): Result<Profile> => {
    const found = find(id)
    return found === undefined
      ? fail({ code: 'not-found', what: 'profile', name: id })
      : ok(complete(found))
  }
  const nameTaken = (name: string, id: ProfileId) =>
    stored.all().some((p) => p.name === name && p.id !== id)

  const credentials = async (id: ProfileId): Promise<Result<Credentials>> => {
    if (practice !== null && id === PRACTICE_PROFILE)
      return ok({
        accessKeyId: practice.accessKeyId,
        accessKeySecret: practice.accessKeySecret,
        securityToken: null,
      })
    const inSession = session.get(id)
    if (inSession !== undefined) return ok(inSession.credentials)
    const profile = stored.find(id)
    if (profile === undefined) return fail({ code: 'not-found', what: 'profile', name: id })
    const text = await secrets.get(accountOf(id))
    if (!text.ok) return text
    if (text.value === null) return fail({ code: 'secret-lost', name: profile.name })
    // The id is stored beside its secret. A transfer that signs during an edit must never mix two
    // accounts.
    return ok({ accessKeyId: profile.accessKeyId, ...(JSON.parse(text.value) as KeptSecret) })
  }

  const draftCredentials = async (
    fields: ProfileFields,
    id: ProfileId | null,
  ): Promise<Result<Credentials>> => {
    const { credential, accessKeyId } = fields
    if (credential.kind === 'typed')
      return ok({
        accessKeyId,
        accessKeySecret: credential.accessKeySecret,
        securityToken: credential.securityToken || null,
      })
    if (credential.kind === 'found') {
      const found = (await findAccounts()).find((account) => account.source === credential.source)
      if (found === undefined)
        return fail({ code: 'not-found', what: 'profile', name: credential.source })
      return ok({
        accessKeyId: found.accessKeyId,
        accessKeySecret: found.accessKeySecret,
        securityToken: found.securityToken || null,
      })
    }
    if (id === null) return fail({ code: 'bad-request', detail: 'credential' })
    const kept = await credentials(id)
    return kept.ok ? ok({ ...kept.value, accessKeyId }) : kept
  }

  const keepSecret = (
    id: ProfileId,
    { accessKeyId, accessKeySecret, securityToken }: Credentials,
  ) =>
    secrets.set(
      accountOf(id),
      JSON.stringify({ accessKeyId, accessKeySecret, securityToken } satisfies KeptSecret),
    )

  return {
    refresh: () => stored.refresh(),
    list: () => [
      ...stored.all().map(complete),
      ...[...session.values()].map((s) => complete(s.profile)),
      ...(practice === null ? [] : [complete(practiceProfile(practice))]),
    ],
    get,
    async add(fields, keep) {
      const id = randomUUID()
      const secret = await draftCredentials(fields, null)
      if (!secret.ok) return secret
      const profile = recordOf(id, fields, secret.value, keep, SEAL_DEFAULTS)
      if (keep === 'session') {
        session.set(id, { profile, credentials: secret.value })
        return ok(complete(profile))
      }
      await stored.refresh()
      if (nameTaken(fields.name, id)) return fail({ code: 'name-taken', name: fields.name })
      const kept = await keepSecret(id, secret.value)
      if (!kept.ok) return kept
      await stored.save(profile)
      return ok(complete(profile))
    },
    async update(id, fields) {
      await stored.refresh()
      const before = stored.find(id)
      if (before === undefined) return fail({ code: 'not-found', what: 'profile', name: id })
      if (nameTaken(fields.name, id)) return fail({ code: 'name-taken', name: fields.name })
      const secret = await draftCredentials(fields, id)
      if (!secret.ok) return secret
      if (fields.credential.kind !== 'keep' || secret.value.accessKeyId !== before.accessKeyId) {
        const kept = await keepSecret(id, secret.value)
        if (!kept.ok) return kept
      }
      const profile = recordOf(id, fields, secret.value, 'stored', before)
      await stored.save(profile)
      return ok(complete(profile))
    },
    async remove(id) {
      if (session.delete(id)) return ok(null)
      await stored.refresh()
      if (!(await stored.remove(id))) return fail({ code: 'not-found', what: 'profile', name: id })
      await defaults.forget(id)
      const removed = await secrets.remove(accountOf(id))
      return removed.ok ? ok(null) : removed
    },
    nameOfAccount: (account) =>
      stored.all().find((profile) => accountOf(profile.id) === account)?.name ?? null,
    credentials,
    draftCredentials,
  }
}

const accountOf = (id: ProfileId) => `profile:${id}`

function recordOf(
  id: ProfileId,
  fields: ProfileFields,
  secret: Credentials,
  kind: 'stored' | 'session',
  before: SealPolicy,
): StoredProfile {
  const { name, colour, endpoint, region, buckets } = fields
  return {
    id,
    name,
    colour,
    endpoint,
    region,
    buckets,
    sealsNew: fields.sealsNew ?? before.sealsNew,
    sealedOnly: fields.sealedOnly ?? before.sealedOnly,
    kind,
    accessKeyId: secret.accessKeyId,
    hasToken: secret.securityToken !== null,
  }
}

function practiceProfile({ endpoint, region, accessKeyId, bucket }: PracticeAccess): StoredProfile {
  return {
    id: PRACTICE_PROFILE,
    name: 'Practice',
    colour: 'gold',
    endpoint,
    region,
    accessKeyId,
    hasToken: false,
    kind: 'practice',
    buckets: [bucket],
    ...SEAL_DEFAULTS,
  }
}
