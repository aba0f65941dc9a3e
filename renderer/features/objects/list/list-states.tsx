import { useQuery } from '@tanstack/react-query'
import type { CSSProperties } from 'react'
import type { MasterKey, Profile } from '../../../../shared/contract/models.ts'
import { factsQuery, type Place } from '../../../queries/objects.ts'
import { conditionsIn, endSearch, useFilters } from '../../../state/filters.ts'
import { errorOf } from '../../../text/error-of.ts'
import { shownName } from '../../../text/shown-name.ts'
import { useQuantities } from '../../../text/use-quantities.ts'
import { useText } from '../../../text/use-text.tsx'
import { Button } from '../../../ui/controls/button.tsx'
import { Empty } from '../../../ui/empty.tsx'
import { Icon } from '../../../ui/icon.tsx'
import { GonePlace } from '../../places/gone-place.tsx'
import { columnWord } from '../columns/column-menu.ts'
import { useListColumns } from '../columns/use-columns.ts'
import { folderText } from './rows.ts'
import { useUploads } from '../upload/uploads.ts'

/** An empty folder, or one that is gone. */
export function EmptyFolder({
  place,
  uploadKey,
}: {
  readonly place: Place
  readonly uploadKey: MasterKey | undefined
}) {
  const t = useText()
  const uploads = useUploads()
  // A folder exists by its own empty object, or by what is in it. A bucket needs neither.
  const isFolder = place.prefix !== ''
  const own = useQuery({
    ...factsQuery(place.profileId, place.bucket, place.prefix),
    enabled: isFolder,
  })
  if (isFolder && own.isPending) return null
  if (isFolder && own.isError && errorOf(own.error).code === 'not-found')
    return <GonePlace place={place} kind="folder" />
  const actions = (
    <>
      <Button kind="primary" onClick={() => void uploads.pickFiles(place)}>
        {t('objects:chooseFiles')}
      </Button>
      <Button onClick={() => void uploads.pickFolders(place)}>{t('objects:chooseFolder')}</Button>
    </>
  )
  return (
    <Empty
      icon={place.prefix === '' ? 'bucket' : 'folder'}
      title={t('objects:empty.title')}
      actions={actions}
    >
      {uploadKey === undefined
        ? t('objects:empty.textNoKey')
        : t('objects:empty.text', { key: shownName(uploadKey.name) })}
    </Empty>
  )
}

/** The filter matches no row. */
export function NoMatch({
  place,
  text,
  total,
  isWhole,
}: {
  readonly place: Place
  /** The text of the filter, '' if there are other conditions only. */
  readonly text: string
  /** Number of rows of the folder. */
  readonly total: number
  /** The folder is listed to its end. */
  readonly isWhole: boolean
}) {
  const t = useText()
  const q = useQuantities()
  const filters = useFilters()
  const isByText = text !== '' && filters.match === 'text' && conditionsIn(filters) === 0
  const facts = { count: total, n: q.count(total), place: folderText(place.bucket, place.prefix) }
  return (
    <Empty
      icon="search"
      title={
        isByText
          ? t('objects:noMatch.title', { text: shownName(text) })
          : t('objects:noMatch.titleOther')
      }
      actions={
        <Button onClick={endSearch}>
          {t('objects:clearFilter')}
          <kbd>Esc</kbd>
        </Button>
      }
    >
      {isWhole ? t('objects:noMatch.text', facts) : t('objects:noMatch.partly', facts)}
    </Empty>
  )
}

const WIDTHS = [180, 120, 150, 310, 260, 200, 240, 150, 280, 190, 90, 170, 210, 230, 140, 220]

/** Placeholder rows. They show after 200 ms and never move. */
export function Skeleton({ label }: { readonly label: string }) {
  const t = useText()
  const [frame, { fitted }] = useListColumns('level')
  return (
    <div className="list-wrap" ref={frame}>
      <div
        className="grid objects"
        role="grid"
        aria-busy="true"
        aria-label={label}
        tabIndex={0}
        data-region="list"
        style={{ '--cols': fitted.template } as CSSProperties}
      >
        <div className="ghead" role="row">
          {(['name', ...fitted.columns] as const).map((column) => (
            <span key={column} role="columnheader" className={column === 'size' ? 'num' : ''}>
              {column === 'name' ? t('objects:col.name') : columnWord(t, column)}
            </span>
          ))}
        </div>
        <div className="late" role="rowgroup">
          {WIDTHS.map((width, i) => (
            <div className="row" role="row" key={i}>
              <div role="gridcell" className="nm">
                <Icon name={i < 3 ? 'folder' : 'file'} />
                <span className="skel" style={{ width }} />
              </div>
              {fitted.columns.map((column) => (
                <div role="gridcell" key={column}>
                  <span
                    className={column === 'size' ? 'skel r' : 'skel'}
                    style={{ width: `${52 + (i % 4) * 8}%` }}
                  />
                </div>
              ))}
            </div>
          ))}
        </div>
      </div>
    </div>
  )
}

/** No place is open: the user chooses one, or adds the first profile. */
export function NoPlace({
  profiles,
  onAdd,
}: {
  readonly profiles: readonly Profile[]
  readonly onAdd: () => void
}) {
  const t = useText()
  if (profiles.length > 0)
    return (
      <Empty icon="bucket" title={t('objects:choose.title')}>
        {t('objects:choose.text')}
      </Empty>
    )
  return (
    <Empty
      icon="bucket"
      title={t('objects:choose.addTitle')}
      actions={
        <Button kind="primary" onClick={onAdd}>
          {t('common:nav.addProfile')}…
        </Button>
      }
    >
      {t('objects:choose.addText')}
    </Empty>
  )
}
