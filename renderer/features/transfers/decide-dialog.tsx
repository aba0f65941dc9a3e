import { useState } from 'react'
import { lastOf } from '../../state/ui.ts'
import { offerOf } from './transfer-offers.ts'
import { isChild, type Transfer } from '../../queries/transfers/transfer-facts.ts'
import type { Transfers } from '../../queries/transfers/transfer-book.ts'
import { useDecide, useTransfers } from '../../queries/transfers/transfers.ts'
import { shownName } from '../../text/shown-name.ts'
import { useQuantities } from '../../text/use-quantities.ts'
import { useText } from '../../text/use-text.tsx'
import { Button } from '../../ui/controls/button.tsx'
import { Checkbox } from '../../ui/controls/checkbox.tsx'
import { Dialog } from '../../ui/controls/dialog.tsx'
import { Message } from '../../ui/controls/field.tsx'
import { useProblem } from '../../ui/use-problem.ts'

/**
 * Asks about a name that exists already: skip, rename or replace, for this transfer or for all like
 * it.
 */
export function DecideDialog({
  id,
  onClose,
}: {
  readonly id: string
  readonly onClose: () => void
}) {
  const t = useText()
  const q = useQuantities()
  const [all, setAll] = useState(false)
  const decide = useDecide()
  const problem = useProblem(decide.error)
  const transfers = useTransfers().data
  const transfer = transfers?.get(id)
  if (transfers === undefined || transfer === undefined) return null
  const others = othersLike(transfer, transfers)
  const many = transfer.files !== null
  const isChanged = transfer.error?.code === 'object-exists' && transfer.error.why === 'changed'
  const answer = (existing: 'skip' | 'rename' | 'replace') => {
    const ids = !all ? [id] : transfer.batchId === null ? [id, ...others] : [transfer.batchId]
    decide.mutate({ ids, existing }, { onSuccess: onClose })
  }
  const footer = (
    <>
      <span className="grow">
        {isChild(transfer) && (
          <Checkbox checked={all} onChange={setAll}>
            {t('transfers:decide.batch')}
          </Checkbox>
        )}
        {!isChild(transfer) && others.length > 0 && (
          <Checkbox checked={all} onChange={setAll}>
            {t('objects:conflict.others', { count: others.length, n: q.count(others.length) })}
          </Checkbox>
        )}
      </span>
      <Button disabled={decide.isPending} onClick={onClose}>
        {t('common:act.cancel')}
      </Button>
      <Button kind="danger-quiet" busy={decide.isPending} onClick={() => answer('replace')}>
        {t('objects:existing.replace')}
      </Button>
      <Button busy={decide.isPending} onClick={() => answer('skip')}>
        {t(isChanged ? 'transfers:decide.keepCopy' : 'objects:existing.skip')}
      </Button>
      <Button kind="primary" busy={decide.isPending} onClick={() => answer('rename')}>
        {t(isChanged ? 'transfers:decide.beside' : 'objects:existing.rename')}
      </Button>
    </>
  )
  const title = isChanged
    ? t('transfers:decide.titleChanged', { name: shownName(takenName(transfer)) })
    : many
      ? t('transfers:decide.titleMany', { name: shownName(transfer.name) })
      : t('objects:conflict.title', { name: shownName(takenName(transfer)) })
  return (
    <Dialog title={title} width={520} footer={footer} onClose={onClose}>
      <p>
        {t(
          isChanged
            ? 'transfers:decide.textChanged'
            : many
              ? 'transfers:decide.textMany'
              : transfer.error?.code === 'object-exists'
                ? 'transfers:decide.textBucket'
                : 'transfers:decide.textFolder',
          { target: shownName(transfer.target) },
        )}
      </p>
      {problem !== null && <Message message={problem} alert />}
    </Dialog>
  )
}

const takenName = ({ error, name }: Transfer): string =>
  error?.code === 'object-exists' ? lastOf(error.key) : name

/** Other transfers that wait for the same answer. */
function othersLike(transfer: Transfer, transfers: Transfers): readonly string[] {
  if (isChild(transfer) || transfer.files !== null) return []
  return Array.from(transfers.rows('needs').values())
    .filter(
      (one) =>
        one.id !== transfer.id && !isChild(one) && one.files === null && offerOf(one) === 'decide',
    )
    .map(({ id }) => id)
}
