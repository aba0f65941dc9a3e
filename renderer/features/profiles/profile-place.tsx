import { useState } from 'react'
import { useKeys } from '../../queries/keys.ts'
import { canEncryptIn } from '../../queries/profiles.ts'
import { shownName } from '../../text/shown-name.ts'
import { useLanguage, useText } from '../../text/use-text.tsx'
import { Field, type FieldMessage } from '../../ui/controls/field.tsx'
import { Select } from '../../ui/controls/select.tsx'
import { Swatches } from '../../ui/controls/swatches.tsx'
import { isWeak, markOf } from '../keys/key-words.ts'
import { badBucket, colours, endpointIn, placeProblem, withAddress } from './profile-form.ts'
import { addressIn } from './region-endpoint.ts'
import { regionNamed, regions } from './regions.ts'
import type { FormPart } from './profile-form.ts'

/** Name and colour, region and endpoint, and buckets the account cannot list. */
export function ProfilePlace({ form, change }: FormPart) {
  const t = useText()
  const language = useLanguage()
  const [custom, setCustom] = useState(form.endpoint !== '')
  const own = custom || form.endpoint !== ''
  const endpoint = endpointIn(form)
  // Nothing is called wrong while it is being typed.
  const [left, setLeft] = useState(true)
  const problem = placeProblem(form)
  const [bucket, setBucket] = useState<string | null>(null)
  const noted: FieldMessage | null =
    bucket === null ? null : { kind: 'ok', text: t('profiles:address.taken', { bucket }) }
  const leave = (text: string) => {
    setLeft(true)
    const address = withAddress(form, text)
    if (address !== null) {
      change(address)
      setBucket(addressIn(text)?.bucket ?? null)
    } else if (text === form.region && text.trim() !== '' && regionNamed(text) !== null)
      change({ region: regionNamed(text) ?? text })
  }
  return (
    <>
      <Field label={t('profiles:name')}>
        {(control) => (
          <div className="flex">
            <input
              {...control}
              className="input"
              maxLength={80}
              autoFocus
              autoComplete="off"
              value={form.name}
              onChange={(e) => change({ name: e.target.value })}
            />
            <Swatches
              label={t('profiles:colour')}
              colours={colours.map((value) => ({ value, label: t(`profiles:colour.${value}`) }))}
              value={form.colour}
              onChange={(colour) => change({ colour })}
            />
          </div>
        )}
      </Field>
      <Field
        label={t('profiles:region')}
        message={
          left && problem === 'region'
            ? {
                kind: 'bad',
                text: t('profiles:region.bad', { text: shownName(form.region.trim()) }),
              }
            : noted
        }
        hint={
          own ? undefined : (
            <>
              {endpoint === ''
                ? t('profiles:endpoint.later')
                : t('profiles:endpoint.is', { endpoint })}{' '}
              <button
                type="button"
                className="link"
                onClick={() => {
                  setCustom(true)
                  change({ endpoint })
                }}
              >
                {t('profiles:endpoint.change')}
              </button>
            </>
          )
        }
      >
        {(control) => (
          <>
            <input
              {...control}
              className="input"
              list={`${control.id}list`}
              autoComplete="off"
              spellCheck={false}
              placeholder={t('profiles:region.placeholder')}
              value={form.region}
              onChange={(e) => change({ region: e.target.value })}
              onFocus={() => setLeft(false)}
              onBlur={() => leave(form.region)}
            />
            <datalist id={`${control.id}list`}>
              {regions.map(([id, chinese, english]) => (
                <option key={id} value={id}>
                  {language === 'zh-CN' ? chinese : english}
                </option>
              ))}
            </datalist>
          </>
        )}
      </Field>
      {own && (
        <Field
          label={t('profiles:endpoint')}
          message={
            left && problem === 'endpoint'
              ? {
                  kind: 'bad',
                  text: t('profiles:endpoint.bad', { text: shownName(form.endpoint.trim()) }),
                }
              : null
          }
          hint={
            <button
              type="button"
              className="link"
              onClick={() => {
                setCustom(false)
                change({ endpoint: '' })
              }}
            >
              {t('profiles:endpoint.derive')}
            </button>
          }
        >
          {(control) => (
            <input
              {...control}
              className="input"
              autoComplete="off"
              spellCheck={false}
              inputMode="url"
              placeholder="https://oss-cn-hangzhou.aliyuncs.com"
              value={form.endpoint}
              onChange={(e) => change({ endpoint: e.target.value })}
              onFocus={() => setLeft(false)}
              onBlur={() => leave(form.endpoint)}
            />
          )}
        </Field>
      )}
    </>
  )
}

/** The master key of new uploads, and buckets to show that the account may not list. */
export function ProfileKey({ form, change, profile }: FormPart) {
  const t = useText()
  const keys =
    useKeys().data?.filter(
      (key) => canEncryptIn(key, profile ?? undefined) && !isWeak(key) && key.origin !== 'session',
    ) ?? []
  const [asked, setMore] = useState(false)
  const more = asked || form.buckets !== ''
  const bad = badBucket(form)
  return (
    <>
      <Field
        label={t('profiles:key')}
        hint={
          <>
            {keys.length === 0 && `${t('profiles:key.generateLater')} `}
            {!more && (
              <button type="button" className="link" onClick={() => setMore(true)}>
                {t('profiles:buckets.add')}
              </button>
            )}
          </>
        }
      >
        {(_, labelId) => (
          <Select
            labelledBy={labelId}
            icon="key"
            value={form.keyId}
            onChange={(keyId) => change({ keyId })}
            options={[
              { value: '', label: t('profiles:key.none') },
              ...keys.map((key) => ({
                value: key.id,
                text: key.name,
                label: (
                  <>
                    {key.name} <span className="mono faint">{markOf(key, 2)}</span>
                  </>
                ),
              })),
            ]}
          />
        )}
      </Field>
      {more && (
        <Field
          label={t('profiles:buckets')}
          hint={t('profiles:buckets.hint')}
          message={
            bad === null ? null : { kind: 'bad', text: t('profiles:buckets.bad', { name: bad }) }
          }
        >
          {(control) => (
            <textarea
              {...control}
              className={`input mono${bad === null ? '' : ' err'}`}
              rows={2}
              spellCheck={false}
              value={form.buckets}
              onChange={(e) => change({ buckets: e.target.value })}
            />
          )}
        </Field>
      )}
    </>
  )
}
