import type { MasterKey } from '../../../shared/contract/models.ts'
import { useProfiles } from '../../queries/profiles.ts'
import { shownName } from '../../text/shown-name.ts'
import { useQuantities } from '../../text/use-quantities.ts'
import { useText } from '../../text/use-text.tsx'
import { Facts, Mono } from '../../ui/facts.tsx'
import { markOf, useDay, useKeyWords } from './key-words.ts'

/** In place of a fingerprint: which key in KMS, or which program. */
export function RemoteName({ masterKey: key }: { readonly masterKey: MasterKey }) {
  const name = markOf(key, 2)
  return <span title={key.kms?.arn || key.command?.program || name}>{shownName(name)}</span>
}

/** The facts of a key that is elsewhere. */
export function RemoteFacts({ masterKey: key }: { readonly masterKey: MasterKey }) {
  const t = useText()
  const q = useQuantities()
  const day = useDay()
  const words = useKeyWords()
  return (
    <Facts rows={[
      [t('keys:fact.state'), words.state(key)],
      [t('keys:fact.kind'), t(key.kind === 'kms' ? 'remote:kind.kms' : 'remote:kind.program')],
      [t('keys:fact.description'), key.description === '' ? <span className="tw-warn">{t('keys:description.empty')}</span> : <Mono text={shownName(key.description)} />],
      ...useKmsRows(key),
      ...useProgramRows(key),
      [t('remote:fact.writes'), t(key.writes === 'v2' && key.kind === 'kms' ? 'remote:writes.v2.kms' : `remote:writes.${key.writes}`)],
      [t('keys:fact.made'), t(`keys:made.${key.origin}`, { time: day(key.created) })],
      [t('keys:fact.tried'), key.proven === null ? t('keys:tried.never') : q.time(key.proven)],
    ]} />
  )
}

type Rows = readonly (readonly [string, React.ReactNode] | null)[]

function useKmsRows({ kms }: MasterKey): Rows {
  const t = useText()
  const profiles = useProfiles().data ?? []
  if (kms === null) return []
  const profile = profiles.find((one) => one.id === kms.profileId)
  const account = kms.profileId === null ? t('remote:account.own', { id: kms.accessKeyId }) : profile === undefined ? t('remote:account.gone') : t('remote:account.profile', { profile: profile.name })
  const pairs = Object.keys(kms.context).length === 0 ? t('remote:context.none') : <Mono text={JSON.stringify(kms.context)} />
  return [
    [t('remote:fact.cmk'), <Mono key="cmk" text={shownName(kms.cmkId)} />],
    kms.arn === '' || kms.arn === kms.cmkId ? null : [t('remote:fact.arn'), <Mono key="arn" text={shownName(kms.arn)} />],
    [t('remote:fact.region'), kms.region],
    [t('remote:fact.endpoint'), kms.endpoint === '' ? t('remote:endpoint.public') : kms.endpoint],
    [t('remote:fact.account'), kms.profileId !== null && profile === undefined ? <span className="tw-warn">{account}</span> : account],
    [t('remote:fact.context'), kms.hasPassphrase ? t('remote:context.passphrase') : pairs],
  ]
}

function useProgramRows({ command }: MasterKey): Rows {
  const t = useText()
  if (command === null) return []
  return [
    [t('remote:fact.program'), <Mono key="program" text={shownName(command.program)} />],
    [t('remote:fact.args'), command.args.length === 0 ? t('remote:args.none') : <Mono key="args" text={shownName(command.args.join(' '))} />],
    [t('remote:fact.wrap'), <Mono key="wrap" text={shownName(command.wrapAlgorithm)} />],
    [t('remote:fact.timeout'), t('remote:seconds', { count: command.timeoutSeconds })],
  ]
}
