import './search-dialog.css'
import { Dialog as Radix } from 'radix-ui'
import { useEffect, useId, useState, type KeyboardEvent } from 'react'
import { keysText } from '../../shell/platform.ts'
import { Icon, type IconName } from '../icon.tsx'
import { ShownKeys, type MenuItem } from './menu.tsx'
import { Modal } from './modal.tsx'

export interface SearchRow {
  readonly id: string
  readonly icon: IconName
  /** The text in pieces. A `hit` piece is underlined. */
  readonly pieces: readonly { readonly text: string; readonly hit: boolean }[]
  readonly aside: string
  /** The command of the row, whose keys are shown; null for another kind of row. */
  readonly command: MenuItem | null
}

export interface SearchGroup {
  readonly id: string
  readonly label: string
  readonly rows: readonly SearchRow[]
}

export interface SearchDialogProps {
  readonly title: string
  /** The label of the field. */
  readonly label: string
  readonly typed: string
  readonly groups: readonly SearchGroup[]
  /** The text in place of rows when there are none. */
  readonly none: string
  /** The meaning of keys, at the start and at the end of the last line. */
  readonly hints: readonly string[]
  readonly endHint: string
  readonly onType: (text: string) => void
  /** Runs a row, by its number over all groups. The dialog is closed by then. */
  readonly onRun: (index: number) => void
  readonly onClose: () => void
}

/**
 * Shows a field with rows in groups below it, over the page. The focus stays in the field, and the
 * arrows move through the rows. Source: ARIA Authoring Practices, "combobox".
 */
export function SearchDialog(props: SearchDialogProps) {
  const { title, label, typed, groups, onType, onClose } = props
  const id = useId()
  const [at, setAt] = useState(0)
  const [opener] = useState(openerOrList)
  const count = groups.reduce((sum, { rows }) => sum + rows.length, 0)
  const active = Math.min(at, count - 1)
  useEffect(() => {
    document.getElementById(`${id}-${active}`)?.scrollIntoView({ block: 'nearest' })
  }, [active, id])
  const run = (index: number): void => {
    if (index < 0 || index >= count) return
    onClose()
    props.onRun(index)
  }
  const press = (event: KeyboardEvent): void => {
    if (event.key === 'ArrowDown') setAt((active + 1) % Math.max(1, count))
    else if (event.key === 'ArrowUp') setAt((active - 1 + count) % Math.max(1, count))
    else if (event.key === 'PageDown') setAt(count - 1)
    else if (event.key === 'PageUp') setAt(0)
    else if (event.key === 'Enter' && !event.repeat) run(active)
    else return
    event.preventDefault()
  }
  let next = 0
  return (
    <Modal
      scrim="scrim top"
      className="pal"
      aria-describedby={undefined}
      opener={opener}
      onClose={onClose}
    >
      <Radix.Title className="sr">{title}</Radix.Title>
      <div className="in">
        <Icon name="search" />
        <input
          type="text"
          role="combobox"
          aria-expanded={count > 0}
          aria-controls={`${id}-list`}
          aria-autocomplete="list"
          aria-label={label}
          {...(active >= 0 && { 'aria-activedescendant': `${id}-${active}` })}
          placeholder={label}
          value={typed}
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => {
            onType(event.target.value)
            setAt(0)
          }}
          onKeyDown={press}
        />
        <kbd className="kb">Esc</kbd>
      </div>
      <div role="listbox" id={`${id}-list`} aria-label={title}>
        {groups.map((group) => (
          <div role="group" aria-labelledby={`${id}-${group.id}`} key={group.id}>
            <div className="h" id={`${id}-${group.id}`} role="presentation">
              {group.label}
            </div>
            {group.rows.map((row) => {
              const index = next++
              return (
                <Row
                  key={row.id}
                  id={`${id}-${index}`}
                  row={row}
                  active={index === active}
                  onHover={() => setAt(index)}
                  onRun={() => run(index)}
                />
              )
            })}
          </div>
        ))}
      </div>
      {count === 0 && <p className="none">{props.none}</p>}
      <footer>
        {props.hints.map((hint) => (
          <span key={hint}>{hint}</span>
        ))}
        <span className="grow" />
        <span>{props.endHint}</span>
      </footer>
    </Modal>
  )
}

/** Returns the element with the focus, or the list of the page if that element is gone. */
function openerOrList(): () => Element | null {
  const active = document.activeElement
  return () =>
    active?.isConnected === true ? active : document.querySelector('#main [data-region="list"]')
}

function Row({
  id,
  row: { icon, pieces, aside, command },
  active,
  onHover,
  onRun,
}: {
  readonly id: string
  readonly row: SearchRow
  readonly active: boolean
  readonly onHover: () => void
  readonly onRun: () => void
}) {
  return (
    <div
      role="option"
      id={id}
      aria-selected={active}
      onPointerMove={onHover}
      // The focus stays in the field.
      onMouseDown={(event) => event.preventDefault()}
      onClick={onRun}
    >
      <Icon name={icon} />
      <span className="cut">
        {pieces.map(({ text, hit }, i) => (hit ? <b key={i}>{text}</b> : text))}
      </span>
      {aside !== '' && <span className="faint cut">{aside}</span>}
      {command !== null ? <ShownKeys item={command} /> : active && <kbd>{keysText('Enter')}</kbd>}
    </div>
  )
}
