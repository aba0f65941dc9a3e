import type { MasterKey, MasterKeyId } from '../../../../shared/contract/models.ts'
import { useKeys } from '../../../queries/keys.ts'
import { canEncrypt, useProfiles } from '../../../queries/profiles.ts'
import { useText } from '../../../text/use-text.tsx'
import { Field } from '../../../ui/controls/field.tsx'
import { Select } from '../../../ui/controls/select.tsx'
import { isWeak, useKeyWords } from '../key-words.ts'

/** Chooses the key that replaces a default key. '' while none is chosen. Weak keys are left out. */
export function SuccessorField({
  masterKey: key,
  value,
  onChange,
}: {
  readonly masterKey: MasterKey
  readonly value: MasterKeyId
  readonly onChange: (id: MasterKeyId) => void
}) {
  const t = useText()
  const words = useKeyWords()
  const profiles = useProfiles().data ?? []
  const others =
    useKeys().data?.filter(
      (other) =>
        other.id !== key.id &&
        canEncrypt(other) &&
        !isWeak(other) &&
        (other.origin !== 'sample' ||
          key.defaultFor.every(
            (place) => profiles.find((one) => one.id === place.profileId)?.kind === 'practice',
          )),
    ) ?? []
  const places = words.wholePlaces(key)
  return (
    <Field
      stacked
      label={t('keys:del.successor')}
      hint={t('keys:del.successor.hint', { places })}
      message={others.length === 0 ? { kind: 'warn', text: t('keys:del.successor.none') } : null}
    >
      {(_, labelId) => (
        <Select
          labelledBy={labelId}
          icon="key"
          value={value}
          onChange={onChange}
          disabled={others.length === 0}
          options={others.map((other) => ({ value: other.id, label: other.name }))}
          {...(value === '' && {
            shown: <span className="faint">{t('keys:del.successor.choose')}</span>,
          })}
        />
      )}
    </Field>
  )
}
