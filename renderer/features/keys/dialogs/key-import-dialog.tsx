import { useState } from 'react'
import type { Grant } from '../../../../shared/contract/models-transfers.ts'
import { useImportKey, useInspectKey, useKeys } from '../../../queries/keys.ts'
import { fingerprintGroups } from '../../../text/quantities.ts'
import { errorOf } from '../../../text/error-of.ts'
import { useText } from '../../../text/use-text.tsx'
import { Button } from '../../../ui/controls/button.tsx'
import { Radio } from '../../../ui/controls/checkbox.tsx'
import { Dialog } from '../../../ui/controls/dialog.tsx'
import { Message, type FieldMessage } from '../../../ui/controls/field.tsx'
import { Note } from '../../../ui/note.tsx'
import { useProblem } from '../../../ui/use-problem.ts'
import {
  DescriptionFields,
  useDescription,
  type Description,
} from '../fields/description-field.tsx'
import { KeyFileBox, PassphraseField } from '../fields/key-file-box.tsx'
import { isWeak, spokenFingerprint } from '../key-words.ts'
import { NameField, useFreeName } from '../fields/name-field.tsx'

export interface KeyImportDialogProps {
  /** The description that was missing; '' if none was. */
  readonly description?: string
  /** Name of the object or file that needs the key. */
  readonly forObject?: string
  readonly onClose: () => void
}

/**
 * Imports a key from a file: take the file, open it, show its facts, import it. The file is only
 * read.
 */
export function KeyImportDialog({
  description: wanted = '',
  forObject,
  onClose,
}: KeyImportDialogProps) {
  const t = useText()
  const keys = useKeys().data ?? []
  const [file, setFile] = useState<Grant | null>(null)
  const [passphrase, setPassphrase] = useState('')
  const [name, setName] = useState('')
  const [description, setDescription] = useState<Description>({ text: wanted, style: 'compact' })
  const [use, setUse] = useState<'decrypt-only' | 'active'>('decrypt-only')
  const inspect = useInspectKey()
  const imported = useImportKey()
  const facts = inspect.data
  // The same key is here already: an import adds or restores its private half.
  const twin = keys.find(
    (key) => key.fingerprint === facts?.fingerprint && key.origin !== 'session',
  )
  const checked = useDescription(description, twin?.id ?? null)
  const problem = useProblem(imported.error)
  const named = useFreeName(name, twin?.id ?? null)
  const fit =
    file !== null && facts !== undefined && facts.alreadyHere === null && named.fit && checked.fit

  const open = (grant: Grant, typed: string | null) =>
    inspect.mutate(
      { grant: grant.id, passphrase: typed },
      {
        onSuccess(found) {
          const known = keys.find(
            (key) => key.fingerprint === found.fingerprint && key.origin !== 'session',
          )
          setName((before) => before || (known?.name ?? withoutEnding(grant.name)))
          if (wanted === '' && known !== undefined)
            setDescription({ text: known.description, style: known.style })
          // A public half can only encrypt.
          setUse(found.hasPrivate ? 'decrypt-only' : 'active')
        },
      },
    )
  const take = (grant: Grant) => {
    setFile(grant)
    setPassphrase('')
    setName('')
    imported.reset()
    open(grant, null)
  }
  const doImport = () => {
    if (file !== null)
      imported.mutate(
        {
          grant: file.id,
          passphrase: passphrase === '' ? null : passphrase,
          name: name.trim(),
          description: description.text,
          style: description.style,
          use,
        },
        { onSuccess: onClose },
      )
  }
  const from: FieldMessage | null =
    wanted !== '' && description.text === wanted
      ? {
          kind: 'ok',
          text:
            forObject === undefined
              ? t('keys:desc.asked')
              : t('keys:desc.from', { name: forObject }),
        }
      : null
  return (
    <Dialog
      title={t('keys:imp.title')}
      subtitle={t('keys:imp.sub')}
      onClose={onClose}
      footer={
        <>
          <span className="hint grow">{t('keys:imp.foot')}</span>
          <Button onClick={onClose}>{t('keys:act.cancel')}</Button>
          <Button kind="primary" disabled={!fit} busy={imported.isPending} onClick={doImport}>
            {t(imported.isPending ? 'keys:imp.busy' : 'keys:imp.do')}
          </Button>
        </>
      }
    >
      <KeyFileBox
        file={file}
        facts={facts}
        locked={isClosed(inspect.error)}
        reading={inspect.isPending}
        cause={inspect.error}
        onTake={take}
      />
      {file !== null && (isClosed(inspect.error) || passphrase !== '') && (
        <div className="form">
          <PassphraseField
            value={passphrase}
            opened={facts !== undefined}
            cause={inspect.error}
            busy={inspect.isPending}
            onChange={(typed) => {
              setPassphrase(typed)
              if (facts !== undefined) inspect.reset()
            }}
            onOpen={() => open(file, passphrase)}
          />
        </div>
      )}
      {facts !== undefined && facts.alreadyHere !== null && (
        <Note icon="info">{t('keys:imp.here', { name: facts.alreadyHere })}</Note>
      )}
      {facts !== undefined && facts.alreadyHere === null && (
        <>
          {twin !== undefined && (
            <Note kind="encrypted" icon="key">
              {t('keys:imp.joins', { name: twin.name })}
            </Note>
          )}
          {isWeak(facts) && (
            <Note kind="warn" icon="alert">
              {t('keys:imp.weak', { bits: facts.bits })}
            </Note>
          )}
          <div className="form">
            <NameField value={name} onChange={setName} taken={named.taken} />
            <span className="label">{t('keys:col.fingerprint')}</span>
            <span className="mono lh cut">
              <span aria-hidden="true">{fingerprintGroups(facts.fingerprint, 8)} …</span>
              <span className="sr">{spokenFingerprint(facts.fingerprint)}</span>
            </span>
            <DescriptionFields
              value={description}
              onChange={setDescription}
              checked={checked}
              note={from}
            />
            <span className="label flat" id="import-use">
              {t('keys:imp.use')}
            </span>
            <div className="stack" role="radiogroup" aria-labelledby="import-use">
              {facts.hasPrivate && (
                <Radio
                  name="use"
                  checked={use === 'decrypt-only'}
                  onChoose={() => setUse('decrypt-only')}
                >
                  {t('keys:imp.use.decrypt')}
                </Radio>
              )}
              <Radio name="use" checked={use === 'active'} onChoose={() => setUse('active')}>
                {t(facts.hasPrivate ? 'keys:imp.use.both' : 'keys:imp.use.encrypt')}
              </Radio>
            </div>
          </div>
        </>
      )}
      {problem !== null && <Message message={problem} alert />}
    </Dialog>
  )
}

/** True if the file needs a passphrase that is not known yet. */
function isClosed(cause: unknown): boolean {
  if (cause === null) return false
  const error = errorOf(cause)
  return (
    error.code === 'key-import' &&
    (error.problem === 'needs-passphrase' || error.problem === 'wrong-passphrase')
  )
}

/** Also works without a name: oss2's files are called `.private_key.pem`. */
const withoutEnding = (name: string): string =>
  name
    .replace(/^\.+/, '')
    .replace(/\.(pem|p12|pfx|key|der|crt|cer|pub)$/i, '')
    .slice(0, 80)
