import type { MasterKey, ProfileId } from '../../../../shared/contract/models.ts'
import type { In } from '../../../../shared/contract/routes/routes.ts'

/**
 * The account that calls KMS: a profile's id, an own AccessKey, or the account that the key has.
 */
export type KmsAccount = ProfileId | 'own' | 'keep'

/**
 * The needs of KMS besides the key: nothing, pairs, or oss2's passphrase. The passphrase is a pair
 * too, and secret.
 */
export type Bound = 'none' | 'pairs' | 'passphrase'

export const boundOf = ({ kms }: MasterKey): Bound =>
  kms?.hasPassphrase === true
    ? 'passphrase'
    : Object.keys(kms?.context ?? {}).length > 0
      ? 'pairs'
      : 'none'

/** The values of the fields about KMS. They end with the dialog. */
export interface KmsForm {
  readonly region: string
  readonly endpoint: string
  readonly account: KmsAccount
  readonly accessKeyId: string
  readonly secret: string
  readonly token: string
  readonly cmkId: string
  readonly contextKind: Bound
  readonly context: string
  readonly passphrase: string
}

/** Props of every group of fields about KMS. */
export interface KmsPart {
  readonly form: KmsForm
  readonly change: (fields: Partial<KmsForm>) => void
  /** The key that is edited; null while one is added. */
  readonly stored: MasterKey | null
}

/** The stored secrets are lost and must be typed again. */
const isLost = (stored: MasterKey | null): boolean => stored?.unavailable === 'secret-lost'

export function kmsFormOf(
  stored: MasterKey | null,
  profile: { readonly id: ProfileId; readonly region: string } | null,
): KmsForm {
  const kms = stored?.kms ?? null
  const contextKind = stored === null ? 'none' : boundOf(stored)
  return {
    region: kms?.region ?? profile?.region ?? '',
    endpoint: kms?.endpoint ?? '',
    account:
      stored === null
        ? (profile?.id ?? 'own')
        : isLost(stored) && kms?.profileId === null
          ? 'own'
          : 'keep',
    accessKeyId: kms?.accessKeyId ?? '',
    secret: '',
    token: '',
    cmkId: kms?.cmkId ?? '',
    contextKind,
    context: contextKind === 'pairs' ? JSON.stringify(kms?.context) : '',
    passphrase: '',
  }
}

/** True if the stored passphrase is used, because nobody typed another one. */
export const keepsPassphrase = (
  { contextKind, passphrase }: KmsForm,
  stored: MasterKey | null,
): boolean =>
  contextKind === 'passphrase' &&
  passphrase === '' &&
  stored?.kms?.hasPassphrase === true &&
  !isLost(stored)

/** True if the context can be sent. Pairs must be a JSON object of texts. */
export function isContext(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text)
    return (
      typeof value === 'object' &&
      value !== null &&
      !Array.isArray(value) &&
      Object.values(value).every((one) => typeof one === 'string')
    )
  } catch {
    return false
  }
}

/** True if the form has enough to call KMS. */
export const canAsk = ({ region, account, accessKeyId, secret }: KmsForm): boolean =>
  region.trim() !== '' && (account !== 'own' || (accessKeyId.trim() !== '' && secret !== ''))

export const canKeep = (form: KmsForm, stored: MasterKey | null): boolean =>
  canAsk(form) &&
  form.cmkId.trim() !== '' &&
  (form.contextKind !== 'pairs' || isContext(form.context)) &&
  (form.contextKind !== 'passphrase' || form.passphrase !== '' || keepsPassphrase(form, stored))

export function kmsPlaceInput({
  region,
  endpoint,
  account,
  accessKeyId,
  secret,
  token,
}: KmsForm): In<'keys.listKms'> {
  const credential: In<'keys.listKms'>['credential'] =
    account === 'keep'
      ? { kind: 'keep' }
      : account === 'own'
        ? {
            kind: 'own',
            accessKeyId: accessKeyId.trim(),
            accessKeySecret: secret.trim(),
            securityToken: token.trim(),
          }
        : { kind: 'profile', profileId: account }
  return { region: region.trim().toLowerCase(), endpoint: endpoint.trim(), credential }
}

/** `passphrase: null` keeps a stored passphrase. */
export function contextOf({
  contextKind,
  context,
  passphrase,
}: KmsForm): Pick<In<'keys.addKms'>, 'context' | 'passphrase'> {
  return {
    context: contextKind === 'pairs' ? context.trim() : '',
    passphrase: contextKind === 'passphrase' && passphrase !== '' ? passphrase : null,
  }
}
