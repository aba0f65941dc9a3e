import { useQuery } from '@tanstack/react-query'
import { memo } from 'react'
import type { IndexRow } from '../../../../shared/contract/models-index.ts'
import { encryptionQuery } from '../../../queries/encryption.ts'
import { useQuantities } from '../../../text/use-quantities.ts'
import { useText } from '../../../text/use-text.tsx'
import { sameRowProps } from '../../../ui/grid/grid-props.ts'
import type { TileMeasures } from '../../../ui/grid/scroll-window.ts'
import { Icon } from '../../../ui/icon.tsx'
import { Name } from '../../../ui/name.tsx'
import { StateBadge } from '../../../ui/state-badge.tsx'
import { nameIn, pathOf, rowAttributes, sameFacts, type RowFacts } from '../list/row-facts.ts'
import { iconOf } from '../list/rows.ts'
import { mayHaveThumb } from './load-thumb.ts'
import { Thumb } from './thumb.tsx'
import type { Thumbs } from './thumbs.ts'

/** The height of a line of tiles with the gap below it, in pixels. */
export const TILE_LINE_PX = 188
/** Source: screens.md 12: a tile is at least 164 pixels wide. */
export const TILES: TileMeasures = { leastPx: 164, gapPx: 6, besidePx: 24 }

export interface ObjectTileProps extends RowFacts {
  /** The tile shows the folder of a file: it is a hit of a search. */
  readonly hasPath: boolean
  readonly thumbs: Thumbs<ImageBitmap>
}

/** One object as a tile: its picture or icon, its name, size and state. */
export const ObjectTile = memo(
  function ObjectTile({ hasPath, thumbs, ...facts }: ObjectTileProps) {
    const { profileId, row, selected, bytes, mark, withBucket, grid } = facts
    const t = useText()
    const q = useQuantities()
    if (row === undefined)
      return (
        <div {...grid} className={`tile ${grid.className}`} aria-busy="true" aria-selected={false}>
          <div className="thumb" />
          <span className="sr">{t('objects:row.loading')}</span>
        </div>
      )
    const folder = row.kind === 'folder'
    return (
      <div {...rowAttributes('tile', facts, row)}>
        <div className="thumb" draggable>
          <span className={selected ? 'tick on' : 'tick'} data-tick aria-hidden="true">
            {selected && <Icon name="check" size="xs" />}
          </span>
          {folder ? (
            <Icon name="folder-fill" className="fold" />
          ) : (
            <FilePicture profileId={profileId} row={row} thumbs={thumbs} />
          )}
        </div>
        <span className="nm" draggable>
          {folder && <span className="sr">{t('objects:folder')} </span>}
          <Name text={nameIn(row)} mark={mark} />
        </span>
        {hasPath && (
          <span className="sub2 path">
            <Name text={pathOf(row, withBucket)} />
          </span>
        )}
        <span className="meta2">
          <span className="sub2">
            {folder ? (bytes === undefined ? '' : q.bytes(bytes)) : q.bytes(row.size)}
          </span>
          {!folder && <FileState profileId={profileId} row={row} />}
        </span>
      </div>
    )
  },
  (a, b) =>
    sameFacts(a, b) &&
    a.hasPath === b.hasPath &&
    a.thumbs === b.thumbs &&
    sameRowProps(a.grid, b.grid),
)

interface FileProps {
  readonly profileId: string
  readonly row: IndexRow
}

/** Asks for a picture only of a file that opens with a key of this computer. */
function FilePicture({ profileId, row, thumbs }: FileProps & Pick<ObjectTileProps, 'thumbs'>) {
  const { bucket, key, etag } = row
  const state = useQuery(encryptionQuery({ profileId, bucket }, row)).data?.state
  const icon = state === 'nokey' || state === 'broken' ? state : iconOf(key)
  return mayHaveThumb(row) && (state === 'encrypted' || state === 'plain') ? (
    <Thumb object={{ profileId, bucket, key, etag }} icon={icon} thumbs={thumbs} />
  ) : (
    <Icon name={icon} />
  )
}

function FileState({ profileId, row }: FileProps) {
  const { data, isPending } = useQuery(encryptionQuery({ profileId, bucket: row.bucket }, row))
  return <StateBadge encryption={isPending ? 'checking' : (data ?? 'unknown')} />
}
