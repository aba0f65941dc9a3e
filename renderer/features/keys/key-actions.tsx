import type { MasterKey } from '../../../shared/contract/models.ts'
import { hostFiles } from '../../queries/core.ts'
import { lacksBackup, useExportPublic, useProveKey, useUpdateKey } from '../../queries/keys.ts'
import { useText } from '../../text/use-text.tsx'
import { Button } from '../../ui/controls/button.tsx'
import { Message } from '../../ui/controls/field.tsx'
import { useProblem } from '../../ui/use-problem.ts'
import { fileNameFor } from './key-words.ts'
import type { KeyAsk } from './dialogs/key-ask.ts'

/** What can be done with a key, each as a verb; what came of it stands below. */
export function KeyActions({
  masterKey: key,
  ask,
}: {
  readonly masterKey: MasterKey
  readonly ask: (what: KeyAsk) => void
}) {
  const t = useText()
  const prove = useProveKey()
  const update = useUpdateKey()
  const exported = useExportPublic()
  const problem = useProblem(prove.error ?? update.error ?? exported.error)
  const locked = key.unavailable !== null

  const forget = () => {
    prove.reset()
    update.reset()
    exported.reset()
  }
  const exportPublic = async () => {
    forget()
    const target = await hostFiles().pickTarget()
    if (target !== null)
      exported.mutate({
        id: key.id,
        target: target.id,
        fileName: fileNameFor(key.name, '-public.pem'),
      })
  }
  const toggle = () => {
    forget()
    if (key.state === 'active' && key.defaultFor.length > 0) ask({ kind: 'retire', key })
    else
      update.mutate({
        id: key.id,
        name: key.name,
        description: key.description,
        style: key.style,
        state: key.state === 'active' ? 'decrypt-only' : 'active',
        writes: key.writes,
      })
  }
  return (
    <section className="dsec">
      <div className="stack">
        <Act icon="edit" onClick={() => ask({ kind: 'edit', key })}>
          {t('keys:act.edit')}
        </Act>
        {key.kind === 'kms' && key.origin !== 'session' && (
          <Act icon="globe" onClick={() => ask({ kind: 'account', key })}>
            {t('remote:act.account')}
          </Act>
        )}
        {key.kind === 'rsa' && key.hasPrivate && !lacksBackup(key) && key.origin !== 'session' && (
          <Act
            icon="backup"
            disabled={locked}
            onClick={() => ask({ kind: 'backup', key, fresh: false })}
          >
            {t(key.backedUp === null ? 'keys:act.backup' : 'keys:act.backupAgain')}
          </Act>
        )}
        {key.kind === 'rsa' && (
          <Act icon="external" busy={exported.isPending} onClick={() => void exportPublic()}>
            {t(exported.isPending ? 'keys:exporting' : 'keys:act.export')}
          </Act>
        )}
        {key.hasPrivate && (
          <Act
            icon="refresh"
            busy={prove.isPending}
            disabled={locked}
            onClick={() => {
              forget()
              prove.mutate({ id: key.id })
            }}
          >
            {t(prove.isPending ? 'keys:act.proving' : 'keys:act.prove')}
          </Act>
        )}
        {key.hasPrivate && (
          <Act
            icon={key.state === 'active' ? 'pause' : 'play'}
            busy={update.isPending}
            onClick={toggle}
          >
            {t(key.state === 'active' ? 'keys:act.decryptOnly' : 'keys:act.active')}
          </Act>
        )}
        <Button
          kind="danger-quiet"
          icon="trash"
          className="left"
          onClick={() => ask({ kind: 'delete', key })}
        >
          {t('keys:act.delete')}
        </Button>
      </div>
      {problem !== null && <Message message={problem} alert />}
      {prove.isSuccess && <Message message={{ kind: 'ok', text: t('keys:proof.ok') }} alert />}
      {exported.isSuccess && (
        <Message
          message={{ kind: 'ok', text: t('keys:exported', { path: exported.data.savedAs }) }}
          alert
        />
      )}
    </section>
  )
}

function Act(props: Parameters<typeof Button>[0]) {
  return <Button kind="quiet" className="left" {...props} />
}
