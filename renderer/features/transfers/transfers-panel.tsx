import { memo } from 'react'
import type { Transfer } from '../../../shared/contract/models-transfers.ts'
import { isChild, isStuck, needsUser } from '../../queries/transfers/transfer-facts.ts'
import { transfersOf } from '../../queries/transfers/transfer-book.ts'
import { useTransfers } from '../../queries/transfers/transfers.ts'
import { setPanes, useUi } from '../../state/ui.ts'
import { shownName } from '../../text/shown-name.ts'
import { useQuantities } from '../../text/use-quantities.ts'
import { useLanguage, useText } from '../../text/use-text.tsx'
import { Icon } from '../../ui/icon.tsx'
import { Name } from '../../ui/name.tsx'
import { Progress } from '../../ui/progress.tsx'
import { Resizer } from '../../ui/controls/resizer.tsx'
import { filesCount } from './batch-words.ts'
import { PanelHead } from './panel-head.tsx'
import { useTransferActs, type TransferActs } from './transfer-acts.ts'
import { TransferButtons } from './transfer-buttons.tsx'
import { TransferList } from './transfer-list.tsx'
import { sameRow, type TransferRowProps } from './transfer-row-props.ts'
import { sectionsOf } from './transfer-sections.ts'
import {
  barKind,
  bytesText,
  kindIcon,
  kindWord,
  newName,
  shareDone,
  shortStanding,
} from './transfer-words.ts'

const ROW_PX = 32
const NONE = transfersOf([])

/** Shows all transfers below the page, in short. Folded, the panel is one line. */
export function TransfersPanel() {
  const t = useText()
  const transfers = useTransfers().data ?? NONE
  const { panel, panelOpen } = useUi((ui) => ui.panes)
  const acts = useTransferActs()
  const open = panelOpen && transfers.size > 0
  const max = Math.max(120, window.innerHeight * 0.6)
  return (
    <section
      className={open ? 'panel' : 'panel folded'}
      aria-label={t('transfers:title')}
      {...(open && { style: { height: Math.min(panel, max) } })}
    >
      {open && (
        <Resizer
          label={t('common:resize.panel')}
          edge="top"
          value={Math.min(panel, max)}
          min={120}
          max={max}
          onChange={(height) => setPanes({ panel: height })}
        />
      )}
      <PanelHead transfers={transfers} open={open} acts={acts} />
      {open && (
        <TransferList
          label={t('transfers:all')}
          className="tscroll tg"
          transfers={transfers}
          sections={sectionsOf(transfers, new Date())}
          rowPx={ROW_PX}
          headingPx={0}
          acts={acts}
          heading={() => null}
          row={(transfer, props) => (
            <PanelRow key={transfer.id} transfer={transfer} acts={acts} {...props} />
          )}
        />
      )}
    </section>
  )
}

const PanelRow = memo(function PanelRow({
  transfer,
  acts,
  grid,
  onMenu,
}: TransferRowProps & { readonly transfer: Transfer; readonly acts: TransferActs }) {
  const t = useText()
  const q = useQuantities()
  const speaking = { t, q, language: useLanguage() }
  const kind = barKind(transfer)
  const target = shownName(transfer.target)
  const stuck = isStuck(transfer)
  const renamed = newName(transfer)
  return (
    <div {...grid} className={`trow ${isChild(transfer) ? 'child ' : ''}${grid.className}`}>
      <div role="gridcell" className="nm">
        <Icon name={kindIcon(transfer)} />
        <span className="sr">{kindWord(transfer, t)}</span>
        <Name text={transfer.name} />
        {renamed !== null && (
          <>
            <span className="faint">→</span>
            <Name text={renamed} />
          </>
        )}
      </div>
      <div role="gridcell" className="cut faint" title={target}>
        {transfer.files === null ? target : filesCount(transfer.kind, transfer.files, speaking)}
      </div>
      {stuck ? (
        <div
          role="gridcell"
          className={needsUser(transfer) ? 'why tw-warn cut' : 'why muted cut'}
          title={shortStanding(transfer, speaking)}
          onClick={() => acts.explain(transfer)}
        >
          {shortStanding(transfer, speaking)}
        </div>
      ) : (
        <>
          <div role="gridcell">
            {transfer.phase !== 'done' && (
              <Progress
                value={shareDone(transfer)}
                label={shownName(transfer.name)}
                {...(kind !== undefined && { kind })}
              />
            )}
          </div>
          <div role="gridcell" className="num muted">
            {bytesText(transfer, q)}
          </div>
          <div role="gridcell" className="num muted">
            {transfer.phase === 'running' && transfer.speed !== null ? q.speed(transfer.speed) : ''}
          </div>
          <div role="gridcell" className="muted cut">
            {shortStanding(transfer, speaking)}
          </div>
        </>
      )}
      <div role="gridcell" className="acts">
        <TransferButtons transfer={transfer} acts={acts} onMenu={onMenu} />
      </div>
    </div>
  )
}, sameRow)
