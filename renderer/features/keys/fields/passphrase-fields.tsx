import { useEffect, useState } from 'react'
import { useText } from '../../../text/use-text.tsx'
import { Field, type FieldMessage } from '../../../ui/controls/field.tsx'
import { LEAST_PASSPHRASE, strengthOf, type Strength } from './passphrase-strength.ts'

export interface NewPassphrase {
  readonly first: string
  readonly again: string
}

export const NO_PASSPHRASE: NewPassphrase = { first: '', again: '' }

export const isFit = ({ first, again }: NewPassphrase): boolean =>
  [...first].length >= LEAST_PASSPHRASE && first === again

const KIND: Readonly<Record<Strength, FieldMessage['kind']>> = {
  poor: 'bad',
  weak: 'warn',
  fair: 'ok',
  strong: 'ok',
}

/** Two fields for a new passphrase, with its strength in words. Two rows of a `.form`. */
export function PassphraseFields({
  value,
  onChange,
  hint,
  autoFocus = false,
}: {
  readonly value: NewPassphrase
  readonly onChange: (value: NewPassphrase) => void
  readonly hint: string
  readonly autoFocus?: boolean
}) {
  const t = useText()
  const { first, again } = value
  return (
    <>
      <Field label={t('keys:backup.passphrase')} hint={hint} message={useStrength(first)}>
        {(control) => (
          <input
            {...control}
            className="input"
            type="password"
            autoComplete="new-password"
            autoFocus={autoFocus}
            value={first}
            onChange={(e) => onChange({ first: e.target.value, again })}
          />
        )}
      </Field>
      <Field
        label={t('keys:backup.again')}
        message={
          again === ''
            ? null
            : again === first
              ? { kind: 'ok', text: t('keys:backup.same') }
              : { kind: 'warn', text: t('keys:backup.differs') }
        }
      >
        {(control) => (
          <input
            {...control}
            className="input"
            type="password"
            autoComplete="new-password"
            value={again}
            onChange={(e) => onChange({ first, again: e.target.value })}
          />
        )}
      </Field>
    </>
  )
}

/** Returns the strength in words. Without the library's lists only the length is judged. */
function useStrength(passphrase: string): FieldMessage | null {
  const t = useText()
  const [strength, setStrength] = useState<Strength | null>(null)
  const isShort = [...passphrase].length < LEAST_PASSPHRASE
  useEffect(() => {
    if (isShort) return
    let isCurrent = true
    strengthOf(passphrase).then(
      (estimated) => {
        if (isCurrent) setStrength(estimated)
      },
      () => setStrength(null),
    )
    return () => {
      isCurrent = false
    }
  }, [passphrase, isShort])
  if (passphrase === '') return null
  if (isShort) return { kind: 'bad', text: t('keys:backup.short') }
  return strength === null ? null : { kind: KIND[strength], text: t(`keys:strength.${strength}`) }
}
