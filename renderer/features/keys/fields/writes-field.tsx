import type { MasterKey, WriteFormat } from '../../../../shared/contract/models.ts'
import { WRITES } from '../../../../shared/contract/write-formats.ts'
import { useText, type Text } from '../../../text/use-text.tsx'
import { Field } from '../../../ui/controls/field.tsx'
import { Select } from '../../../ui/controls/select.tsx'
import type { Bound } from './kms-form.ts'

/** The format and the readers that it suits. */
export const writesText = (kind: MasterKey['kind'], writes: WriteFormat, t: Text): string =>
  t(writes === 'v2' && kind !== 'rsa' ? `remote:writes.v2.${kind}` : `remote:writes.${writes}`)

/**
 * The programs that can read the format; null where every SDK can. OSS SDKs send KMS no context,
 * except oss2 with its passphrase. Messages carry their context.
 */
export function writesNote(writes: WriteFormat, bound: Bound, t: Text): string | null {
  const message = writes === 'sdk-split' || writes === 'sdk-message'
  if (bound === 'pairs' && !message) return t('remote:writes.note.pairs')
  if (bound === 'passphrase' && writes === 'v2') return t('remote:writes.note.passphrase')
  return writes === 'v2' ? null : t(`remote:writes.note.${writes}`)
}

export interface WritesFieldProps {
  readonly kind: MasterKey['kind']
  readonly bound: Bound
  readonly value: WriteFormat
  readonly onChange: (value: WriteFormat) => void
}

/**
 * Chooses the format of new objects under a key, with its readers. Empty where there is no choice.
 * Two cells of a `.form`.
 */
export function WritesField({ kind, bound, value, onChange }: WritesFieldProps) {
  const t = useText()
  if (WRITES[kind].length < 2) return null
  const note = writesNote(value, bound, t)
  return (
    <Field
      label={t('remote:fact.writes')}
      message={note === null ? null : { kind: 'warn', text: note }}
    >
      {(_, labelId) => (
        <Select
          labelledBy={labelId}
          value={value}
          onChange={onChange}
          options={WRITES[kind].map((one) => ({ value: one, label: writesText(kind, one, t) }))}
        />
      )}
    </Field>
  )
}
