import { useRef, useState, type KeyboardEvent, type MouseEvent } from 'react'
import type { LocalEntry } from '../../../shared/contract/models.ts'
import { isChord } from '../../shell/platform.ts'
import { useQuantities } from '../../text/use-quantities.ts'
import { useText } from '../../text/use-text.tsx'
import { Icon } from '../../ui/icon.tsx'
import { Name, NameRoom } from '../../ui/name.tsx'
import { isTyping, NOT_TYPED, typeAhead, typed, type Typed } from '../objects/list/grid-keys.ts'

export interface LocalListProps {
  /** Path of the folder shown: another one begins at its top. */
  readonly folder: string
  readonly entries: readonly LocalEntry[]
  readonly selected: ReadonlySet<string>
  readonly many: boolean
  /**
   * What it is called, and what it says when nothing is in it, where it is no folder of this
   * computer.
   */
  readonly label?: string
  readonly empty?: string
  readonly onSelect: (names: ReadonlySet<string>) => void
  readonly onOpen: (name: string) => void
  readonly onUp: () => void
}

/**
 * What the fixed width of the dialog leaves for a name, in pixels: no row has to measure itself.
 */
const NAME_ROOM = 300

/**
 * Files and folders of one folder: arrows move and select, Space toggles, Enter opens, Backspace
 * goes up, letters jump.
 */
export function LocalList({
  folder,
  entries,
  selected,
  many,
  label,
  empty,
  onSelect,
  onOpen,
  onUp,
}: LocalListProps) {
  const t = useText()
  const q = useQuantities()
  const box = useRef<HTMLDivElement>(null)
  const [place, setPlace] = useState({ folder, at: 0 })
  const at = place.folder === folder ? Math.min(place.at, Math.max(0, entries.length - 1)) : 0
  const anchor = useRef(0)
  const lastTyped = useRef<Typed>(NOT_TYPED)

  const select = (index: number, how: 'only' | 'toggle' | 'range') => {
    const name = entries[index]?.name
    if (name === undefined) return
    setPlace({ folder, at: index })
    box.current?.querySelectorAll('[role="option"]')[index]?.scrollIntoView({ block: 'nearest' })
    if (how === 'range' && many) {
      const start = Math.min(anchor.current, entries.length - 1)
      const [from, to] = [Math.min(start, index), Math.max(start, index)]
      onSelect(new Set(entries.slice(from, to + 1).map((entry) => entry.name)))
      return
    }
    anchor.current = index
    if (how === 'toggle' && (many || selected.has(name))) onSelect(toggled(selected, name))
    else onSelect(new Set([name]))
  }
  const jump = (letter: string) => {
    lastTyped.current = typed(lastTyped.current, letter, performance.now())
    const found = typeAhead(
      { length: entries.length, at: (i) => entries[i]?.name ?? '' },
      selected.size === 0 ? -1 : at,
      lastTyped.current.text,
    )
    if (found !== -1) select(found, 'only')
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const move = {
      ArrowDown: at + 1,
      ArrowUp: at - 1,
      Home: 0,
      End: entries.length - 1,
      PageDown: at + 10,
      PageUp: at - 10,
    }[event.key]
    const name = entries[at]?.name
    if ((event.key === 'ArrowUp' && (event.altKey || event.metaKey)) || event.key === 'Backspace')
      onUp()
    else if (move !== undefined)
      select(Math.min(Math.max(move, 0), entries.length - 1), event.shiftKey ? 'range' : 'only')
    else if (event.key === ' ' && isTyping(lastTyped.current, performance.now())) jump(' ')
    else if (event.key === ' ') select(at, 'toggle')
    else if (event.key === 'Enter' && name !== undefined && !event.ctrlKey && !event.metaKey)
      onOpen(name)
    else if (isChord(event.nativeEvent, 'mod+a') && many)
      onSelect(new Set(entries.map((entry) => entry.name)))
    else if (event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey)
      jump(event.key)
    else return
    event.preventDefault()
  }
  const onClick = (index: number) => (event: MouseEvent) =>
    select(index, event.shiftKey ? 'range' : event.ctrlKey || event.metaKey ? 'toggle' : 'only')
  const active = entries[at]
  return (
    <div
      className="box chooser-list"
      role="listbox"
      aria-label={label ?? t('settings:chooser.list')}
      aria-multiselectable={many}
      tabIndex={0}
      data-autofocus
      ref={box}
      onKeyDown={onKeyDown}
      {...(active !== undefined && { 'aria-activedescendant': `local-${at}` })}
    >
      {entries.length === 0 && (
        <p className="hint" role="option" aria-selected="false" aria-disabled="true">
          {empty ?? t('settings:chooser.empty')}
        </p>
      )}
      <NameRoom value={NAME_ROOM}>
        {entries.map((entry, index) => (
          <div
            key={entry.name}
            id={`local-${index}`}
            role="option"
            aria-selected={selected.has(entry.name)}
            className={`row local${index === at ? ' at' : ''}`}
            onClick={onClick(index)}
            onDoubleClick={() => onOpen(entry.name)}
          >
            <span className="nm">
              <Icon
                name={entry.kind === 'folder' ? 'folder-fill' : 'file'}
                {...(entry.kind === 'folder' && { className: 'fold' })}
              />
              <Name text={entry.name} />
            </span>
            <span className="num meta">{entry.size === null ? '' : q.bytes(entry.size)}</span>
            <span className="meta">{q.time(entry.modified)}</span>
          </div>
        ))}
      </NameRoom>
    </div>
  )
}

function toggled(names: ReadonlySet<string>, name: string): ReadonlySet<string> {
  const next = new Set(names)
  if (!next.delete(name)) next.add(name)
  return next
}
