import { useState } from 'react'
import { useSecrets, useUnlockSecrets } from '../../queries/secrets.ts'
import { useText } from '../../text/use-text.tsx'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Field, Message } from '../../ui/field.tsx'
import { useProblem } from '../../ui/use-sentence.ts'
import { isFit, NO_PASSPHRASE, PassphraseFields } from '../keys/passphrase-fields.tsx'

/** Opens the passphrase file, or makes it where none exists yet: two dialogs, because they ask for different things. */
export function UnlockDialog({ onClose }: { readonly onClose: () => void }) {
  const exists = useSecrets().data?.exists
  // Which of the two is decided once: it must not turn into the other one while it is open.
  const [first] = useState(exists)
  const open = first ?? exists
  if (open === undefined) return null
  return open ? <OpenFile onClose={onClose} /> : <CreateFile onClose={onClose} />
}

function OpenFile({ onClose }: { readonly onClose: () => void }) {
  const t = useText()
  const [passphrase, setPassphrase] = useState('')
  const unlock = useUnlockSecrets()
  const problem = useProblem(unlock.error)
  return (
    <Dialog
      title={t('settings:unlock.title')} subtitle={t('settings:unlock.sub')} width={500} onClose={onClose}
      footer={<>
        <span className="grow" />
        <Button onClick={onClose}>{t('settings:cancel')}</Button>
        <Button kind="primary" disabled={passphrase === ''} busy={unlock.isPending} onClick={() => unlock.mutate(passphrase, { onSuccess: onClose })}>{t(unlock.isPending ? 'settings:unlocking' : 'settings:unlock.do')}</Button>
      </>}
    >
      <div className="form">
        <Field label={t('settings:unlock.passphrase')} message={problem}>
          {(control) => <input {...control} className={`input${problem === null ? '' : ' err'}`} type="password" autoComplete="off" autoFocus value={passphrase} onChange={(e) => setPassphrase(e.target.value)} />}
        </Field>
      </div>
    </Dialog>
  )
}

function CreateFile({ onClose }: { readonly onClose: () => void }) {
  const t = useText()
  const [passphrase, setPassphrase] = useState(NO_PASSPHRASE)
  const unlock = useUnlockSecrets()
  const problem = useProblem(unlock.error)
  return (
    <Dialog
      title={t('settings:create.title')} subtitle={t('settings:create.sub')} onClose={onClose}
      footer={<>
        <span className="grow" />
        <Button onClick={onClose}>{t('settings:cancel')}</Button>
        <Button kind="primary" disabled={!isFit(passphrase)} busy={unlock.isPending} onClick={() => unlock.mutate(passphrase.first, { onSuccess: onClose })}>{t(unlock.isPending ? 'settings:create.busy' : 'settings:create.do')}</Button>
      </>}
    >
      <div className="form"><PassphraseFields value={passphrase} onChange={setPassphrase} hint={t('settings:create.hint')} autoFocus /></div>
      {problem !== null && <Message message={problem} alert />}
    </Dialog>
  )
}
