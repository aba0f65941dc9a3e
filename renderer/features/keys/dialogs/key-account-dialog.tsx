import { useState } from 'react'
import type { MasterKey } from '../../../../shared/contract/models.ts'
import { useUpdateKmsKey } from '../../../queries/keys.ts'
import { shownName } from '../../../text/shown-name.ts'
import { useText } from '../../../text/use-text.tsx'
import { KeyTrialDialog } from './key-trial-dialog.tsx'
import { KmsContextField, KmsPlaceFields } from '../fields/kms-fields.tsx'
import {
  canKeep,
  contextOf,
  keepsPassphrase,
  kmsFormOf,
  kmsPlaceInput,
  type KmsForm,
  type KmsPart,
} from '../fields/kms-form.ts'

/** Changes the account, endpoint or context of a key in KMS. */
export function KeyAccountDialog({
  masterKey: key,
  onClose,
}: {
  readonly masterKey: MasterKey
  readonly onClose: () => void
}) {
  const t = useText()
  const [form, setForm] = useState<KmsForm>(() => kmsFormOf(key, null))
  const update = useUpdateKmsKey()
  const part: KmsPart = {
    form,
    change: (fields) => setForm((before) => ({ ...before, ...fields })),
    stored: key,
  }
  const save = () =>
    update.mutate(
      {
        id: key.id,
        ...kmsPlaceInput(form),
        ...contextOf(form),
        keepPassphrase: keepsPassphrase(form, key),
      },
      { onSuccess: onClose },
    )
  return (
    <KeyTrialDialog
      title={t('remote:account.title', { name: shownName(key.name) })}
      subtitle={t('remote:account.sub')}
      action={t('keys:edit.do')}
      trial={update}
      fit={canKeep(form, key)}
      onSave={save}
      onClose={onClose}
    >
      <div className="form">
        <KmsPlaceFields {...part} />
        <KmsContextField {...part} />
      </div>
    </KeyTrialDialog>
  )
}
