import './keys.css'
import { useEffect, useRef } from 'react'
import type { MasterKey, MasterKeyId } from '../../../shared/contract/models.ts'
import { fingerprintGroups } from '../../text/quantities.ts'
import { shownName } from '../../text/shown-name.ts'
import { useText } from '../../text/use-text.tsx'
import { Icon } from '../../ui/icon.tsx'
import { Grid } from '../../ui/grid/grid.tsx'
import type { GridHandle, RowProps } from '../../ui/grid/grid-props.ts'
import type { RowCommand } from '../../ui/grid/grid-keys.ts'
import { RemoteMark } from './key-remote-facts.tsx'
import { keyIconOf, isWeak, spokenFingerprint, useKeyWords } from './key-words.ts'

const COLUMNS = ['name', 'state', 'description', 'fingerprint', 'backup', 'default'] as const
const ROW_PX = 30
const HEAD_ID = 'keys-head'

export interface KeyGridProps {
  readonly keys: readonly MasterKey[]
  readonly selected: MasterKeyId | null
  readonly onSelect: (id: MasterKeyId) => void
  /** Enter or Space was pressed on the row. */
  readonly onOpen: () => void
  /** Delete was pressed on the row. */
  readonly onDelete: (key: MasterKey) => void
}

/** The list of master keys. The active row is the selected key. */
export function KeyGrid({ keys, selected, onSelect, onOpen, onDelete }: KeyGridProps) {
  const t = useText()
  const grid = useRef<GridHandle>(null)
  const at = Math.max(
    0,
    keys.findIndex((key) => key.id === selected),
  )
  useEffect(() => grid.current?.reveal(at), [selected])
  const select = (index: number) => {
    const key = keys[index]
    if (key !== undefined) onSelect(key.id)
  }
  const onCommand = (command: RowCommand, index: number): boolean => {
    const key = keys[index]
    if (key === undefined) return false
    if (command === 'open' || command === 'toggle') onOpen()
    else if (command === 'delete') onDelete(key)
    else return false
    return true
  }
  return (
    <Grid
      label={t('keys:list')}
      className="grid kg"
      region="list"
      sections={[{ heading: null, count: keys.length }]}
      rowPx={ROW_PX}
      active={at}
      head={<KeyHead />}
      headId={HEAD_ID}
      handle={grid}
      nameAt={(index) => keys[index]?.name ?? ''}
      onMove={select}
      onCommand={onCommand}
      row={(index, props) => {
        const key = keys[index]
        return key === undefined ? null : (
          <KeyRow
            key={key.id}
            masterKey={key}
            selected={key.id === selected}
            grid={props}
            onSelect={onSelect}
          />
        )
      }}
    />
  )
}

function KeyHead() {
  const t = useText()
  return (
    <div className="ghead" id={HEAD_ID} role="row" aria-rowindex={1}>
      {COLUMNS.map((column) => (
        <span role="columnheader" key={column}>
          {t(`keys:col.${column}`)}
        </span>
      ))}
    </div>
  )
}

function KeyRow({
  masterKey: key,
  selected,
  grid,
  onSelect,
}: {
  readonly masterKey: MasterKey
  readonly selected: boolean
  readonly grid: RowProps
  readonly onSelect: (id: MasterKeyId) => void
}) {
  const t = useText()
  const words = useKeyWords()
  const backup = words.backup(key)
  const name = shownName(key.name)
  return (
    <div
      {...grid}
      className={`row ${grid.className}`}
      aria-selected={selected}
      onClick={() => onSelect(key.id)}
    >
      <div role="gridcell" className="nm">
        <Icon name={keyIconOf(key)} />
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
