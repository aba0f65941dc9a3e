import type { KeyFileFacts } from '../../../../shared/contract/models.ts'
import type { Grant } from '../../../../shared/contract/models-transfers.ts'
import { errorOf } from '../../../text/error-of.ts'
import { useText } from '../../../text/use-text.tsx'
import { Button } from '../../../ui/controls/button.tsx'
import { Field, type FieldMessage } from '../../../ui/controls/field.tsx'
import { useProblem } from '../../../ui/use-problem.ts'
import { FileBox } from '../../local-chooser/file-box.tsx'

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
  /** The file needs a passphrase. */
  readonly locked: boolean
  readonly reading: boolean
  /** The error of reading the file. */
  readonly cause: unknown
  readonly onTake: (grant: Grant) => void
}

/** A field for one key file, with the kind of key that the file holds. */
export function KeyFileBox({ file, facts, locked, reading, cause, onTake }: KeyFileBoxProps) {
  const t = useText()
  const problem = useProblem(locked ? null : cause)
  const factsText = () => {
    if (facts !== undefined)
      return t(facts.hasPrivate ? 'keys:imp.both' : 'keys:imp.public', {
        container: CONTAINER[facts.container],
        bits: facts.bits,
      })
    return reading ? t('keys:imp.reading') : locked ? t('keys:imp.closed') : ''
  }
  return (
    <FileBox
      file={file}
      icon="key"
      words={{
        drop: t('keys:imp.drop'),
        choose: t('keys:imp.choose'),
        another: t('keys:imp.another'),
        many: t('keys:imp.many'),
      }}
      facts={factsText()}
      problem={problem}
      onTake={onTake}
    />
  )
}

/**
 * The passphrase of a locked key file. It has a button of its own, because opening is not
 * importing.
 */
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
