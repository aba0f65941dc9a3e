import { transfersOf } from '../../queries/transfers/transfer-book.ts'
import { useTransfers } from '../../queries/transfers/transfers.ts'
import { useTransfersTab } from '../../state/transfers-tab.ts'
import { useText } from '../../text/use-text.tsx'
import { Button } from '../../ui/controls/button.tsx'
import { Empty } from '../../ui/empty.tsx'
import { allDone, allActive, allPaused } from './transfers-by-state.ts'
import { LeftoversPane } from '../leftovers/leftovers-pane.tsx'
import { SpeedMenu } from './speed-menu.tsx'
import { useTransferActs } from './transfer-acts.ts'
import { TransferList } from './transfer-list.tsx'
import { TransferRow } from './transfer-row.tsx'
import { sectionsOf } from './transfer-sections.ts'
import { TransferStats } from './transfer-stats.tsx'
import { TransfersBar } from './transfers-bar.tsx'

const ROW_PX = 48
const HEADING_PX = 38
const NONE = transfersOf([])

/** Shows all transfers, or the unfinished uploads. */
export function TransfersPage() {
  return useTransfersTab(({ tab }) => tab) === 'leftovers' ? <LeftoversPane /> : <AllTransfers />
}

/** Shows transfers in their groups, with ten minutes of speed. */
function AllTransfers() {
  const t = useText()
  const transfers = useTransfers().data ?? NONE
  const acts = useTransferActs()
  const wanted = useTransfersTab((state) => state.wanted)
  const totals = transfers.totals()
  const going = totals.running + totals.waiting > 0
  return (
    <div className="mid-pane">
      <TransfersBar>
        <SpeedMenu />
        {totals.done > 0 && (
          <Button kind="quiet" onClick={() => acts.intend('clear', allDone(transfers))}>
            {t('transfers:clearFinished')}
          </Button>
        )}
        {going && (
          <Button icon="pause" onClick={() => acts.intend('pause', allActive(transfers))}>
            {t('transfers:pauseAll')}
          </Button>
        )}
        {!going && totals.paused > 0 && (
          <Button icon="play" onClick={() => acts.intend('resume', allPaused(transfers))}>
            {t('transfers:resumeAll')}
          </Button>
        )}
      </TransfersBar>
      {transfers.size === 0 ? (
        <Empty icon="transfers" title={t('transfers:empty.title')}>
          {t('transfers:empty.text')}
        </Empty>
      ) : (
        <>
          {(totals.running > 0 || totals.bytesTotal > totals.bytesDone) && (
            <TransferStats totals={totals} />
          )}
          <TransferList
            label={t('transfers:all')}
            className="page"
            transfers={transfers}
            sections={sectionsOf(transfers, new Date())}
            rowPx={ROW_PX}
            headingPx={HEADING_PX}
            acts={acts}
            wanted={wanted}
            heading={({ group, count }, style) => (
              <div role="row" key={`# ${group}`} style={style}>
                <div role="rowheader" className="xh">
                  {t(`transfers:group.${group}`)}
                  <span className="faint">{count}</span>
                </div>
              </div>
            )}
            row={(transfer, props) => (
              <TransferRow
                key={transfer.id}
                transfer={transfer}
                batch={
                  transfer.batchId === null ? null : (transfers.get(transfer.batchId)?.name ?? null)
                }
                acts={acts}
                {...props}
              />
            )}
          />
        </>
      )}
    </div>
  )
}
