import { usePlaceLists } from '../../queries/places.ts'
import type { Place } from '../../queries/objects.ts'
import { goToParent } from '../../state/ui.ts'
import { shownName } from '../../text/shown-name.ts'
import { useText } from '../../text/use-text.tsx'
import { Button } from '../../ui/controls/button.tsx'
import { Empty } from '../../ui/empty.tsx'
import { folderText } from '../objects/list/rows.ts'
import { useUploads } from '../objects/upload/uploads.ts'
import { isFavorite, setFavorite } from './favorites.ts'

/** An address or a favorite leads to a place that is gone: its profile, or its folder. */
export function GonePlace({
  place,
  kind,
}: {
  readonly place: Place
  readonly kind: 'profile' | 'folder'
}) {
  const t = useText()
  const uploads = useUploads()
  const favorite = isFavorite(usePlaceLists(), place)
  const name = shownName(folderText(place.bucket, place.prefix))
  return (
    <Empty
      icon={kind === 'profile' ? 'bucket' : 'folder'}
      title={t(kind === 'profile' ? 'common:gone.profile' : 'common:gone.folder', { name })}
      actions={
        <>
          {kind === 'folder' && (
            <>
              <Button kind="primary" onClick={goToParent}>
                {t('common:gone.up')}
              </Button>
              <Button onClick={() => void uploads.pickFiles(place)}>
                {t('objects:chooseFiles')}
              </Button>
            </>
          )}
          {favorite && (
            <Button onClick={() => setFavorite(place, false)}>
              {t('common:favorites.remove')}
            </Button>
          )}
        </>
      }
    >
      {t(kind === 'profile' ? 'common:gone.profileText' : 'common:gone.folderText', { name })}
    </Empty>
  )
}
