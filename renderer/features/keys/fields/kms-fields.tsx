import { useState } from 'react'
import type { KmsListedKey } from '../../../../shared/contract/models-keys.ts'
import { useListKms } from '../../../queries/keys.ts'
import { useProfiles } from '../../../queries/profiles.ts'
import { shownName } from '../../../text/shown-name.ts'
import { useText } from '../../../text/use-text.tsx'
import { Button } from '../../../ui/controls/button.tsx'
import { Field } from '../../../ui/controls/field.tsx'
import { Segmented } from '../../../ui/controls/segmented.tsx'
import { Select } from '../../../ui/controls/select.tsx'
import { useProblem } from '../../../ui/use-problem.ts'
import { useAccountWords } from '../key-remote-facts.tsx'
import {
  canAsk,
  isContext,
  keepsPassphrase,
  kmsFormOf,
  kmsPlaceInput,
  type KmsAccount,
  type KmsPart,
} from './kms-form.ts'

/** Region, endpoint and account of KMS. Rows of a `.form`. */
export function KmsPlaceFields({ form, change, stored }: KmsPart) {
  const t = useText()
  const profiles = useProfiles().data?.filter((profile) => profile.kind !== 'practice') ?? []
  const accountWords = useAccountWords()
  const accounts = [
    ...(stored?.kms && kmsFormOf(stored, null).account === 'keep'
      ? [
          {
            value: 'keep',
            label: t('remote:kms.account.keep', { account: accountWords(stored.kms).text }),
          },
        ]
      : []),
    ...profiles.map((profile) => ({
      value: profile.id,
      label: t('remote:account.profile', { profile: shownName(profile.name) }),
    })),
    { value: 'own', label: t('remote:kms.account.own') },
  ]
  // A region that a profile brought leaves with that profile. A typed region stays.
  const choose = (account: KmsAccount) => {
    const regionOf = (id: string) => profiles.find((profile) => profile.id === id)?.region
    const follows =
      stored === null && (form.region === '' || form.region === regionOf(form.account))
    change({ account, ...(follows && { region: regionOf(account) ?? form.region }) })
  }
  return (
    <>
      <Field label={t('remote:fact.region')}>
        {(control) => (
          <input
            {...control}
            className="input"
            autoFocus
            autoComplete="off"
            spellCheck={false}
            maxLength={64}
            placeholder="cn-hangzhou"
            value={form.region}
            onChange={(e) => change({ region: e.target.value })}
          />
        )}
      </Field>
      <Field label={t('remote:fact.endpoint')} hint={t('remote:kms.endpoint.hint')}>
        {(control) => (
          <input
            {...control}
            className="input"
            autoComplete="off"
            spellCheck={false}
            inputMode="url"
            maxLength={300}
            placeholder="https://kms-vpc.cn-hangzhou.aliyuncs.com"
            value={form.endpoint}
            onChange={(e) => change({ endpoint: e.target.value })}
          />
        )}
      </Field>
      <Field label={t('remote:fact.account')}>
        {(_, labelId) => (
          <Select labelledBy={labelId} value={form.account} onChange={choose} options={accounts} />
        )}
      </Field>
      {form.account === 'own' && <OwnAccount form={form} change={change} stored={stored} />}
    </>
  )
}

function OwnAccount({ form, change }: KmsPart) {
  const t = useText()
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
            onChange={(e) => change({ accessKeyId: e.target.value })}
          />
        )}
      </Field>
      <Field label={t('profiles:secret')}>
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
      <Field label={t('profiles:token')} hint={t('remote:kms.token.hint')}>
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
    </>
  )
}

