import type { FoundAccount } from '../../../shared/contract/models.ts'
import { useFoundAccounts } from '../../queries/profiles-edit.ts'
import { useRich, useText, type Text } from '../../text/use-text.tsx'
import { Button } from '../../ui/controls/button.tsx'
import { Note } from '../../ui/note.tsx'

/** Accounts of other tools on this computer. Using one fills the fields and stores nothing. */
export function FoundAccounts({
  taken,
  onTake,
}: {
  readonly taken: FoundAccount | null
  readonly onTake: (found: FoundAccount) => void
}) {
  const t = useText()
  const rich = useRich()
  const accounts = useFoundAccounts(true).data ?? []
  if (accounts.length === 0) return null
  if (taken !== null) {
    const values = {
      place: placeName(taken, t),
      id: taken.accessKeyId,
      region: taken.region === '' ? t('profiles:found.noRegion') : taken.region,
    }
    return (
      <Note kind="encrypted" icon="check">
        {t(taken.hasToken ? 'profiles:found.taken.token' : 'profiles:found.taken', values)}
      </Note>
    )
  }
  return (
    <Note
      icon="info"
      actions={accounts.map((account) => (
        <Button size="sm" key={account.source} onClick={() => onTake(account)}>
          {buttonName(account, accounts, t)}
        </Button>
      ))}
    >
      {rich('profiles:found', {
        places: joined([...new Set(accounts.map((account) => placeName(account, t)))], t),
      })}
    </Note>
  )
}

/** `~/.ossutilconfig`, or "the environment". */
export const placeName = (account: FoundAccount, t: Text): string =>
  toolOf(account) === 'environment' ? t('profiles:found.place.environment') : account.label

const TOOLS = ['environment', 'ossutil', 'aliyun'] as const
/** The core names sources `tool:account`. */
const toolOf = ({ source }: FoundAccount) =>
  TOOLS.find((tool) => source === tool || source.startsWith(`${tool}:`))

/** The button of the tool if it has one account, else the button that names the account. */
function buttonName(account: FoundAccount, all: readonly FoundAccount[], t: Text): string {
  const tool = toolOf(account)
  const alone = all.filter((other) => toolOf(other) === tool).length === 1
  return tool === undefined || !alone
    ? t('profiles:found.use', { place: account.label })
    : t(`profiles:found.${tool}`)
}

function joined(names: readonly string[], t: Text): string {
  const last = names.at(-1) ?? ''
  return names.length < 2
    ? last
    : t('profiles:found.and', { before: names.slice(0, -1).join(', '), last })
}
