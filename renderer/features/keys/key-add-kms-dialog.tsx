import { useState } from 'react'
import type { WriteFormat } from '../../../shared/contract/models.ts'
import { useAddKmsKey, useKeys } from '../../queries/keys.ts'
import { useProfiles } from '../../queries/profiles.ts'
import { useText } from '../../text/use-text.tsx'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Field, Message } from '../../ui/field.tsx'
import { useProblem } from '../../ui/use-sentence.ts'
import { DescriptionFields, useDescription, type Description } from './description-field.tsx'
import { KmsContextField, KmsKeyField, KmsPlace } from './kms-fields.tsx'
import { canKeep, contextOf, kmsFormOf, placeOf, type KmsForm, type KmsPart } from './kms-form.ts'
import { WritesField } from './writes-field.tsx'

/** A master key that stays in KMS: where it is, whose account asks, which key, and what is written under it. */
export function KeyAddKmsDialog({ onClose }: { readonly onClose: () => void }) {
  const t = useText()
  const profile = useProfiles().data?.find((one) => one.kind !== 'practice') ?? null
  const keys = useKeys().data ?? []
  const [form, setForm] = useState<KmsForm>(() => kmsFormOf(null, profile))
  const [name, setName] = useState('')
  const [description, setDescription] = useState<Description>({ text: '', style: 'compact' })
  const [writes, setWrites] = useState<WriteFormat>('v2')
  const checked = useDescription(description, null)
  const add = useAddKmsKey()
  const problem = useProblem(add.error)
  const taken = keys.some((key) => key.name === name.trim())
  const part: KmsPart = { form, change: (fields) => setForm((before) => ({ ...before, ...fields })), stored: null }
  const fit = canKeep(form, null) && name.trim() !== '' && !taken && checked.fit
  const save = () =>
    add.mutate({ ...placeOf(form), ...contextOf(form), cmkId: form.cmkId.trim(), name: name.trim(), description: description.text, style: description.style, writes }, { onSuccess: onClose })
  return (
    <Dialog
      title={t('remote:kms.title')} subtitle={t('remote:kms.sub')} width={600} onClose={() => { if (!add.isPending) onClose() }}
      footer={<>
        <span className="hint grow">{t('remote:kms.foot')}</span>
        <Button disabled={add.isPending} onClick={onClose}>{t('keys:act.cancel')}</Button>
        <Button kind="primary" disabled={!fit} busy={add.isPending} onClick={save}>{t(add.isPending ? 'remote:kms.busy' : 'remote:kms.do')}</Button>
      </>}
    >
      <div className="form">
        <KmsPlace {...part} />
        <KmsKeyField {...part} />
        <KmsContextField {...part} />
        <Field label={t('keys:gen.name')} message={taken ? { kind: 'bad', text: t('keys:name.taken', { name: name.trim() }) } : null}>
          {(control) => <input {...control} className="input" maxLength={80} autoComplete="off" value={name} onChange={(e) => setName(e.target.value)} />}
        </Field>
        <DescriptionFields value={description} onChange={setDescription} checked={checked} />
        <WritesField kind="kms" value={writes} onChange={setWrites} />
      </div>
      {problem !== null && <Message message={problem} alert />}
    </Dialog>
  )
}
