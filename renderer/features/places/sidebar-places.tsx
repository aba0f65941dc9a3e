import { useState } from 'react'
import type { KnownPlace } from '../../../shared/contract/models-places.ts'
import type { Profile } from '../../../shared/contract/models.ts'
import { usePlaceLists } from '../../queries/places.ts'
import { go, useUi } from '../../state/ui.ts'
import { useText } from '../../text/use-text.tsx'
import type { MenuItem } from '../../ui/controls/menu.tsx'
import { newTabItem } from '../tabs/open-in-tab.ts'
import { favoriteItem, recentPlaces, setFavorite, useIsGone } from './favorites.ts'
import { takesPlaces, usePlaceDrag } from './place-drag.ts'
import { PlaceList } from './place-list.tsx'

/** Favorites and recent places, each only when there are some. A dragged place can be dropped. */
export function SidebarPlaces({ profiles }: { readonly profiles: readonly Profile[] }) {
  const t = useText()
  const lists = usePlaceLists()
  const here = useUi((ui) => (ui.page === 'objects' ? ui.place : null))
  const dragging = usePlaceDrag((drag) => drag.on)
  const [over, setOver] = useState(false)
  const recent = recentPlaces(lists, here, useIsGone(profiles))
  const menuOf = (place: KnownPlace): readonly MenuItem[] => [
    {
      icon: 'folder',
      label: t('objects:act.open'),
      onSelect: () => go({ page: 'objects', place }),
    },
    newTabItem(t, place),
    favoriteItem(t, lists, place),
  ]
  return (
    <div className="known-places" data-region="places">
      {(lists.favorites.length > 0 || dragging) && (
        <div
          className={over && dragging ? 'over' : ''}
          onDragEnter={() => setOver(true)}
          onDragLeave={(event) => {
            if (!event.currentTarget.contains(event.relatedTarget as Node | null)) setOver(false)
          }}
          {...takesPlaces((place) => {
            setOver(false)
            setFavorite(place, true)
          })}
        >
          <div className="sec">
            <span id="favorites-head">{t('common:nav.favorites')}</span>
          </div>
          {dragging && <p className="hint drop-here">{t('common:favorites.drop')}</p>}
          {lists.favorites.length > 0 && (
            <PlaceList
              places={lists.favorites}
              profiles={profiles}
              labelledBy="favorites-head"
              menuOf={menuOf}
              onRemove={(place) => setFavorite(place, false)}
            />
          )}
        </div>
      )}
      {recent.length > 0 && (
        <>
          <div className="sec">
            <span id="recent-head">{t('common:nav.recent')}</span>
          </div>
          <PlaceList places={recent} profiles={profiles} labelledBy="recent-head" menuOf={menuOf} />
        </>
      )}
    </div>
  )
}
