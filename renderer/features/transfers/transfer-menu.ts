import type { Transfer } from '../../../shared/contract/models-transfers.ts'
import { isMoving, isStuck } from '../../queries/transfers/transfer-facts.ts'
import type { Text } from '../../text/use-text.tsx'
import type { MenuEntry } from '../../ui/controls/menu.tsx'
import type { TransferActs } from './transfer-acts.ts'
import { offerWord } from './transfer-buttons.tsx'
import { canEnd, canRetry, canStartOver, isRawHelp, offerOf } from './transfer-offers.ts'

/** Returns every action of one transfer; empty for a transfer without actions. */
export function menuOf(transfer: Transfer, acts: TransferActs, t: Text): readonly MenuEntry[] {
  const offer = offerOf(transfer)
  const goes =
    (isMoving(transfer) && transfer.phase !== 'finishing') || transfer.phase === 'waiting'
  const doable: readonly MenuEntry[] = [
    ...(offer === null || offer === 'retry'
      ? []
      : ([
          {
            icon: 'right',
            label: offerWord(offer, () => acts.missing(transfer), t),
            onSelect: () => acts.offered(transfer),
          },
        ] as const)),
    ...(!canRetry(transfer)
      ? []
      : ([
          {
            icon: 'retry',
            label: t('transfers:retry'),
            onSelect: () => acts.intend('retry', [transfer]),
          },
        ] as const)),
    ...(isRawHelp(transfer) && offer !== 'download-raw'
      ? ([
          {
            icon: 'envelope',
            label: t('objects:act.downloadRaw'),
            onSelect: () => acts.downloadRaw(transfer),
          },
        ] as const)
      : []),
    ...(isStuck(transfer)
      ? ([
          { icon: 'info', label: t('transfers:reason'), onSelect: () => acts.explain(transfer) },
        ] as const)
      : []),
    ...((transfer.files?.skipped ?? 0) > 0
      ? ([
          {
            icon: 'info',
            label: t(transfer.kind === 'delete' ? 'transfers:showLeft' : 'transfers:showSkipped'),
            onSelect: () => acts.showSkipped(transfer),
          },
        ] as const)
      : []),
    ...(canStartOver(transfer)
      ? ([
          {
            icon: 'refresh',
            label: t('transfers:startOver'),
            onSelect: () => acts.startOver(transfer),
          },
        ] as const)
      : []),
    ...(goes
      ? ([
          { icon: 'pause', label: t('transfers:pause'), onSelect: () => acts.toggle(transfer) },
        ] as const)
      : []),
    ...(transfer.phase === 'paused'
      ? ([
          { icon: 'play', label: t('transfers:resume'), onSelect: () => acts.toggle(transfer) },
        ] as const)
      : []),
    ...(acts.canReveal(transfer)
      ? ([
          {
            icon: 'external',
            label: t('transfers:reveal'),
            onSelect: () => acts.offered(transfer),
          },
        ] as const)
      : []),
  ]
  if (!canEnd(transfer)) return doable
  return [
    ...doable,
    ...(doable.length > 0 ? (['line'] as const) : []),
    {
      icon: 'x',
      label: t(acts.isOver(transfer) ? 'transfers:remove' : 'transfers:cancel'),
      onSelect: () => acts.end(transfer),
    },
  ]
}
