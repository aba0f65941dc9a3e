import { useEffect, useState } from 'react'
import type { MasterKey, Profile, SecretsStatus } from '../../../shared/contract/models.ts'
import { useCheckSecrets, useSecrets, useUnlockSecrets } from '../../queries/secrets.ts'
import { answerUnlock, askToUnlock, useUnlock, type UnlockReason } from '../../queries/unlock.ts'
import { useText } from '../../text/use-text.tsx'
import { Button } from '../../ui/controls/button.tsx'
import { Dialog } from '../../ui/controls/dialog.tsx'
import { Field, Message } from '../../ui/controls/field.tsx'
import { useProblem } from '../../ui/use-problem.ts'
import { isFit, NO_PASSPHRASE, PassphraseFields } from '../keys/fields/passphrase-fields.tsx'

interface UnlockProps {
  readonly profiles: readonly Profile[]
  readonly keys: readonly MasterKey[]
}

/** Counts the accounts of the user, and the keys whose private half cannot be read now. */
const needing = ({ profiles, keys }: UnlockProps) => ({
  profiles: profiles.filter((profile) => profile.kind === 'stored').length,
  keys: keys.filter((key) => key.unavailable === 'passphrase-needed').length,
})

let askedAtStart = false

/**
 * Asks once, at the start, for a locked passphrase file that something needs. "Later" leaves it
 * locked.
 */
export function useAskedAtStart(profiles: readonly Profile[], keys: readonly MasterKey[]): void {
  const secrets = useSecrets().data
  useEffect(() => {
    if (askedAtStart || secrets?.state !== 'passphrase-needed' || !secrets.exists) return
    const { profiles: some, keys: locked } = needing({ profiles, keys })
    if (some + locked === 0) return
    askedAtStart = true
    void askToUnlock('start')
  }, [secrets, profiles, keys])
}

/**
 * Lies over the page or dialog that needs the secrets, which continues with the answer and keeps
 * its form.
 */
export function UnlockDialog(props: UnlockProps) {
  const asked = useUnlock((unlock) => unlock.asked)
  const secrets = useSecrets().data
  return asked === null || secrets === undefined ? null : (
    <Question {...props} why={asked.why} secrets={secrets} />
  )
}

function Question({
  why,
  secrets,
  ...props
}: UnlockProps & { readonly why: UnlockReason; readonly secrets: SecretsStatus }) {
  // The kind of dialog is decided once. It must not change while the dialog is open.
  const [kind] = useState(() => {
    if (typeof why !== 'string')
      return why.code === 'keychain-locked' ? 'keychain' : why.exists ? 'open' : 'create'
    return secrets.place === 'keychain' ? 'keychain' : secrets.exists ? 'open' : 'create'
  })
  const working = secrets.state === 'working'
  // Another window may have unlocked the store.
  useEffect(() => {
    if (working) answerUnlock(true)
  }, [working])
  const asking = typeof why !== 'string'
  if (kind === 'keychain') return <Keychain {...props} />
  return kind === 'open' ? <OpenFile {...props} asking={asking} /> : <CreateFile asking={asking} />
}

const later = () => answerUnlock(false)

function OpenFile({ asking, ...props }: UnlockProps & { readonly asking: boolean }) {
  const t = useText()
  const [passphrase, setPassphrase] = useState('')
  const unlock = useUnlockSecrets()
  const problem = useProblem(unlock.error)
  const { profiles, keys } = needing(props)
  const needs = [
    ...(profiles > 0 ? [t('settings:unlock.profiles', { count: profiles })] : []),
    ...(keys > 0 ? [t('settings:unlock.keys', { count: keys })] : []),
  ]
  return (
    <Dialog
      title={t('settings:unlock.title')}
      subtitle={t('settings:unlock.sub')}
      width={500}
      onClose={later}
      footer={
        <>
          <span className="hint grow">{asking && t('settings:unlock.kept')}</span>
          <Button onClick={later}>{t('settings:unlock.later')}</Button>
          <Button
            kind="primary"
            disabled={passphrase === ''}
            busy={unlock.isPending}
            onClick={() => unlock.mutate(passphrase)}
          >
            {t(unlock.isPending ? 'settings:unlocking' : 'settings:unlock.do')}
          </Button>
        </>
      }
    >
      <div className="form">
        <Field
          label={t('settings:unlock.passphrase')}
          message={problem}
          {...(needs.length > 0 && { hint: needs.join(t('common:space')) })}
        >
          {(control) => (
            <input
              {...control}
              className={`input${problem === null ? '' : ' err'}`}
              type="password"
              autoComplete="off"
              autoFocus
              value={passphrase}
              onChange={(e) => setPassphrase(e.target.value)}
            />
          )}
        </Field>
      </div>
    </Dialog>
  )
}

function CreateFile({
  asking,
  onBack = later,
}: {
  readonly asking: boolean
  readonly onBack?: () => void
}) {
  const t = useText()
  const [passphrase, setPassphrase] = useState(NO_PASSPHRASE)
  const unlock = useUnlockSecrets()
  const problem = useProblem(unlock.error)
  return (
    <Dialog
      title={t(asking ? 'settings:create.first' : 'settings:create.title')}
      subtitle={t('settings:create.sub')}
      onClose={onBack}
      footer={
        <>
          <span className="hint grow">{asking && t('settings:create.kept')}</span>
          <Button onClick={onBack}>{t('settings:cancel')}</Button>
          <Button
            kind="primary"
            disabled={!isFit(passphrase)}
            busy={unlock.isPending}
            onClick={() => unlock.mutate(passphrase.first)}
          >
            {t(
              unlock.isPending
                ? 'settings:create.busy'
                : asking
                  ? 'settings:create.goOn'
                  : 'settings:create.do',
            )}
          </Button>
        </>
      }
    >
      <div className="form">
        <PassphraseFields
          value={passphrase}
          onChange={setPassphrase}
          hint={t('settings:create.hint')}
          autoFocus
        />
      </div>
      {problem !== null && <Message message={problem} alert />}
    </Dialog>
  )
}

/**
 * The keychain asks for its own password. If it holds none of our secrets, a passphrase file can
 * replace it.
 */
function Keychain({ profiles, keys }: UnlockProps) {
  const t = useText()
  const check = useCheckSecrets()
  const [file, useFile] = useState(false)
  const problem = useProblem(check.error)
  const empty =
    profiles.every((profile) => profile.kind !== 'stored') &&
    keys.every((key) => key.origin === 'sample' || key.origin === 'session')
  if (file) return <CreateFile asking={false} onBack={() => useFile(false)} />
  return (
    <Dialog
      title={t('settings:keychain.title')}
      subtitle={t('settings:keychain.sub')}
      width={500}
      onClose={later}
      footer={
        <>
          {empty && (
            <Button kind="quiet" onClick={() => useFile(true)}>
              {t('settings:create')}
            </Button>
          )}
          <span className="grow" />
          <Button onClick={later}>{t('settings:unlock.later')}</Button>
          <Button kind="primary" busy={check.isPending} onClick={() => check.mutate()}>
            {t(check.isPending ? 'settings:unlocking' : 'settings:unlock')}
          </Button>
        </>
      }
    >
      {check.isSuccess && check.data.state !== 'working' && (
        <Message message={{ kind: 'warn', text: t('settings:keychain.still') }} alert />
      )}
      {problem !== null && <Message message={problem} alert />}
    </Dialog>
  )
}
