import type { MasterKey, Profile } from '../../../../shared/contract/models.ts'
import { defaultKeyOf } from '../../../queries/profiles.ts'
import { shownName } from '../../../text/shown-name.ts'
import { useText } from '../../../text/use-text.tsx'
import { Icon } from '../../../ui/icon.tsx'
import { useDropTarget } from './drop-target.ts'
import { placeText } from '../list/rows.ts'

/** Covers the list while files are dragged, and says where a drop would go. */
export function DropOverlay({
  profiles,
  keys,
}: {
  readonly profiles: readonly Profile[]
  readonly keys: readonly MasterKey[]
}) {
  const t = useText()
  const { target, folder } = useDropTarget()
  if (target === null) return null
  const profile = profiles.find((one) => one.id === target.profileId)
  const key = keys.find((one) => one.id === defaultKeyOf(profile, target.bucket)?.id)
  return (
    <div className={folder === null ? 'overlay' : 'overlay clear'} role="status">
      <div className="drag-card">
        <Icon name="encrypted" />
        <b>{t('objects:drag.title')}</b>
        <span className="muted">
          {key === undefined
            ? t('objects:drag.noKey')
            : t('objects:drag.to', {
                place: shownName(placeText(target.bucket, target.prefix)),
                key: shownName(key.name),
              })}
        </span>
      </div>
    </div>
  )
}
