import { useState } from 'react'
import type { MasterKey } from '../../../shared/contract/models.ts'
import { useUpdateKmsKey } from '../../queries/keys.ts'
import { shownName } from '../../text/shown-name.ts'
import { useText } from '../../text/use-text.tsx'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Message } from '../../ui/field.tsx'
import { useProblem } from '../../ui/use-sentence.ts'
import { KmsContextField, KmsPlace } from './kms-fields.tsx'
import { canKeep, contextOf, keepsPassphrase, kmsFormOf, placeOf, type KmsForm, type KmsPart } from './kms-form.ts'

/** Another account, another endpoint, another context for the same key in KMS. */
export function KeyAccountDialog({ masterKey: key, onClose }: { readonly masterKey: MasterKey; readonly onClose: () => void }) {
  const t = useText()
  const [form, setForm] = useState<KmsForm>(() => kmsFormOf(key, null))
  const update = useUpdateKmsKey()
  const problem = useProblem(update.error)
  const part: KmsPart = { form, change: (fields) => setForm((before) => ({ ...before, ...fields })), stored: key }
  const keepPassphrase = keepsPassphrase(form, key) && form.passphrase === ''
  const save = () => update.mutate({ id: key.id, ...placeOf(form), ...contextOf(form), keepPassphrase }, { onSuccess: onClose })
  return (
    <Dialog
      title={t('remote:account.title', { name: shownName(key.name) })} subtitle={t('remote:account.sub')} width={600} onClose={() => { if (!update.isPending) onClose() }}
      footer={<>
        <span className="grow" />
        <Button disabled={update.isPending} onClick={onClose}>{t('keys:act.cancel')}</Button>
        <Button kind="primary" disabled={!canKeep(form, key)} busy={update.isPending} onClick={save}>{t(update.isPending ? 'remote:account.busy' : 'remote:account.do')}</Button>
      </>}
    >
      <div className="form">
        <KmsPlace {...part} />
        <KmsContextField {...part} />
      </div>
      {problem !== null && <Message message={problem} alert />}
    </Dialog>
  )
}
