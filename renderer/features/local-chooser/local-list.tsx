import { useRef, useState, type KeyboardEvent, type MouseEvent } from 'react'
import type { LocalEntry } from '../../../shared/contract/models.ts'
import { useQuantities } from '../../text/use-quantities.ts'
import { useText } from '../../text/use-text.tsx'
import { Icon } from '../../ui/icon.tsx'
import { Name, NameRoom } from '../../ui/name.tsx'
import { gridCommand, stepFrom, type GridCommand } from '../../ui/grid/grid-keys.ts'
import { useNameSearch } from '../../ui/grid/name-search.ts'

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
const ROW_PX = 30

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
  const search = useNameSearch()

  const visit = (index: number) => {
    setPlace({ folder, at: index })
    box.current?.querySelectorAll('[role="option"]')[index]?.scrollIntoView({ block: 'nearest' })
  }
  const select = (index: number, how: 'only' | 'toggle' | 'range') => {
    const name = entries[index]?.name
    if (name === undefined) return
    visit(index)
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
    const found = search.find(
      letter,
      { length: entries.length, at: (i) => entries[i]?.name ?? '' },
      selected.size === 0 ? -1 : at,
    )
    if (found !== -1) select(found, 'only')
  }
  /** Returns false if the key is of no use here. */
  const carryOut = (command: GridCommand): boolean => {
    if (command.do !== 'type') search.reset()
    switch (command.do) {
      case 'move': {
        const page = Math.max(1, Math.floor((box.current?.clientHeight ?? 0) / ROW_PX) - 1)
        const to = stepFrom(at, command.by, entries.length, page)
        if (command.only) visit(to)
        else select(to, command.extend ? 'range' : 'only')
        return true
      }
      case 'type':
        jump(command.text)
        return true
      case 'toggle':
        select(at, 'toggle')
        return true
      case 'open': {
        const name = entries[at]?.name
        if (name !== undefined) onOpen(name)
        return name !== undefined
      }
      case 'parent':
        onUp()
        return true
      case 'all':
        if (many) onSelect(new Set(entries.map((entry) => entry.name)))
        return many
      default:
        return false
    }
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const command = gridCommand(event.nativeEvent, { typing: search.isTyping() })
    if (command !== null && carryOut(command)) event.preventDefault()
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
