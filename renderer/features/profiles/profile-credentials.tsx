import { useState } from 'react'
import { useSecrets } from '../../queries/secrets.ts'
import { useText } from '../../text/use-text.tsx'
import { Field } from '../../ui/controls/field.tsx'
import { placeName } from './profile-found.tsx'
import { keepsSecret, type FormPart } from './profile-form.ts'

/**
 * AccessKey id, secret and STS token. A stored or found secret is never shown. Typing one replaces
 * it.
 */
export function ProfileCredentials({ form, change, profile }: FormPart) {
  const t = useText()
  const place = useSecrets().data?.place ?? 'keychain'
  const [token, setToken] = useState(profile?.hasToken ?? false)
  const kept = keepsSecret(form, profile)
  const addToken = !token && form.found === null && (
    <>
      {' '}
      <button type="button" className="link" onClick={() => setToken(true)}>
        {t('profiles:token.add')}
      </button>
    </>
  )
  return (
    <>
      <Field label={t('profiles:id')}>
        {(control) => (
          <input
            {...control}
            className="input mono"
            autoComplete="off"
            spellCheck={false}
            maxLength={256}
            value={form.accessKeyId}
            onChange={(e) => change({ accessKeyId: e.target.value, found: null })}
          />
        )}
      </Field>
      {form.found !== null ? (
        <>
          <span className="label">{t('profiles:secret')}</span>
          <span className="lh">
            {t('profiles:secret.found', { place: placeName(form.found, t) })}{' '}
            <button type="button" className="link" onClick={() => change({ found: null })}>
              {t('profiles:secret.type')}
            </button>
          </span>
        </>
      ) : (
        <Field
          label={t('profiles:secret')}
          hint={
            <>
              {t(
                kept
                  ? 'profiles:secret.kept'
                  : place === 'keychain'
                    ? 'profiles:secret.keychain'
                    : 'profiles:secret.file',
              )}
              {addToken}
            </>
          }
        >
          {(control) => (
            <input
              {...control}
              className="input"
              type="password"
              autoComplete="off"
              value={form.secret}
              onChange={(e) => change({ secret: e.target.value })}
            />
          )}
        </Field>
      )}
      {token && form.found === null && (
        <Field label={t('profiles:token')} hint={t('profiles:token.hint')}>
          {(control) => (
            <input
              {...control}
              className="input"
              type="password"
              autoComplete="off"
              value={form.token}
              onChange={(e) => change({ token: e.target.value })}
            />
          )}
        </Field>
      )}
    </>
  )
}
