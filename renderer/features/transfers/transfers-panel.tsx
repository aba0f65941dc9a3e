import type { Transfer } from '../../../shared/contract/models-transfers.ts'
import { groups, inOrder, needsUser, totalsOf } from '../../queries/transfer-facts.ts'
import { useTransfers } from '../../queries/transfers.ts'
import { setPanes, useUi } from '../../state/ui.ts'
import { shownName } from '../../text/shown-name.ts'
import { useQuantities } from '../../text/use-quantities.ts'
import { useLanguage, useText } from '../../text/use-text.tsx'
import { Icon } from '../../ui/icon.tsx'
import { Name } from '../../ui/name.tsx'
import { Progress, shareOf } from '../../ui/progress.tsx'
import { Resizer } from '../../ui/resizer.tsx'
import { PanelHead } from './panel-head.tsx'
import { useTransferActs, type TransferActs } from './transfer-acts.ts'
import { TransferButtons } from './transfer-buttons.tsx'
import { TransferList, type TransferRowProps } from './transfer-list.tsx'
import { barKind, bytesText, kindIcon, kindWord, shortStanding } from './transfer-words.ts'

const ROW_PX = 32

/** Under the list: what moves, how fast, and what needs the user. Folded it is one line. */
export function TransfersPanel() {
  const t = useText()
  const data = useTransfers().data
  const { panel, panelOpen } = useUi((ui) => ui.panes)
  const acts = useTransferActs()
  const all = data === undefined ? [] : Array.from(data.values())
  const totals = totalsOf(all)
  const ordered = inOrder(all, new Date())
  const items = groups.flatMap((group) => ordered.get(group) ?? []).map((transfer) => ({ transfer }))
  const open = panelOpen && items.length > 0
  const max = Math.max(120, window.innerHeight * 0.6)
  return (
    <section className={open ? 'panel' : 'panel folded'} aria-label={t('transfers:title')} {...(open && { style: { height: Math.min(panel, max) } })}>
      {open && <Resizer label={t('common:resize.panel')} edge="top" value={Math.min(panel, max)} min={120} max={max} onChange={(height) => setPanes({ panel: height })} />}
      <PanelHead totals={totals} all={all} open={open} acts={acts} />
      {open && (
        <TransferList
          label={t('transfers:all')} className="tscroll tg" items={items} rowPx={ROW_PX} headingPx={0} acts={acts} heading={() => null}
          row={(transfer, props) => <PanelRow key={transfer.id} transfer={transfer} acts={acts} props={props} />}
        />
      )}
    </section>
  )
}

function PanelRow({ transfer, acts, props }: { readonly transfer: Transfer; readonly acts: TransferActs; readonly props: TransferRowProps }) {
  const t = useText()
  const q = useQuantities()
  const speaking = { t, q, language: useLanguage() }
  const kind = barKind(transfer)
  return (
    <div {...props} className={`trow ${props.className}`}>
      <div role="gridcell" className="nm"><Icon name={kindIcon(transfer)} /><span className="sr">{kindWord(transfer, t)}</span><Name text={transfer.name} /></div>
      <div role="gridcell" className="cut faint" title={shownName(transfer.target)}>{shownName(transfer.target)}</div>
      <div role="gridcell">{transfer.phase !== 'done' && <Progress value={shareOf(transfer.done, transfer.total, false)} label={shownName(transfer.name)} {...(kind !== undefined && { kind })} />}</div>
      <div role="gridcell" className="num muted">{bytesText(transfer, q)}</div>
      <div role="gridcell" className="num muted">{transfer.phase === 'running' && transfer.speed !== null ? q.speed(transfer.speed) : ''}</div>
      <div role="gridcell" className={needsUser(transfer) ? 'tw-warn cut' : 'muted cut'}>{shortStanding(transfer, speaking)}</div>
      <div role="gridcell" className="acts"><TransferButtons transfer={transfer} acts={acts} /></div>
    </div>
  )
}
