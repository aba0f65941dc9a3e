import { memo } from 'react'
import type { Transfer } from '../../../shared/contract/models-transfers.ts'
import { isChild, isStuck, needsKey, needsUser } from '../../queries/transfers/transfer-facts.ts'
import { shownName } from '../../text/shown-name.ts'
import { useQuantities } from '../../text/use-quantities.ts'
import { useLanguage, useText } from '../../text/use-text.tsx'
import { Icon } from '../../ui/icon.tsx'
import { Name } from '../../ui/name.tsx'
import { Progress } from '../../ui/progress.tsx'
import { RetryIn } from './retry-in.tsx'
import type { TransferActs } from './transfer-acts.ts'
import { TransferButtons } from './transfer-buttons.tsx'
import { sameRow, type TransferRowProps } from './transfer-row-props.ts'
import {
  barKind,
  bytesText,
  codes,
  iconOfTransfer,
  kindWord,
  newName,
  shareDone,
  standing,
} from './transfer-words.ts'

interface Props extends TransferRowProps {
  readonly transfer: Transfer
  /** Name of the batch that the transfer belongs to. */
  readonly batch: string | null
  readonly acts: TransferActs
}

/** A transfer on the page: two lines. */
export const TransferRow = memo(function TransferRow({
  transfer,
  batch,
  acts,
  grid,
  onMenu,
}: Props) {
  const t = useText()
  const q = useQuantities()
  const say = standing(transfer, { t, q, language: useLanguage() })
  const tech = codes(transfer)
  const over = transfer.phase === 'done'
  const stuck = isStuck(transfer)
  const renamed = newName(transfer)
  const tone = over
    ? 'done'
    : transfer.phase === 'failed'
      ? 'fail'
      : needsKey(transfer) || needsUser(transfer)
        ? 'need'
        : ''
  const kind = barKind(transfer)
  const target = shownName(transfer.target)
  return (
    <div {...grid} className={`xrow ${tone} ${isChild(transfer) ? 'child ' : ''}${grid.className}`}>
      <Icon name={iconOfTransfer(transfer)} />
      <div role="gridcell" className="grow">
        <div className="flex">
          <span className="sr">{kindWord(transfer, t)}</span>
          <span className="medium xname">
            <Name text={transfer.name} />
          </span>
          {renamed !== null && (
            <>
              <span className="faint">→</span>
              <span className="medium xname">
                <Name text={renamed} />
              </span>
            </>
          )}
          <span className="faint small nowrap cut xto" title={target}>
            {batch === null
              ? t('transfers:to', { target })
              : t('transfers:of', { name: shownName(batch) })}
          </span>
        </div>
        <div
          className={stuck ? 'say why' : 'say cut'}
          title={[say, tech].filter((text) => text !== '').join('\n')}
          {...(stuck && { onClick: () => acts.explain(transfer) })}
        >
          {transfer.phase === 'needs-network' && transfer.retryAt !== null && (
            <RetryIn at={transfer.retryAt} />
          )}
          {say}
          {tech !== '' && <span className="faint small">{` ${tech}`}</span>}
        </div>
      </div>
      {!over && !stuck && (
        <div role="gridcell" className="col-pg">
          <Progress
            value={shareDone(transfer)}
            label={shownName(transfer.name)}
            {...(kind !== undefined && { kind })}
          />
        </div>
      )}
      {(!stuck || transfer.total > 0) && (
        <div role="gridcell" className={over ? 'col-by faint' : 'col-by muted'}>
          {bytesText(transfer, q)}
        </div>
      )}
      {!stuck && (
        <div role="gridcell" className="col-sp muted">
          {transfer.phase === 'running' && transfer.speed !== null ? q.speed(transfer.speed) : ''}
        </div>
      )}
      <div role="gridcell" className="col-ac">
        <TransferButtons transfer={transfer} acts={acts} onMenu={onMenu} />
      </div>
    </div>
  )
}, sameRow)
