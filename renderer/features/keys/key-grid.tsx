import './keys.css'
import { useEffect, useRef, type KeyboardEvent } from 'react'
import type { MasterKey, MasterKeyId } from '../../../shared/contract/models.ts'
import { fingerprintGroups } from '../../text/quantities.ts'
import { shownName } from '../../text/shown-name.ts'
import { useText } from '../../text/use-text.tsx'
import { Icon } from '../../ui/icon.tsx'
import { isTyping, NOT_TYPED, typeAhead, typed, type Typed } from '../objects/list/grid-keys.ts'
import { RemoteMark } from './key-remote-facts.tsx'
import { iconOf, isWeak, spokenFingerprint, useKeyWords } from './key-words.ts'

const COLUMNS = ['name', 'state', 'description', 'fingerprint', 'backup', 'default'] as const

export interface KeyGridProps {
  readonly keys: readonly MasterKey[]
  readonly selected: MasterKeyId | null
  readonly onSelect: (id: MasterKeyId) => void
  /** Enter or Space was pressed on the row. */
  readonly onOpen: () => void
  /** Delete was pressed on the row. */
  readonly onDelete: (key: MasterKey) => void
}

/**
 * The list of master keys: one tab stop, arrows move and select. There are never so many that rows
 * need recycling.
 */
export function KeyGrid({ keys, selected, onSelect, onOpen, onDelete }: KeyGridProps) {
  const t = useText()
  const grid = useRef<HTMLDivElement>(null)
  const at = Math.max(
    0,
    keys.findIndex((key) => key.id === selected),
  )
  useEffect(() => {
    if (selected !== null)
      grid.current
        ?.querySelector(`[data-key="${CSS.escape(selected)}"]`)
        ?.scrollIntoView({ block: 'nearest' })
  }, [selected])
  const go = (index: number) => {
    const key = keys[Math.min(Math.max(index, 0), keys.length - 1)]
    if (key === undefined) return
    onSelect(key.id)
    grid.current?.querySelector<HTMLElement>(`[data-key="${CSS.escape(key.id)}"]`)?.focus()
  }
  const lastTyped = useRef<Typed>(NOT_TYPED)
  const type = (text: string) => {
    lastTyped.current = typed(lastTyped.current, text, performance.now())
    const found = typeAhead(
      { length: keys.length, at: (i) => keys[i]?.name ?? '' },
      at,
      lastTyped.current.text,
    )
    if (found !== -1) go(found)
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const move = {
      ArrowDown: at + 1,
      ArrowUp: at - 1,
      Home: 0,
      End: keys.length - 1,
      PageDown: at + 10,
      PageUp: at - 10,
    }[event.key]
    const current = keys[at]
    if (move !== undefined) go(move)
    else if (event.key === ' ' && isTyping(lastTyped.current, performance.now())) type(' ')
    else if (event.key === 'Enter' || event.key === ' ') onOpen()
    else if (
      (event.key === 'Delete' || (event.key === 'Backspace' && event.metaKey)) &&
      current !== undefined
    )
      onDelete(current)
    else if (event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey) {
      type(event.key)
    } else return
    event.preventDefault()
  }
  return (
    <div
      className="grid kg"
      role="grid"
      aria-label={t('keys:list')}
      aria-rowcount={keys.length + 1}
      data-region="list"
      ref={grid}
      onKeyDown={onKeyDown}
    >
      <div className="ghead" role="row" aria-rowindex={1}>
        {COLUMNS.map((column) => (
          <span role="columnheader" key={column}>
            {t(`keys:col.${column}`)}
          </span>
        ))}
      </div>
      {keys.map((key, i) => (
        <KeyRow
          key={key.id}
          masterKey={key}
          index={i}
          selected={key.id === selected}
          tabStop={i === at}
          onSelect={onSelect}
        />
      ))}
    </div>
  )
}

function KeyRow({
  masterKey: key,
  index,
  selected,
  tabStop,
  onSelect,
}: {
  readonly masterKey: MasterKey
  readonly index: number
  readonly selected: boolean
  readonly tabStop: boolean
  readonly onSelect: (id: MasterKeyId) => void
}) {
  const t = useText()
  const words = useKeyWords()
  const backup = words.backup(key)
  const name = shownName(key.name)
  return (
    <div
      className="row"
      role="row"
      aria-rowindex={index + 2}
      aria-selected={selected}
      tabIndex={tabStop ? 0 : -1}
      data-key={key.id}
      onClick={() => onSelect(key.id)}
      onFocus={() => onSelect(key.id)}
    >
      <div role="gridcell" className="nm">
        <Icon name={iconOf(key)} />
        <span className="cut medium" title={name}>
          {name}
        </span>
        {isWeak(key) && <span className="badge warn">{t('keys:state.weak')}</span>}
      </div>
      <div
        role="gridcell"
        className={`meta flex4${key.unavailable === null ? '' : ' tw-warn'}`}
        {...(key.unavailable !== null && { title: t('keys:private.unavailable') })}
      >
        {key.unavailable !== null && (
          <>
            <Icon name="alert" size="s" />
            <span className="sr">{t('keys:private.unavailable')}, </span>
          </>
        )}
        <span className="cut">{words.state(key)}</span>
      </div>
      <div role="gridcell" className="meta cut mono" title={shownName(key.description)}>
        {key.description === '' ? (
          <span className="tw-warn sans">{t('keys:description.empty')}</span>
        ) : (
          shownName(key.description)
        )}
      </div>
      {key.kind === 'rsa' ? (
        <div role="gridcell" className="meta mono" aria-label={spokenFingerprint(key.fingerprint)}>
          {fingerprintGroups(key.fingerprint, 2)}
        </div>
      ) : (
        <div role="gridcell" className="meta mono cut">
          <RemoteMark masterKey={key} />
        </div>
      )}
      <div role="gridcell" className={`meta flex4${backup.warn ? ' tw-warn' : ''}`}>
        {backup.icon !== null && <Icon name={backup.icon} size="s" />}
        <span className="cut">{backup.text}</span>
      </div>
      <div role="gridcell" className="meta cut" title={words.wholePlaces(key)}>
        {words.places(key)}
      </div>
    </div>
  )
}
