import './settings.css'
import type { SecretsStatus } from '../../../shared/contract/models.ts'
import { useCheckSecrets, useSecrets } from '../../queries/secrets.ts'
import { askToUnlock } from '../../queries/unlock.ts'
import { useJoin } from '../../text/use-join.ts'
import { useQuantities } from '../../text/use-quantities.ts'
import { useRich, useText } from '../../text/use-text.tsx'
import { Button } from '../../ui/controls/button.tsx'
import { Message } from '../../ui/controls/field.tsx'
import { Icon, type IconName } from '../../ui/icon.tsx'
import { Note } from '../../ui/note.tsx'
import { Switch } from '../../ui/controls/switch.tsx'
import { useProblem } from '../../ui/use-problem.ts'
import { SettingRow } from './setting-row.tsx'
import type { SettingsPart } from './settings-part.ts'

/**
 * Shows where secrets are stored, whether they can be read, and the one action that helps if not.
 */
export function SecretSettings({ settings, update }: SettingsPart) {
  const t = useText()
  const q = useQuantities()
  const secrets = useSecrets().data
  const check = useCheckSecrets()
  const problem = useProblem(check.error)
  if (secrets === undefined) return null
  const keychain = secrets.place === 'keychain'
  const needsPassphrase = secrets.state === 'passphrase-needed'
  const place = keychain
    ? 'settings:place.keychain'
    : secrets.exists
      ? 'settings:place.file'
      : 'settings:place.file.new'
  return (
    <section className="group">
      <h2>{t('settings:secrets')}</h2>
      <SettingRow name={t('settings:place')} hint={t(place)}>
        <Badge secrets={secrets} />
      </SettingRow>
      <Trouble
        secrets={secrets}
        busy={check.isPending}
        onCheck={() => check.mutate()}
        onUnlock={() => void askToUnlock()}
      />
      {!needsPassphrase && (
        <SettingRow
          name={t(keychain ? 'settings:check' : 'settings:check.file')}
          hint={
            secrets.checked === ''
              ? t('settings:check.hint.never')
              : t('settings:check.hint', { time: q.time(secrets.checked) })
          }
        >
          <Button busy={check.isPending} onClick={() => check.mutate()}>
            {t(check.isPending ? 'settings:check.busy' : 'settings:check.do')}
          </Button>
        </SettingRow>
      )}
      {problem !== null && <Message message={problem} alert />}
      <SettingRow
        name={t('settings:close')}
        hint={t(keychain ? 'settings:close.hint' : 'settings:close.hint.file')}
      >
        <Switch
          label={t('settings:close')}
          checked={settings.closeKeysAfterUse}
          onChange={(closeKeysAfterUse) => update({ closeKeysAfterUse })}
        />
      </SettingRow>
    </section>
  )
}

function Badge({ secrets }: { readonly secrets: SecretsStatus }) {
  const t = useText()
  const look = (kind: string, icon: IconName, words: string) => (
    <span className={`badge ${kind}`}>
      <Icon name={icon} />
      {words}
    </span>
  )
  if (secrets.place === 'passphrase-file')
    return look(
      secrets.state === 'working' ? 'encrypted' : 'warn',
      'safe',
      t(
        secrets.state === 'working'
          ? 'settings:badge.file'
          : secrets.exists
            ? 'settings:badge.closed'
            : 'settings:badge.new',
      ),
    )
  if (secrets.state === 'working') return look('encrypted', 'check', t('settings:badge.working'))
  return look(
    'warn',
    'alert',
    t(secrets.state === 'locked' ? 'settings:badge.locked' : 'settings:badge.missing'),
  )
}

interface TroubleProps {
  readonly secrets: SecretsStatus
  readonly busy: boolean
  readonly onCheck: () => void
  readonly onUnlock: () => void
}

/** Never offers a new store in place of one that cannot be read. */
function Trouble({ secrets, busy, onCheck, onUnlock }: TroubleProps) {
  const t = useText()
  const rich = useRich()
  const join = useJoin()
  const { state, exists, lost } = secrets
  const check = (
    <Button size="sm" busy={busy} onClick={onCheck}>
      {t(busy ? 'settings:check.busy' : 'settings:check.do')}
    </Button>
  )
  return (
    <>
      {state === 'locked' && (
        <Note
          kind="warn"
          icon="safe"
          actions={
            <Button size="sm" busy={busy} onClick={onCheck}>
              {t(busy ? 'settings:unlocking' : 'settings:unlock')}
            </Button>
          }
        >
          {rich('settings:locked', {})}
        </Note>
      )}
      {state === 'missing' && (
        <Note kind="warn" icon="alert" actions={check}>
          {rich('settings:missing', {})}
        </Note>
      )}
      {state === 'passphrase-needed' && (
        <Note
          kind="warn"
          icon="safe"
          actions={
            <Button size="sm" onClick={onUnlock}>
              {t(exists ? 'settings:unlock' : 'settings:create')}
            </Button>
          }
        >
          {exists ? rich('settings:closed', {}) : rich('settings:closed.new', {})}
        </Note>
      )}
      {lost.length > 0 && (
        <Note kind="bad" icon="alert">
          {rich(
            secrets.place === 'keychain' ? 'settings:lost' : 'settings:lost.file',
            {},
            { names: join(lost) },
          )}
        </Note>
      )}
    </>
  )
}
