import { useState, type DragEvent } from 'react'
import type { KeyFileFacts } from '../../../../shared/contract/models.ts'
import type { Grant } from '../../../../shared/contract/models-transfers.ts'
import { sentence } from '../../../../shared/contract/sentences/sentences.ts'
import { errorOf, hostFiles } from '../../../queries/core.ts'
import { shownName } from '../../../text/shown-name.ts'
import { useLanguage, useText } from '../../../text/use-text.tsx'
import { Button } from '../../../ui/controls/button.tsx'
import { Field, Message, type FieldMessage } from '../../../ui/controls/field.tsx'
import { Icon } from '../../../ui/icon.tsx'
import { useProblem } from '../../../ui/use-sentence.ts'

const CONTAINER: Readonly<Record<KeyFileFacts['container'], string>> = {
  pkcs1: 'PKCS#1',
  pkcs8: 'PKCS#8',
  'encrypted-pkcs8': 'PKCS#8',
  'legacy-encrypted': 'PEM',
  spki: 'SPKI',
  'pkcs1-public': 'PKCS#1',
  pkcs12: 'PKCS#12',
  certificate: 'X.509',
  openssh: 'OpenSSH',
  jwk: 'JWK',
  'rsa-xml': 'XML',
}

export interface KeyFileBoxProps {
  readonly file: Grant | null
  readonly facts: KeyFileFacts | undefined
  readonly closed: boolean
  readonly reading: boolean
  readonly cause: unknown
  readonly onChoose: () => void
  readonly onTake: (grant: Grant) => void
}

/** Where a key file is dropped or chosen, and then what it is. */
export function KeyFileBox({
  file,
  facts,
  closed,
  reading,
  cause,
  onChoose,
  onTake,
}: KeyFileBoxProps) {
  const t = useText()
  const language = useLanguage()
  const [over, setOver] = useState(false)
  const [refused, setRefused] = useState<FieldMessage | null>(null)
  const problem = useProblem(closed ? null : cause)
  const drop = async (event: DragEvent) => {
    event.preventDefault()
    setOver(false)
    // Asked before any await: afterwards the browser has emptied the transfer.
    const grants = await hostFiles()
      .dropped(event.dataTransfer, () => undefined)
      .catch((cause: unknown) => errorOf(cause))
    if ('code' in grants)
      return setRefused({ kind: 'bad', text: sentence(grants, language), error: grants })
    const [only, ...more] = grants
    const fits = only?.kind === 'file' && more.length === 0
    setRefused(fits ? null : { kind: 'bad', text: t('keys:imp.many') })
    if (fits) onTake(only)
  }
  const zone = {
    onDragOver: (event: DragEvent) => {
      event.preventDefault()
      setOver(true)
    },
    onDragLeave: () => setOver(false),
    onDrop: (event: DragEvent) => void drop(event),
  }
  const what = () => {
    if (facts !== undefined)
      return t(facts.hasPrivate ? 'keys:imp.both' : 'keys:imp.public', {
        container: CONTAINER[facts.container],
        bits: facts.bits,
      })
    return reading ? t('keys:imp.reading') : closed ? t('keys:imp.closed') : ''
  }
  return (
    <div className="field">
      {file === null ? (
        <div className={`drop${over ? ' over' : ''}`} {...zone}>
          <Icon name="key" />
          <b className="strong">{t('keys:imp.drop')}</b>
          <div className="flex">
            <Button size="sm" autoFocus onClick={onChoose}>
              {t('keys:imp.choose')}
            </Button>
          </div>
        </div>
      ) : (
        <div className="box" {...zone}>
          <div className="line tall">
            <Icon name="key" />
            <div className="grow">
              <span className="medium">{shownName(file.name)}</span>
              <br />
              <span className="faint small">{what()}</span>
            </div>
            <Button size="sm" onClick={onChoose}>
              {t('keys:imp.another')}
            </Button>
          </div>
        </div>
      )}
      {(refused ?? problem) !== null && (
        <Message message={(refused ?? problem) as FieldMessage} alert />
      )}
    </div>
  )
}

/** The passphrase of a closed key file, with its own button, since opening is not importing. */
export function PassphraseField({
  value,
  opened,
  cause,
  busy,
  onChange,
  onOpen,
}: {
  readonly value: string
  readonly opened: boolean
  readonly cause: unknown
  readonly busy: boolean
  readonly onChange: (typed: string) => void
  readonly onOpen: () => void
}) {
  const t = useText()
  const wrong = useProblem(cause !== null && isWrong(cause) ? cause : null)
  const message: FieldMessage | null = opened
    ? { kind: 'ok', text: t('keys:imp.opened'), icon: 'check' }
    : wrong
  return (
    <Field label={t('keys:imp.passphrase')} hint={t('keys:imp.passphrase.hint')} message={message}>
      {(control) => (
        <div className="flex">
          <input
            {...control}
            className={`input${wrong === null ? '' : ' err'}`}
            type="password"
            autoComplete="off"
            autoFocus
            value={value}
            onChange={(e) => onChange(e.target.value)}
            onKeyDown={(e) => {
              if (e.key === 'Enter' && !e.ctrlKey && !e.metaKey && !opened && value !== '') {
                e.preventDefault()
                onOpen()
              }
            }}
          />
          {!opened && (
            <Button disabled={value === ''} busy={busy} onClick={onOpen}>
              {t('keys:imp.open')}
            </Button>
          )}
        </div>
      )}
    </Field>
  )
}

function isWrong(cause: unknown): boolean {
  const error = errorOf(cause)
  return error.code === 'key-import' && error.problem === 'wrong-passphrase'
}
