import type { MasterKey, WriteFormat } from '../../../shared/contract/models.ts'
import { useText } from '../../text/use-text.tsx'
import { Field } from '../../ui/field.tsx'
import { Select } from '../../ui/select.tsx'

/** What a key of this kind can write, the usual one first. */
export const WRITES: Readonly<Record<MasterKey['kind'], readonly WriteFormat[]>> = {
  rsa: ['v2', 'v2-oaep', 'v1'],
  kms: ['v2', 'v2-kms-b', 'v1', 'sdk-split', 'sdk-message'],
  command: ['v2'],
}

/** What new objects under a key are written as, with who can read them. Nothing where there is no choice. Two cells of a `.form`. */
export function WritesField({ kind, value, onChange }: { readonly kind: MasterKey['kind']; readonly value: WriteFormat; readonly onChange: (value: WriteFormat) => void }) {
  const t = useText()
  if (WRITES[kind].length < 2) return null
  return (
    <Field label={t('remote:writes')} message={value === 'v2' ? null : { kind: 'warn', text: t(`remote:writes.note.${value}`) }}>
      {(_, labelId) => (
        <Select labelledBy={labelId} value={value} onChange={onChange}
          options={WRITES[kind].map((one) => ({ value: one, label: t(one === 'v2' && kind === 'kms' ? 'remote:writes.v2.kms' : `remote:writes.${one}`) }))} />
      )}
    </Field>
  )
}
