import type { MasterKey } from '../../../shared/contract/models.ts'
import { lacksBackup } from '../../queries/keys.ts'
import { useSecrets } from '../../queries/secrets.ts'
import { fingerprintGroups } from '../../text/quantities.ts'
import { shownName } from '../../text/shown-name.ts'
import { useQuantities } from '../../text/use-quantities.ts'
import { useRich, useText } from '../../text/use-text.tsx'
import { Button } from '../../ui/controls/button.tsx'
import { Facts, Mono } from '../../ui/facts.tsx'
import { Note } from '../../ui/note.tsx'
import { KeyActions } from './key-actions.tsx'
import { RemoteFacts } from './key-remote-facts.tsx'
import { KeyUnavailable } from './key-unavailable.tsx'
import { isWeak, spokenFingerprint, useDay, useKeyWords } from './key-words.ts'
import type { KeyAsk } from './dialogs/key-ask.ts'
import { writesText } from './fields/writes-field.tsx'

/** Shows everything about one master key, with its actions. */
export function KeyDetails({
  masterKey: key,
  ask,
}: {
  readonly masterKey: MasterKey
  readonly ask: (what: KeyAsk) => void
}) {
  const t = useText()
  const rich = useRich()
  return (
    <aside className="details" data-region="details" tabIndex={-1} aria-label={t('keys:details')}>
      <div className="dh flex-h">
        <h2 className="grow">{shownName(key.name)}</h2>
      </div>
      <section className="dsec">
        {key.unavailable !== null && <KeyUnavailable masterKey={key} ask={ask} />}
        {lacksBackup(key) && (
          <Note
            kind="warn"
            icon="alert"
            actions={
              <Button
                size="sm"
                icon="backup"
                disabled={key.unavailable !== null}
                onClick={() => ask({ kind: 'backup', key, fresh: false })}
              >
                {t('keys:act.backup')}
              </Button>
            }
          >
            {rich('keys:noBackup', {})}
          </Note>
        )}
        {isWeak(key) && (
          <Note kind="warn" icon="alert">
            {rich('keys:weak', {}, { bits: key.bits })}
          </Note>
        )}
        {key.kind === 'kms' && <Note icon="cloud-key">{rich('remote:note.kms', {})}</Note>}
        {key.kind === 'command' && <Note icon="program">{rich('remote:note.program', {})}</Note>}
        {!key.hasPrivate && <Note icon="half">{rich('keys:publicOnly', {})}</Note>}
        {key.kind === 'rsa' ? <KeyFacts masterKey={key} /> : <RemoteFacts masterKey={key} />}
      </section>
      <KeyUse masterKey={key} />
      <KeyActions masterKey={key} ask={ask} />
    </aside>
  )
}

function KeyFacts({ masterKey: key }: { readonly masterKey: MasterKey }) {
  const t = useText()
  const q = useQuantities()
  const day = useDay()
  const words = useKeyWords()
  const place = useSecrets().data?.place ?? 'keychain'
  const half = () => {
    if (!key.hasPrivate) return t('keys:private.none')
    if (key.unavailable !== null) return t('keys:private.unavailable')
    if (key.origin === 'session') return t('keys:private.session')
    if (key.origin === 'sample') return t('keys:private.sample')
    return t(place === 'keychain' ? 'keys:private.keychain' : 'keys:private.file')
  }
  return (
    <Facts
      rows={[
        [t('keys:fact.state'), words.state(key)],
        [
          t('keys:fact.description'),
          key.description === '' ? (
            <span className="tw-warn">{t('keys:description.empty')}</span>
          ) : (
            <Mono text={shownName(key.description)} />
          ),
        ],
        [
          t('keys:fact.fingerprint'),
          <>
            <span className="mono" aria-hidden="true">
              {fingerprintGroups(key.fingerprint)}
            </span>
            <span className="sr">{spokenFingerprint(key.fingerprint)}</span>
          </>,
        ],
        [
          t('keys:fact.kind'),
          t(key.hasPrivate ? 'keys:kind.both' : 'keys:kind.public', { bits: key.bits }),
        ],
        ...(key.writes === 'v2'
          ? []
          : [[t('remote:fact.writes'), writesText(key.kind, key.writes, t)] as const]),
        [t('keys:fact.made'), t(`keys:made.${key.origin}`, { time: day(key.created) })],
        [t('keys:fact.private'), half()],
        ...(key.backedUp === null ? [] : [[t('keys:fact.backup'), day(key.backedUp)] as const]),
        ...(key.hasPrivate
          ? [
              [
                t('keys:fact.tried'),
                key.proven === null ? t('keys:tried.never') : q.time(key.proven),
              ] as const,
            ]
          : []),
      ]}
    />
  )
}

function KeyUse({ masterKey: key }: { readonly masterKey: MasterKey }) {
  const t = useText()
  const q = useQuantities()
  const words = useKeyWords()
  const objects = key.seen.reduce((sum, one) => sum + one.objects, 0)
  const seen =
    objects === 0
      ? t('keys:seen.none')
      : t('keys:seen', {
          count: objects,
          shown: q.count(objects),
          buckets: t('keys:buckets', { count: key.seen.length }),
        })
  return (
    <section className="dsec">
      <h3>{t('keys:used')}</h3>
      <Facts
        rows={[
          [t('keys:fact.default'), words.wholePlaces(key) || t('keys:used.nowhere')],
          [t('keys:fact.seen'), seen],
        ]}
      />
      <p className="hint">{t('keys:seen.hint')}</p>
    </section>
  )
}
