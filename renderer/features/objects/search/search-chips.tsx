import type { ReactNode } from 'react'
import { FILE_KINDS } from '../../../../shared/contract/file-kinds.ts'
import type { RowState } from '../../../../shared/contract/models-index.ts'
import type { MasterKey } from '../../../../shared/contract/models.ts'
import type { Place } from '../../../queries/objects.ts'
import {
  clearFilters,
  conditionsIn,
  setFilters,
  useFilters,
  type Match,
  type Where,
} from '../../../state/filters.ts'
import { lastOf } from '../../../state/ui.ts'
import { shownName } from '../../../text/shown-name.ts'
import { useQuantities } from '../../../text/use-quantities.ts'
import { useText } from '../../../text/use-text.tsx'
import { Button, IconButton } from '../../../ui/controls/button.tsx'
import { MenuButton, type MenuEntry } from '../../../ui/controls/menu.tsx'
import { FormPopover } from '../../../ui/controls/popover.tsx'
import { Icon } from '../../../ui/icon.tsx'
import { CLASSES, useClassWord } from '../list/class-word.ts'
import { DateForm, SizeForm } from './chip-forms.tsx'

const STATES: readonly RowState[] = ['encrypted', 'plain', 'key-missing', 'damaged', 'unknown']
const MATCHES: readonly Match[] = ['text', 'glob', 'regex']

/** Shows the conditions of a filter or of a search as chips. A click on a chip changes it. */
export function SearchChips({
  place,
  keys,
}: {
  readonly place: Place
  readonly keys: readonly MasterKey[]
}) {
  const t = useText()
  const q = useQuantities()
  const classWord = useClassWord()
  const filters = useFilters()
  const { where, kinds, larger, smaller, from, to, classes, states, keyId, match } = filters
  const folder = place.prefix === '' ? place.bucket : lastOf(place.prefix)
  const placeWord = (one: Where) =>
    one === 'profile'
      ? t('objects:chip.everyBucket')
      : one === 'bucket'
        ? shownName(place.bucket)
        : one === 'below'
          ? t('objects:chip.below', { place: shownName(folder) })
          : shownName(folder)
  const choice = (on: boolean, label: string, onSelect: () => void): MenuEntry => ({
    icon: 'check',
    checked: on,
    label,
    onSelect,
  })
  const toggled = <T,>(all: readonly T[], one: T): readonly T[] =>
    all.includes(one) ? all.filter((each) => each !== one) : [...all, one]
  const sizeWord =
    larger !== null && smaller !== null
      ? t('objects:chip.sizeBetween', { from: q.bytes(larger), to: q.bytes(smaller) })
      : larger !== null
        ? t('objects:chip.larger', { size: q.bytes(larger) })
        : smaller !== null
          ? t('objects:chip.smaller', { size: q.bytes(smaller) })
          : t('objects:col.size')
  const dateWord =
    from !== null && to !== null
      ? t('objects:chip.dateBetween', { from, to })
      : from !== null
        ? t('objects:chip.since', { from })
        : to !== null
          ? t('objects:chip.until', { to })
          : t('objects:chip.date')
  const key = keys.find((one) => one.id === keyId)
  return (
    <div className="chips" role="group" aria-label={t('objects:search.filters')}>
      <MenuChip
        on={where !== 'here'}
        label={t('objects:chip.in', { place: placeWord(where) })}
        entries={(['here', 'below', 'bucket', 'profile'] as const).map((one) =>
          choice(one === where, placeWord(one), () => setFilters({ where: one, open: true })),
        )}
      />
      <MenuChip
        on={kinds.length > 0}
        label={
          kinds.length > 0
            ? kinds.map((one) => t(`objects:chip.kind.${one}`)).join(', ')
            : t('objects:chip.kind')
        }
        entries={FILE_KINDS.map((one) =>
          choice(kinds.includes(one), t(`objects:chip.kind.${one}`), () =>
            setFilters({ kinds: toggled(kinds, one) }),
          ),
        )}
      />
      <FormChip on={larger !== null || smaller !== null} label={sizeWord}>
        <SizeForm />
      </FormChip>
      <FormChip on={from !== null || to !== null} label={dateWord}>
        <DateForm />
      </FormChip>
      <MenuChip
        on={classes.length > 0}
        label={classes.length > 0 ? classes.map(classWord).join(', ') : t('objects:col.class')}
        entries={CLASSES.map((one) =>
          choice(classes.includes(one), classWord(one), () =>
            setFilters({ classes: toggled(classes, one) }),
          ),
        )}
      />
      <MenuChip
        on={states.length > 0}
        label={
          states.length > 0
            ? states.map((one) => t(`objects:chip.state.${one}`)).join(', ')
            : t('objects:chip.state')
        }
        entries={STATES.map((one) =>
          choice(states.includes(one), t(`objects:chip.state.${one}`), () =>
            setFilters({ states: toggled(states, one) }),
          ),
        )}
      />
      <MenuChip
        on={keyId !== null}
        label={
          key === undefined
            ? t('objects:chip.key')
            : t('objects:chip.keyIs', { name: shownName(key.name) })
        }
        entries={keys.map((one) =>
          choice(one.id === keyId, shownName(one.name), () =>
            setFilters({ keyId: one.id === keyId ? null : one.id }),
          ),
        )}
      />
      <span className="chip-tools">
        {conditionsIn(filters) > 0 && (
          <Button kind="quiet" size="sm" onClick={clearFilters}>
            {t('objects:chip.clear')}
          </Button>
        )}
        <MenuButton
          label={t('objects:search.match')}
          entries={MATCHES.map((one) =>
            choice(one === match, t(`objects:search.match.${one}`), () =>
              setFilters({ match: one }),
            ),
          )}
        >
          <IconButton icon="more" small label={t('objects:search.match')} />
        </MenuButton>
      </span>
    </div>
  )
}

function MenuChip({
  on,
  label,
  entries,
}: {
  readonly on: boolean
  readonly label: string
  readonly entries: readonly MenuEntry[]
}) {
  return (
    <MenuButton label={label} entries={entries} align="start">
      <button type="button" className={on ? 'chip on' : 'chip'} disabled={entries.length === 0}>
        {label}
        <Icon name="chevron" />
      </button>
    </MenuButton>
  )
}

function FormChip({
  on,
  label,
  children,
}: {
  readonly on: boolean
  readonly label: string
  readonly children: ReactNode
}) {
  return (
    <FormPopover
      label={label}
      button={
        <button type="button" className={on ? 'chip on' : 'chip'}>
          {label}
          <Icon name="chevron" />
        </button>
      }
    >
      {children}
    </FormPopover>
  )
}
