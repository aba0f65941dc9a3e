import type { Transfer } from '../../../shared/contract/models-transfers.ts'
import { groups, inOrder, isMoving, needsKey, totalsOf, type Totals } from '../../queries/transfer-facts.ts'
import { useTransfers } from '../../queries/transfers.ts'
import { useSpeeds } from '../../state/speed.ts'
import { shownName } from '../../text/shown-name.ts'
import { useQuantities } from '../../text/use-quantities.ts'
import { useLanguage, useText } from '../../text/use-text.tsx'
import { Button } from '../../ui/button.tsx'
import { Empty } from '../../ui/empty.tsx'
import { Icon } from '../../ui/icon.tsx'
import { Name } from '../../ui/name.tsx'
import { Note } from '../../ui/note.tsx'
import { Progress, shareOf } from '../../ui/progress.tsx'
import { Spark } from '../../ui/spark.tsx'
import { SpeedMenu } from './speed-menu.tsx'
import { useTransferActs, type TransferActs } from './transfer-acts.ts'
import { TransferButtons } from './transfer-buttons.tsx'
import { TransferList, type TransferRowProps } from './transfer-list.tsx'
import { barKind, bytesText, codes, iconOfTransfer, kindWord, standing } from './transfer-words.ts'

const ROW_PX = 48
const HEADING_PX = 38

/** All transfers in four groups, ten minutes of speed, and the note on restarts. */
export function TransfersPage() {
  const t = useText()
  const data = useTransfers().data
  const acts = useTransferActs()
  const all = data === undefined ? [] : Array.from(data.values())
  const totals = totalsOf(all)
  const ordered = inOrder(all, new Date())
  const items = groups.flatMap((group) => {
    const some = ordered.get(group) ?? []
    return some.length === 0 ? [] : [{ heading: t(`transfers:group.${group}`), count: some.length }, ...some.map((transfer) => ({ transfer }))]
  })
  const going = all.filter((transfer) => isMoving(transfer) || transfer.phase === 'waiting')
  const paused = all.filter((transfer) => transfer.phase === 'paused')
  const finished = all.filter((transfer) => transfer.phase === 'done' || transfer.phase === 'failed')
  return (
    <div className="mid-pane">
      <div className="bar">
        <h1 className="grow">{t('transfers:title')}</h1>
        <SpeedMenu />
        {finished.length > 0 && <Button kind="quiet" onClick={() => acts.intend('clear', finished.filter((transfer) => transfer.phase === 'done'))}>{t('transfers:clearFinished')}</Button>}
        {going.length > 0 && <Button icon="pause" onClick={() => acts.intend('pause', going)}>{t('transfers:pauseAll')}</Button>}
        {going.length === 0 && paused.length > 0 && <Button icon="play" onClick={() => acts.intend('resume', paused)}>{t('transfers:resumeAll')}</Button>}
      </div>
      {items.length > 0 && <Stats totals={totals} />}
      {items.length > 0 && <Note icon="info" bar>{t('transfers:restart')}</Note>}
      {items.length === 0 ? <Empty icon="transfers" title={t('transfers:empty.title')}>{t('transfers:empty.text')}</Empty> : (
        <TransferList
          label={t('transfers:all')} className="page" items={items} rowPx={ROW_PX} headingPx={HEADING_PX} acts={acts}
          heading={({ heading, count }, props) => <div role="row" key={`# ${heading}`} {...props}><div role="rowheader" className="xh">{heading}<span className="faint">{count}</span></div></div>}
          row={(transfer, props) => <PageRow key={transfer.id} transfer={transfer} acts={acts} props={props} />}
        />
      )}
    </div>
  )
}

function Stats({ totals }: { readonly totals: Totals }) {
  const t = useText()
  const q = useQuantities()
  const values = useSpeeds((speeds) => speeds.values)
  const highest = Math.max(0, ...values)
  const split = (text: string) => {
    const [first = '', ...rest] = text.split(' ')
    return <b>{first} <small>{rest.join(' ')}</small></b>
  }
  const label = totals.speed === null ? t('transfers:graph.still') : t('transfers:graph.ten', { now: q.speed(totals.speed), highest: q.speed(highest) })
  return (
    <div className="stat">
      <div><span className="lbl">{t('transfers:stat.speed')}</span>{totals.speed === null ? <b>–</b> : split(q.speed(totals.speed))}</div>
      <div><span className="lbl">{t('transfers:stat.left')}</span>{totals.bytesTotal === 0 ? <b>–</b> : split(q.bytes(totals.bytesTotal - totals.bytesDone))}</div>
      <div><span className="lbl">{t('transfers:stat.timeLeft')}</span>{totals.secondsLeft === null ? <b>–</b> : split(q.duration(totals.secondsLeft))}</div>
      <figure className="grow">
        {highest > 0 && (
          <Spark values={values} slots={600} width={560} height={48} label={label}>
            <line className="z" x1="0" x2="560" y1="5.5" y2="5.5" />
            <text x="560" y="0" textAnchor="end">{q.speed(highest)}</text>
            <text x="0" y="61">{t('transfers:graph.ago')}</text>
            <text x="560" y="61" textAnchor="end">{t('transfers:graph.now')}</text>
          </Spark>
        )}
      </figure>
    </div>
  )
}

function PageRow({ transfer, acts, props }: { readonly transfer: Transfer; readonly acts: TransferActs; readonly props: TransferRowProps }) {
  const t = useText()
  const q = useQuantities()
  const say = standing(transfer, { t, q, language: useLanguage() })
  const tech = codes(transfer)
  const over = transfer.phase === 'done'
  const tone = over ? 'done' : needsKey(transfer) || transfer.phase === 'needs-user' ? 'need' : transfer.phase === 'failed' ? 'fail' : ''
  const kind = barKind(transfer)
  return (
    <div {...props} className={`xrow ${tone} ${props.className}`}>
      <Icon name={iconOfTransfer(transfer)} />
      <div role="gridcell" className="grow">
        <div className="flex"><span className="sr">{kindWord(transfer, t)}</span><span className="medium xname"><Name text={transfer.name} /></span><span className="faint small nowrap cut xto" title={shownName(transfer.target)}>{t('transfers:to', { target: shownName(transfer.target) })}</span></div>
        <div className="say cut" title={[say, tech].filter((text) => text !== '').join('\n')}>{say}{tech !== '' && <span className="faint small">{` ${tech}`}</span>}</div>
      </div>
      {!over && <div role="gridcell" className="col-pg"><Progress value={shareOf(transfer.done, transfer.total, false)} label={shownName(transfer.name)} {...(kind !== undefined && { kind })} /></div>}
      <div role="gridcell" className={over ? 'col-by faint' : 'col-by muted'}>{bytesText(transfer, q)}</div>
      <div role="gridcell" className="col-sp muted">{transfer.phase === 'running' && transfer.speed !== null ? q.speed(transfer.speed) : ''}</div>
      <div role="gridcell" className="col-ac"><TransferButtons transfer={transfer} acts={acts} /></div>
    </div>
  )
}
