import type { MasterKeyId } from '../../../../shared/contract/models.ts'
import { useKeys } from '../../../queries/keys.ts'
import { shownName } from '../../../text/shown-name.ts'
import { useText } from '../../../text/use-text.tsx'
import { Field } from '../../../ui/controls/field.tsx'

/** Checks that no other key has the name. `exceptId`: the key that is edited. */
export function useFreeName(
  name: string,
  exceptId: MasterKeyId | null,
): { readonly fit: boolean; readonly taken: boolean } {
  const taken = (useKeys().data ?? []).some(
    (key) => key.id !== exceptId && key.name === name.trim(),
  )
  return { fit: name.trim() !== '' && !taken, taken }
}

/** The name of a key. Two cells of a `.form`. */
export function NameField({
  value,
  onChange,
  taken,
  autoFocus = false,
}: {
  readonly value: string
  readonly onChange: (name: string) => void
  readonly taken: boolean
  readonly autoFocus?: boolean
}) {
  const t = useText()
  return (
    <Field
      label={t('keys:gen.name')}
      message={
        taken
          ? { kind: 'bad', text: t('keys:name.taken', { name: shownName(value.trim()) }) }
          : null
      }
    >
      {(control) => (
        <input
          {...control}
          className="input"
          maxLength={80}
          autoFocus={autoFocus}
          autoComplete="off"
          value={value}
          onChange={(e) => onChange(e.target.value)}
        />
      )}
    </Field>
  )
}
