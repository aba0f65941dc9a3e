import { useState } from 'react'
import type { MasterKey } from '../../../../shared/contract/models.ts'
import { hostFiles } from '../../../queries/core.ts'
import { useBackupKey } from '../../../queries/keys.ts'
import { shownName } from '../../../text/shown-name.ts'
import { useRich, useText } from '../../../text/use-text.tsx'
import { Button } from '../../../ui/controls/button.tsx'
import { Dialog } from '../../../ui/controls/dialog.tsx'
import { Field, Message } from '../../../ui/controls/field.tsx'
import { Note } from '../../../ui/note.tsx'
import { useProblem } from '../../../ui/use-problem.ts'
import { fileNameFor } from '../key-words.ts'
import { isFit, NO_PASSPHRASE, PassphraseFields } from '../fields/passphrase-fields.tsx'

/**
 * Saves the private half as one file that a passphrase protects. `fresh`: the key is new, so the
 * second button says Later.
 */
export function KeyBackupDialog({
  masterKey: key,
  fresh = false,
  onClose,
}: {
  readonly masterKey: MasterKey
  readonly fresh?: boolean
  readonly onClose: () => void
}) {
  const t = useText()
  const rich = useRich()
  const [passphrase, setPassphrase] = useState(NO_PASSPHRASE)
  const [fileName, setFileName] = useState(() => fileNameFor(key.name, '-backup.pem'))
  const backup = useBackupKey()
  const problem = useProblem(backup.error)
  const name = shownName(key.name)

  const save = async () => {
    const target = await hostFiles().pickTarget()
    if (target !== null)
      backup.mutate({
        id: key.id,
        passphrase: passphrase.first,
        target: target.id,
        fileName: fileName.trim(),
      })
  }
  if (backup.isSuccess)
    return (
      <BackupSaved
        title={t('keys:backup.title', { name })}
        path={backup.data.savedAs}
        onClose={onClose}
      />
    )
  return (
    <Dialog
      title={t('keys:backup.title', { name })}
      subtitle={t('keys:backup.sub')}
      onClose={onClose}
      footer={
        <>
          <span className="hint grow">{t('keys:backup.foot')}</span>
          <Button onClick={onClose}>{t(fresh ? 'keys:act.later' : 'keys:act.cancel')}</Button>
          <Button
            kind="primary"
            disabled={!isFit(passphrase) || fileName.trim() === ''}
            busy={backup.isPending}
            onClick={() => void save()}
          >
            {t(backup.isPending ? 'keys:backup.busy' : 'keys:backup.do')}
          </Button>
        </>
      }
    >
      {fresh && (
        <Note kind="encrypted" icon="done">
          {rich('keys:backup.made', {}, { name })}
        </Note>
      )}
      <div className="form">
        <PassphraseFields
          value={passphrase}
          onChange={setPassphrase}
          hint={t('keys:backup.hint')}
          autoFocus
        />
        <Field label={t('keys:backup.file')}>
          {(control) => (
            <input
              {...control}
              className="input"
              autoComplete="off"
              spellCheck={false}
              maxLength={200}
              value={fileName}
              onChange={(e) => setFileName(e.target.value)}
            />
          )}
        </Field>
      </div>
      {problem !== null && <Message message={problem} alert />}
    </Dialog>
  )
}

function BackupSaved({
  title,
  path,
  onClose,
}: {
  readonly title: string
  readonly path: string
  readonly onClose: () => void
}) {
  const t = useText()
  const rich = useRich()
  const { reveal } = hostFiles()
  return (
    <Dialog
      title={title}
      onClose={onClose}
      footer={
        <>
          <span className="grow" />
          {reveal !== null && (
            <Button icon="external" onClick={() => void reveal(path)}>
              {t('keys:act.show')}
            </Button>
          )}
          <Button kind="primary" autoFocus onClick={onClose}>
            {t('keys:backup.close')}
          </Button>
        </>
      }
    >
      <Note kind="encrypted" icon="done">
        {rich('keys:backup.saved', {})}
      </Note>
      <dl className="facts">
        <dt>{t('keys:backup.savedAs')}</dt>
        <dd>{path}</dd>
      </dl>
    </Dialog>
  )
}