/** The key: typed, or picked from the list of KMS. */
export function KmsKeyField({ form, change }: KmsPart) {
  const t = useText()
  const list = useListKms()
  const [asked, setAsked] = useState('')
  const problem = useProblem(list.error)
  const place = JSON.stringify(kmsPlaceInput(form))
  // A list belongs to the region and account that it was asked from.
  const keys = list.data !== undefined && asked === place ? list.data : null
  const show = () => {
    setAsked(place)
    list.mutate(kmsPlaceInput(form))
  }
  const none =
    keys !== null && keys.length === 0
      ? { kind: 'warn' as const, text: t('remote:kms.list.none') }
      : null
  return (
    <Field
      label={t('remote:fact.cmk')}
      hint={t('remote:kms.cmk.hint')}
      message={asked === place && problem !== null ? problem : none}
    >
      {(control) => (
        <>
          <div className="flex">
            <input
              {...control}
              className="input mono"
              autoComplete="off"
              spellCheck={false}
              maxLength={256}
              placeholder="alias/studio"
              value={form.cmkId}
              onChange={(e) => change({ cmkId: e.target.value })}
            />
            <Button disabled={!canAsk(form)} busy={list.isPending} onClick={show}>
              {t(list.isPending ? 'remote:kms.listing' : 'remote:kms.list')}
            </Button>
          </div>
          {keys !== null && keys.length > 0 && (
            <Select
              label={t('remote:kms.list.label')}
              value={form.cmkId}
              onChange={(cmkId) => change({ cmkId })}
              options={keys.flatMap(optionsOf)}
              {...(!keys.some(
                (key) => key.id === form.cmkId || key.aliases.includes(form.cmkId),
              ) && {
                shown: (
                  <span className="faint">{t('remote:kms.list.pick', { count: keys.length })}</span>
                ),
              })}
            />
          )}
        </>
      )}
    </Field>
  )
}

/**
 * Lists a key under each of its aliases, else under its id. An alias can later point to another
 * key; old envelopes still open.
 */
function optionsOf({ id, aliases }: KmsListedKey) {
  const names = aliases.length === 0 ? [id] : [...aliases, id]
  return names.map((name) => ({
    value: name,
    text: name,
    label: (
      <>
        {name === id ? <span className="mono">{id}</span> : shownName(name)}
        {name !== id && (
          <>
            {' '}
            <span className="mono faint">{id}</span>
          </>
        )}
      </>
    ),
  }))
}

/** The needs of KMS besides the key: nothing, pairs, or oss2's passphrase. */
export function KmsContextField({ form, change, stored }: KmsPart) {
  const t = useText()
  const kind = form.contextKind
  const bad = kind === 'pairs' && form.context.trim() !== '' && !isContext(form.context)
  const hint =
    kind === 'none'
      ? {}
      : {
          hint: t(
            keepsPassphrase(form, stored)
              ? 'profiles:secret.kept'
              : `remote:kms.context.${kind}.hint`,
          ),
        }
  return (
    <Field
      label={t('remote:fact.context')}
      {...hint}
      message={bad ? { kind: 'bad', text: t('remote:kms.context.bad') } : null}
    >
      {(control, labelId) => (
        <>
          <Segmented
            labelledBy={labelId}
            value={kind}
            onChange={(contextKind) => change({ contextKind })}
            options={[
              { value: 'none', label: t('remote:context.none') },
              { value: 'pairs', label: t('remote:kms.context.pairs') },
              { value: 'passphrase', label: t('keys:backup.passphrase') },
            ]}
          />
          {kind === 'pairs' && (
            <textarea
              {...control}
              aria-label={t('remote:kms.context.pairs')}
              className={`input mono${bad ? ' err' : ''}`}
              rows={2}
              spellCheck={false}
              autoComplete="off"
              placeholder={'{"team": "studio"}'}
              value={form.context}
              onChange={(e) => change({ context: e.target.value })}
            />
          )}
          {kind === 'passphrase' && (
            <input
              {...control}
              aria-label={t('keys:backup.passphrase')}
              className="input"
              type="password"
              autoComplete="off"
              value={form.passphrase}
              onChange={(e) => change({ passphrase: e.target.value })}
            />
          )}
        </>
      )}
    </Field>
  )
}
