import { useIsFetching, useQueryClient } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import type { Encryption, ObjectRow } from '../../../../shared/contract/models.ts'
import { groupBy } from '../../../queries/group-by.ts'
import type { Place } from '../../../queries/objects.ts'
import { go, lastOf } from '../../../state/ui.ts'
import { shownName } from '../../../text/shown-name.ts'
import { useQuantities } from '../../../text/use-quantities.ts'
import { useRich, useText } from '../../../text/use-text.tsx'
import { Button, IconButton } from '../../../ui/controls/button.tsx'
import { Icon } from '../../../ui/icon.tsx'
import { MenuButton } from '../../../ui/controls/menu.tsx'
import { Name } from '../../../ui/name.tsx'
import { Note } from '../../../ui/note.tsx'
import { StateBadge } from '../../../ui/state-badge.tsx'
import type { DetailsProps } from './details-props.ts'
import { itemsText } from '../list/items-text.ts'
import { iconOf, sumOf } from '../list/rows.ts'

const LISTED = 40

/** Several selected objects: count, sum, and one line for each distinct encryption state. */
export function DetailsMany({ place, chosen, actions }: DetailsProps) {
  const t = useText()
  const q = useQuantities()
  const { rows: selected, count } = chosen
  const sum = sumOf(selected)
  const n = q.count(count)
  const isKnown = selected.length === count
  return (
    <>
      <div className="dh">
        <h2>
          {!isKnown
            ? t('objects:d.someMany', { count, n })
            : sum.files === 0
              ? itemsText(t, q, sum)
              : t('objects:d.many', { items: itemsText(t, q, sum), bytes: q.bytes(sum.bytes) })}
        </h2>
        <div className="flex">
          <Button className="grow" icon="down" onClick={() => actions.download(false)}>
            {t('objects:act.downloadN', { n })}
          </Button>
          <MenuButton entries={actions.menu()} label={t('common:act.more')}>
            <IconButton icon="more" label={t('common:act.more')} />
          </MenuButton>
        </div>
      </div>
      {sum.files > 0 && (
        <section className="dsec">
          <h3>{t('objects:d.encryption')}</h3>
          <States place={place} selected={selected} />
        </section>
      )}
      <section className="dsec">
        <h3>{t('objects:d.selected')}</h3>
        {selected.slice(0, LISTED).map((row) => (
          <div className="flex small" key={row.key}>
            <Icon name={row.kind === 'folder' ? 'folder' : iconOf(row.key)} size="s" />
            <span className="grow flex">
              <Name text={lastOf(row.key)} />
            </span>
            <span className="faint nowrap">{row.kind === 'folder' ? '' : q.bytes(row.size)}</span>
          </div>
        ))}
        {count > Math.min(LISTED, selected.length) && (
          <p className="hint">
            {t('objects:d.andMore', {
              count: count - Math.min(LISTED, selected.length),
              n: q.count(count - Math.min(LISTED, selected.length)),
            })}
          </p>
        )}
      </section>
    </>
  )
}

function States({
  place,
  selected,
}: {
  readonly place: Place
  readonly selected: readonly ObjectRow[]
}) {
  const q = useQuantities()
  const rich = useRich()
  const t = useText()
  const files = selected.filter((row) => row.kind === 'file')
  const known = useSeenStates(place)
  const distinct = Array.from(
    groupBy(
      files.map((row) => known.get(`${row.key} ${row.etag}`)),
      lineOf,
    ),
  )
  const first = distinct[0]?.[1][0]
  if (distinct.length === 1 && first?.state === 'encrypted') {
    const marks = {
      key: (inner: ReactNode) => (
        <button type="button" className="link" onClick={() => go({ page: 'keys' })}>
          {inner}
        </button>
      ),
    }
    return (
      <Note kind="encrypted" icon="encrypted">
        {rich('objects:d.allEncrypted', marks, {
          n: q.count(files.length),
          name: shownName(first.keyName),
        })}
      </Note>
    )
  }
  return (
    <ul className="stack">
      {distinct.map(([line, group]) => (
        <li className="flex small" key={line}>
          <span className="grow flex">
            {group[0] ? (
              <StateBadge encryption={group[0]} />
            ) : (
              <span className="faint">{t('objects:d.notChecked')}</span>
            )}
          </span>
          <span className="faint">{q.count(group.length)}</span>
        </li>
      ))}
    </ul>
  )
}

/**
 * Uses states that are known already. A large selection must not load every header, or keep an
 * observer for each.
 */
function useSeenStates(place: Place): ReadonlyMap<string, Encryption | null | undefined> {
  const client = useQueryClient()
  // This number changes with each answer, and draws the lines again.
  useIsFetching({ queryKey: ['encryption', place.profileId, place.bucket] })
  const seen = client.getQueriesData<Encryption | null>({
    queryKey: ['encryption', place.profileId, place.bucket],
  })
  return new Map(seen.map(([name, state]) => [`${String(name[3])} ${String(name[4])}`, state]))
}

const lineOf = (encryption: Encryption | null | undefined): string =>
  !encryption
    ? ''
    : encryption.state === 'encrypted'
      ? `encrypted ${encryption.keyId}`
      : encryption.state === 'nokey'
        ? `nokey ${encryption.facts.description}`
        : encryption.state
