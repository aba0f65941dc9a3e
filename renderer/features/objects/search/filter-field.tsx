import { useId, useRef, useState, type KeyboardEvent } from 'react'
import { keysText } from '../../../shell/platform.ts'
import type { Place } from '../../../queries/objects.ts'
import {
  conditionsIn,
  endSearch,
  searchIn,
  setFilters,
  useFilters,
  type Where,
} from '../../../state/filters.ts'
import { setFilter, useUi } from '../../../state/ui.ts'
import { shownName } from '../../../text/shown-name.ts'
import { useText } from '../../../text/use-text.tsx'
import { IconButton } from '../../../ui/controls/button.tsx'
import { Icon, type IconName } from '../../../ui/icon.tsx'

/**
 * Filters the folder while the user types. A list below the field offers to search further. Enter
 * searches below the folder.
 */
export function FilterField({
  place,
  isBadRegex,
  onLeave,
}: {
  readonly place: Place
  readonly isBadRegex: boolean
  /** Moves the focus to the list. */
  readonly onLeave: () => void
}) {
  const t = useText()
  const text = useUi((ui) => ui.filter)
  const filters = useFilters()
  const { where, match } = filters
  const [isOpen, setOpen] = useState(false)
  const [at, setAt] = useState(0)
  const input = useRef<HTMLInputElement>(null)
  const id = useId()
  const isSearch = where !== 'here'
  const options: readonly {
    readonly where: Where
    readonly icon: IconName
    readonly label: string
    readonly keys: string
  }[] = [
    { where: 'below', icon: 'search', label: t('objects:search.below'), keys: '↵' },
    {
      where: 'bucket',
      icon: 'bucket',
      label: t('objects:search.bucket', { bucket: shownName(place.bucket) }),
      keys: keysText('mod+shift+f'),
    },
    { where: 'profile', icon: 'globe', label: t('objects:search.profile'), keys: '' },
  ]
  const offers = isOpen && !isSearch && text !== ''
  const search = (next: Where) => {
    setOpen(false)
    searchIn(next)
    onLeave()
  }
  const key = (event: KeyboardEvent) => {
    const way = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
    if (offers && way !== 0 && options[at + way] !== undefined) setAt(at + way)
    else if (event.key === 'Escape' && (text !== '' || conditionsIn(filters) > 0)) endSearch()
    else if (event.key === 'Enter' && !isSearch && text !== '' && !isBadRegex)
      search(options[at]?.where ?? 'below')
    else if (event.key === 'Enter' || event.key === 'Escape' || way > 0) {
      if (event.key === 'Escape') endSearch()
      onLeave()
    } else return
    event.preventDefault()
  }
  return (
    <div
      className="find"
      onBlur={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget)) setOpen(false)
      }}
    >
      <Icon name="search" />
      <input
        className="input"
        type="search"
        id="filter"
        ref={input}
        role="combobox"
        aria-expanded={offers}
        aria-controls={id}
        aria-invalid={isBadRegex}
        placeholder={t(match === 'text' ? 'objects:filter' : `objects:search.match.${match}`)}
        aria-label={t(isSearch ? 'objects:search.text' : 'objects:filterThis')}
        value={text}
        autoComplete="off"
        spellCheck={false}
        onFocus={() => setOpen(true)}
        onChange={(event) => {
          setAt(0)
          setOpen(true)
          setFilter(event.target.value)
        }}
        onKeyDown={key}
        {...(offers && { 'aria-activedescendant': `${id}-${at}` })}
      />
      <IconButton
        icon="filter"
        small
        className="more-filters"
        label={t('objects:search.filters')}
        on={filters.open || isSearch}
        aria-pressed={filters.open || isSearch}
        aria-disabled={isSearch}
        onClick={() => !isSearch && setFilters({ open: !filters.open })}
      />
      {(text !== '' || isSearch) && (
        <IconButton
          icon="x"
          small
          className="clear"
          label={t(isSearch ? 'objects:search.end' : 'objects:search.clear')}
          onClick={() => {
            endSearch()
            input.current?.focus()
          }}
        />
      )}
      <ul
        className="menu pop"
        role="listbox"
        id={id}
        aria-label={t('objects:search.where')}
        hidden={!offers}
      >
        {options.map((option, i) => (
          <li
            key={option.where}
            id={`${id}-${i}`}
            role="option"
            aria-selected={i === at}
            className={i === at ? 'on' : ''}
            onMouseDown={(event) => event.preventDefault()}
            onMouseEnter={() => setAt(i)}
            onClick={() => search(option.where)}
          >
            <Icon name={option.icon} />
            <span className="cut">{option.label}</span>
            <kbd>{option.keys}</kbd>
          </li>
        ))}
      </ul>
      {isBadRegex && (
        <span className="bad-regex" role="alert">
          {t('objects:search.badRegex')}
        </span>
      )}
    </div>
  )
}
