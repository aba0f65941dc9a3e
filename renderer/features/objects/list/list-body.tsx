import type { MasterKey, Profile } from '../../../../shared/contract/models.ts'
import { defaultKeyOf } from '../../../queries/profiles.ts'
import { askToUnlock } from '../../../queries/unlock.ts'
import { useUi } from '../../../state/ui.ts'
import { ask } from '../../../state/work.ts'
import { errorOf } from '../../../text/error-of.ts'
import { useText } from '../../../text/use-text.tsx'
import { Button } from '../../../ui/controls/button.tsx'
import { ErrorPane } from '../../../ui/error-pane.tsx'
import { NothingFound } from '../search/nothing-found.tsx'
import { EmptyFolder, NoMatch, Skeleton } from './list-states.tsx'
import { ObjectList, type ObjectListProps } from './object-list.tsx'

export interface ListBodyProps extends ObjectListProps {
  readonly profile: Profile | undefined
  readonly keys: readonly MasterKey[]
  /** The guide stands above and says what to do in an empty folder. */
  readonly isGuided: boolean
  readonly onRefresh: () => void
}

/** Shows the rows of a place, or the reason why it has no list. */
export function ListBody(props: ListBodyProps) {
  const { place, list, profile, keys, isGuided, onRefresh } = props
  const t = useText()
  const text = useUi((ui) => ui.filter).trim()
  const { rows, error } = list
  if (rows.count > 0) return <ObjectList {...props} />
  if (error !== null) {
    const reason = errorOf(error)
    const isSecret = reason.code === 'keychain-locked' || reason.code === 'passphrase-needed'
    return (
      <ErrorPane
        error={reason}
        at={new Date(list.errorAt)}
        busy={list.isBusy}
        onRetry={onRefresh}
        profile={profile}
        onEditProfile={(profileId) => ask({ kind: 'profile', profileId })}
        {...(isSecret && {
          actions: (
            <Button kind="primary" onClick={() => void askToUnlock()}>
              {t('common:act.unlock')}
            </Button>
          ),
        })}
      />
    )
  }
  if (list.isPending) return <Skeleton label={t('objects:list')} />
  if (list.isSearch) return <NothingFound place={place} list={list} text={text} />
  if (list.isFiltered && (list.total ?? 0) > 0) {
    const isWhole = list.status?.complete === true
    return <NoMatch place={place} text={text} total={list.total ?? 0} isWhole={isWhole} />
  }
  if (isGuided) return null
  return (
    <EmptyFolder
      place={place}
      uploadKey={keys.find((key) => key.id === defaultKeyOf(profile, place.bucket)?.id)}
    />
  )
}
