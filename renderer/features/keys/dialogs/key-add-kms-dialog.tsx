import { useState } from 'react'
import type { WriteFormat } from '../../../../shared/contract/models.ts'
import { useAddKmsKey } from '../../../queries/keys.ts'
import { useProfiles } from '../../../queries/profiles.ts'
import { useText } from '../../../text/use-text.tsx'
import { Icon } from '../../../ui/icon.tsx'
import {
  DescriptionField,
  StyleField,
  useDescription,
  type Description,
} from '../fields/description-field.tsx'
import { KeyTrialDialog } from './key-trial-dialog.tsx'
import { KmsContextField, KmsKeyField, KmsPlaceFields } from '../fields/kms-fields.tsx'
import {
  canKeep,
  contextOf,
  kmsFormOf,
  kmsPlaceInput,
  type KmsForm,
  type KmsPart,
} from '../fields/kms-form.ts'
import { NameField, useFreeName } from '../fields/name-field.tsx'
import { WritesField } from '../fields/writes-field.tsx'

/**
 * Adds a master key that stays in KMS: region, account, key and what new objects are written as.
 */
export function KeyAddKmsDialog({ onClose }: { readonly onClose: () => void }) {
  const t = useText()
  const profile = useProfiles().data?.find((one) => one.kind !== 'practice') ?? null
  const [form, setForm] = useState<KmsForm>(() => kmsFormOf(null, profile))
  const [name, setName] = useState('')
  const [description, setDescription] = useState<Description>({ text: '', style: 'compact' })
  const [writes, setWrites] = useState<WriteFormat>('v2')
  const checked = useDescription(description, null, name !== '' || description.text !== '')
  const named = useFreeName(name, null)
  const add = useAddKmsKey()
  const part: KmsPart = {
    form,
    change: (fields) => setForm((before) => ({ ...before, ...fields })),
    stored: null,
  }
  const save = () =>
    add.mutate(
      {
        ...kmsPlaceInput(form),
        ...contextOf(form),
        cmkId: form.cmkId.trim(),
        name: name.trim(),
        description: description.text,
        style: description.style,
        writes,
      },
      { onSuccess: onClose },
    )
  return (
    <KeyTrialDialog
      title={t('remote:kms.title')}
      subtitle={t('remote:kms.sub')}
      action={t('remote:add')}
      trial={add}
      fit={canKeep(form, null) && named.fit && checked.fit}
      onSave={save}
      onClose={onClose}
    >
      <div className="form">
        <KmsPlaceFields {...part} />
        <KmsKeyField {...part} />
        <NameField value={name} onChange={setName} taken={named.taken} />
        <DescriptionField value={description} onChange={setDescription} checked={checked} />
      </div>
      {/* Settings that few users need. The defaults are right for the others. */}
      <details className="more">
        <summary>
          <Icon name="chevron" size="s" />
          {t('remote:kms.advanced')}
        </summary>
        <div className="form">
          <KmsContextField {...part} />
          <StyleField value={description} onChange={setDescription} checked={checked} />
          <WritesField kind="kms" bound={form.contextKind} value={writes} onChange={setWrites} />
        </div>
      </details>
    </KeyTrialDialog>
  )
}
