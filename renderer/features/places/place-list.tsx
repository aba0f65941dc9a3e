import { useRef, useState, type KeyboardEvent } from 'react'
import type { KnownPlace } from '../../../shared/contract/models-places.ts'
import type { Profile } from '../../../shared/contract/models.ts'
import { isChord } from '../../shell/platform.ts'
import { hashOf } from '../../state/address.ts'
import { go, placeId, samePlace, useUi } from '../../state/ui.ts'
import { shownName } from '../../text/shown-name.ts'
import { useText } from '../../text/use-text.tsx'
import { MenuAt, type MenuItem, type MenuPoint } from '../../ui/controls/menu.tsx'
import { Icon } from '../../ui/icon.tsx'
import { folderText, placeText } from '../objects/list/rows.ts'
import { openInTab } from '../tabs/open-in-tab.ts'
import { useIsGone } from './favorites.ts'

/**
 * A short list of places in the sidebar, as links. It is one tab stop: arrows move, Enter opens,
 * Delete runs the item `onRemove`.
 */
export function PlaceList({
  places,
  profiles,
  labelledBy,
  menuOf,
  onRemove,
}: {
  readonly places: readonly KnownPlace[]
  readonly profiles: readonly Profile[]
  readonly labelledBy: string
  readonly menuOf: (place: KnownPlace) => readonly MenuItem[]
  readonly onRemove?: (place: KnownPlace) => void
}) {
  const t = useText()
  const here = useUi((ui) => (ui.page === 'objects' ? ui.place : null))
  const isGone = useIsGone(profiles)
  const list = useRef<HTMLUListElement>(null)
  const [stop, setStop] = useState('')
  const [menu, setMenu] = useState<{ readonly at: MenuPoint; readonly place: KnownPlace } | null>(
    null,
  )
  const ids = places.map(placeId)
  const tab = ids.includes(stop) ? stop : ids[0]
  const focus = (at: number): void => {
    const links = list.current?.querySelectorAll<HTMLElement>('a') ?? []
    links[Math.min(links.length - 1, Math.max(0, at))]?.focus()
  }
  const press = (event: KeyboardEvent, place: KnownPlace, at: number): void => {
    if (isChord(event.nativeEvent, 'mod+Enter')) {
      openInTab(place)
      return event.preventDefault()
    }
    if (event.altKey || event.metaKey || event.ctrlKey) return
    if (event.key === 'ArrowDown') focus(at + 1)
    else if (event.key === 'ArrowUp') focus(at - 1)
    else if (event.key === 'Home') focus(0)
    else if (event.key === 'End') focus(places.length - 1)
    else if (event.key === 'Delete' && onRemove !== undefined) onRemove(place)
    else if (event.key === 'ContextMenu' || (event.key === 'F10' && event.shiftKey)) {
      const { left, bottom } = event.currentTarget.getBoundingClientRect()
      setMenu({ at: { x: left + 24, y: bottom }, place })
    } else return
    event.preventDefault()
  }
  return (
    <>
      <ul className="places" aria-labelledby={labelledBy} ref={list}>
        {places.map((place, at) => {
          const id = placeId(place)
          const gone = isGone(place)
          const name = shownName(folderText(place.bucket, place.prefix))
          const profile = profiles.find((one) => one.id === place.profileId)
          const path = `${shownName(profile?.name ?? '')} / ${shownName(placeText(place.bucket, place.prefix))}`
          return (
            <li key={id}>
              <a
                className={samePlace(place, here) ? 'tr on' : gone ? 'tr faint' : 'tr'}
                data-place={JSON.stringify(place)}
                href={hashOf({ page: 'objects', place })}
                tabIndex={id === tab ? 0 : -1}
                title={gone ? t('common:favorites.goneTitle', { path }) : path}
                {...(samePlace(place, here) && { 'aria-current': 'page' as const })}
                onFocus={() => setStop(id)}
                onClick={(event) => {
                  event.preventDefault()
                  go({ page: 'objects', place })
                }}
                onKeyDown={(event) => press(event, place, at)}
                onContextMenu={(event) => {
                  event.preventDefault()
                  if (event.button === 2)
                    setMenu({ at: { x: event.clientX, y: event.clientY }, place })
                }}
              >
                <Icon name={gone ? 'alert' : place.prefix === '' ? 'bucket' : 'folder'} />
                <span className="cut grow">{name}</span>
                {gone && <span className="shut">{t('common:favorites.gone')}</span>}
              </a>
            </li>
          )
        })}
      </ul>
      {menu !== null && (
        <MenuAt
          at={menu.at}
          label={t('common:tree.profileActions', {
            name: shownName(folderText(menu.place.bucket, menu.place.prefix)),
          })}
          onClose={() => setMenu(null)}
          returnTo={() => list.current?.querySelector<HTMLElement>('[tabindex="0"]') ?? null}
          entries={menuOf(menu.place)}
        />
      )}
    </>
  )
}
