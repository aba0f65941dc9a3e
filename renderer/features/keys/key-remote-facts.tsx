import type { KmsKeyFacts, MasterKey } from '../../../shared/contract/models.ts'
import { useProfiles } from '../../queries/profiles.ts'
import { graphemes, shownName } from '../../text/shown-name.ts'
import { useQuantities } from '../../text/use-quantities.ts'
import { useText } from '../../text/use-text.tsx'
import { Facts, Mono } from '../../ui/facts.tsx'
import { markOf, useDay, useKeyWords } from './key-words.ts'
import { writesText } from './fields/writes-field.tsx'

/** The column holds ten characters of its fixed-width face. Ids differ at both ends. */
function short(name: string): string {
  const letters = graphemes(name)
  return letters.length <= 10
    ? name
    : `${letters.slice(0, 5).join('')}…${letters.slice(-4).join('')}`
}

/** The key in KMS or the program, in place of a fingerprint. */
export function RemoteMark({ masterKey: key }: { readonly masterKey: MasterKey }) {
  const name = shownName(markOf(key, 2))
  const cut = short(name)
  const whole = shownName(key.kms?.cmkId ?? key.command?.program ?? '')
  return (
    <span title={whole}>
      {cut === name ? (
        name
      ) : (
        <>
          <span aria-hidden="true">{cut}</span>
          <span className="sr">{name}</span>
        </>
      )}
    </span>
  )
}

/** Returns the account that calls KMS. `gone`: its profile was removed. */
export function useAccountWords(): (kms: KmsKeyFacts) => {
  readonly text: string
  readonly gone: boolean
} {
  const t = useText()
  const profiles = useProfiles().data
  return ({ profileId, accessKeyId }) => {
    if (profileId === null)
      return { text: t('remote:account.own', { id: shownName(accessKeyId) }), gone: false }
    // Profiles that are still loading are not gone.
    if (profiles === undefined) return { text: '', gone: false }
    const profile = profiles.find((one) => one.id === profileId)
    return profile === undefined
      ? { text: t('remote:account.gone'), gone: true }
      : { text: t('remote:account.profile', { profile: shownName(profile.name) }), gone: false }
  }
}

/** The facts of a key in KMS or behind a program. */
export function RemoteFacts({ masterKey: key }: { readonly masterKey: MasterKey }) {
  const t = useText()
  const q = useQuantities()
  const day = useDay()
  const words = useKeyWords()
  return (
    <Facts
      rows={[
        [t('keys:fact.state'), words.state(key)],
        [t('keys:fact.kind'), t(key.kind === 'kms' ? 'remote:kind.kms' : 'remote:kind.program')],
        [
          t('keys:fact.description'),
          key.description === '' ? (
            <span className="tw-warn">{t('keys:description.empty')}</span>
          ) : (
            <Mono text={shownName(key.description)} />
          ),
        ],
        ...useKmsRows(key),
        ...useProgramRows(key),
        [t('remote:fact.writes'), writesText(key.kind, key.writes, t)],
        [
          t('remote:fact.added'),
          key.origin === 'session'
            ? t('keys:made.session', { time: day(key.created) })
            : day(key.created),
        ],
        [t('keys:fact.tried'), key.proven === null ? t('keys:tried.never') : q.time(key.proven)],
      ]}
    />
  )
}

type Rows = readonly (readonly [string, React.ReactNode] | null)[]

function useKmsRows({ kms }: MasterKey): Rows {
  const t = useText()
  const accountWords = useAccountWords()
  if (kms === null) return []
  const account = accountWords(kms)
  const pairs =
    Object.keys(kms.context).length === 0 ? (
      t('remote:context.none')
    ) : (
      <Mono text={shownName(JSON.stringify(kms.context))} />
    )
  return [
    [
      t('remote:fact.cmk'),
      kms.cmkId === '' ? t('remote:cmk.any') : <Mono text={shownName(kms.cmkId)} />,
    ],
    kms.arn === '' || kms.arn === kms.cmkId
      ? null
      : [t('remote:fact.arn'), <Mono key="arn" text={shownName(kms.arn)} />],
    [t('remote:fact.region'), shownName(kms.region)],
    [
      t('remote:fact.endpoint'),
      kms.endpoint === '' ? t('remote:endpoint.public') : shownName(kms.endpoint),
    ],
    [
      t('remote:fact.account'),
      <span className={account.gone ? 'tw-warn' : ''} key="account">
        {account.text}
      </span>,
    ],
    [t('remote:fact.context'), kms.hasPassphrase ? t('remote:context.passphrase') : pairs],
  ]
}

function useProgramRows({ command }: MasterKey): Rows {
  const t = useText()
  if (command === null) return []
  return [
    [t('remote:fact.program'), <Mono key="program" text={shownName(command.program)} />],
    [
      t('remote:fact.args'),
      command.args.length === 0 ? (
        t('remote:context.none')
      ) : (
        <div className="stack g4" key="args">
          {command.args.map((arg, i) => (
            <Mono key={i} text={shownName(arg)} />
          ))}
        </div>
      ),
    ],
    [t('remote:fact.wrap'), <Mono key="wrap" text={shownName(command.wrapAlgorithm)} />],
    [t('remote:fact.timeout'), t('remote:seconds', { count: command.timeoutSeconds })],
  ]
}
