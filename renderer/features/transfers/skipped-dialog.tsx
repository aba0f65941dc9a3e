import { useState } from 'react'
import { MOST_SKIPPED, useSkipped, useTransfers } from '../../queries/transfers/transfers.ts'
import { shownName } from '../../text/shown-name.ts'
import { useQuantities } from '../../text/use-quantities.ts'
import { useText } from '../../text/use-text.tsx'
import { Button } from '../../ui/controls/button.tsx'
import { Dialog } from '../../ui/controls/dialog.tsx'
import { Message } from '../../ui/controls/field.tsx'
import { Name } from '../../ui/name.tsx'
import { useProblem } from '../../ui/use-problem.ts'

/** Lists the objects that a transfer of many skipped or left, a page at a time. */
export function SkippedDialog({
  id,
  onClose,
}: {
  readonly id: string
  readonly onClose: () => void
}) {
  const t = useText()
  const q = useQuantities()
  const [offset, setOffset] = useState(0)
  const transfer = useTransfers().data?.get(id)
  const skipped = useSkipped(id, offset)
  const problem = useProblem(skipped.error)
  if (transfer === undefined || transfer.files === null) return null
  const total = transfer.files.skipped
  const keys = skipped.data ?? []
  const title = t(
    transfer.kind === 'delete' ? 'transfers:objects.left' : 'transfers:files.skipped',
    { count: total, n: q.count(total) },
  )
  const pages = total > MOST_SKIPPED
  return (
    <Dialog
      title={title}
      subtitle={shownName(transfer.name)}
      width={560}
      onClose={onClose}
      footer={
        <>
          {pages && (
            <>
              <Button
                disabled={offset === 0}
                onClick={() => setOffset(Math.max(0, offset - MOST_SKIPPED))}
              >
                {t('transfers:skipped.before')}
              </Button>
              <Button
                disabled={offset + MOST_SKIPPED >= total}
                onClick={() => setOffset(offset + MOST_SKIPPED)}
              >
                {t('transfers:skipped.after')}
              </Button>
            </>
          )}
          <span className="grow" />
          <Button onClick={onClose}>{t('common:act.close')}</Button>
        </>
      }
    >
      {problem !== null && <Message message={problem} alert />}
      {pages && (
        <p className="hint" role="status">
          {t('transfers:skipped.range', {
            from: q.count(offset + 1),
            to: q.count(Math.min(total, offset + MOST_SKIPPED)),
            n: q.count(total),
          })}
        </p>
      )}
      <div className="box left-out tall">
        <ul tabIndex={0} aria-label={title}>
          {keys.map((key, index) => (
            <li className="line small" key={offset + index}>
              <span className="grow flex">
                <Name text={key} />
              </span>
            </li>
          ))}
        </ul>
      </div>
    </Dialog>
  )
}
