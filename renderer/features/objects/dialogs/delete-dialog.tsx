import { useMutation } from '@tanstack/react-query'
import type { TransferId } from '../../../../shared/contract/models.ts'
import { isOneRequest, useCount, type Chosen, type Counted } from '../../../queries/chosen.ts'
import { call } from '../../../queries/core.ts'
import { useKnownTransfer } from '../../../queries/transfers/transfers.ts'
import { awaitTransfers } from '../../../state/awaited-transfers.ts'
import { dispatchSelection } from '../../../state/selection.ts'
import { showToast } from '../../../state/toast.ts'
import { say } from '../../../ui/announce.ts'
import { lastOf, setPanes } from '../../../state/ui.ts'
import { shownName } from '../../../text/shown-name.ts'
import { useQuantities } from '../../../text/use-quantities.ts'
import { useRich, useText } from '../../../text/use-text.tsx'
import { Button } from '../../../ui/controls/button.tsx'
import { Dialog } from '../../../ui/controls/dialog.tsx'
import { Message } from '../../../ui/controls/field.tsx'
import { Icon } from '../../../ui/icon.tsx'
import { Name } from '../../../ui/name.tsx'
import { Note } from '../../../ui/note.tsx'
import { useProblem } from '../../../ui/use-problem.ts'
import { sayDeleted, type Deleted } from '../../toasts/after-delete.ts'
import { folderText, iconOf } from '../list/rows.ts'

const LISTED = 5

/**
 * Asks before every deletion; Cancel has the focus. The count of folders runs while the dialog is
 * open. A deletion of more than one request is a transfer, which the panel shows.
 */
export function DeleteDialog({
  chosen,
  onClose,
}: {
  readonly chosen: Chosen
  readonly onClose: () => void
}) {
  const t = useText()
  const rich = useRich()
  const q = useQuantities()
  const { place, parts, rows, isMore } = chosen
  const { profileId, bucket, prefix } = place
  const isOne = isMore === null && chosen.count === 1
  const counted = useCount(chosen)
  const known = useKnownTransfer()
  const atOnce = isOneRequest(chosen)
  const remove = useMutation({
    async mutationFn(): Promise<void> {
      if (atOnce) {
        const deleted: Deleted[] = []
        for (const { bucket, selection } of parts) {
          const { keys } = selection
          const { markers } = await call('objects.remove', { profileId, bucket, keys })
          deleted.push({ bucket, keys, markers })
        }
        return sayDeleted(t, q, place, deleted)
      }
      const ids: TransferId[] = []
      for (const { bucket, selection } of parts)
        ids.push(...(await call('deletes.start', { profileId, bucket, ...selection })).ids)
      awaitTransfers(ids, known, (ended) => {
        const removed = ended.reduce((sum, { outcome }) => {
          const { objects = 0, skipped = 0 } = outcome?.many ?? {}
          return sum + objects - skipped
        }, 0)
        showToast({ text: t('objects:delete.done', { count: removed, n: q.count(removed) }) })
      })
      if (ids.length > 0) setPanes({ panelOpen: true })
      dispatchSelection({ type: 'clear' })
      say(t(ids.length > 0 ? 'objects:delete.started' : 'objects:delete.nothing'))
    },
    onSuccess: onClose,
  })
  const problem = useProblem(remove.error)
  const first = parts[0]?.selection.keys[0] ?? ''
  const footer = (
    <>
      <span className="hint grow" role="status">
        {!remove.isPending && countText(counted)}
      </span>
      <Button onClick={onClose}>{t('common:act.cancel')}</Button>
      <Button kind="danger" busy={remove.isPending} onClick={() => remove.mutate()}>
        {t(remove.isPending ? 'objects:delete.doing' : 'objects:delete.do')}
      </Button>
    </>
  )
  return (
    <Dialog title={title()} width={500} footer={footer} onClose={onClose}>
      {!isOne && rows.length > 0 && (
        <div className="box">
          {rows.slice(0, LISTED).map(({ key }) => (
            <div className="line" key={key}>
              <Icon name={key.endsWith('/') ? 'folder' : iconOf(key)} />
              <span className="grow flex">
                <Name text={lastOf(key)} />
              </span>
            </div>
          ))}
          {chosen.count > LISTED && (
            <div className="line faint small">
              {t('objects:d.andMore', {
                count: chosen.count - LISTED,
                n: q.count(chosen.count - LISTED),
              })}
            </div>
          )}
        </div>
      )}
      <Note kind="bad" icon="trash">
        {rich('objects:delete.final', {})}
      </Note>
      {!atOnce && (
        <p className="hint">
          {t(isMore === 'filter' ? 'objects:delete.asMatched' : 'objects:delete.asListed')}
        </p>
      )}
      {problem !== null && <Message message={problem} alert />}
    </Dialog>
  )

  function title(): string {
    const except = parts.reduce(
      (sum, { selection }) => sum + (selection.under?.except.length ?? 0),
      0,
    )
    if (isMore === 'filter')
      return t('objects:delete.titleMatching', { count: chosen.count, n: q.count(chosen.count) })
    if (isMore === 'folder' && except > 0)
      return t('objects:delete.titleAllBut', {
        place: shownName(folderText(bucket, prefix)),
        count: except,
        n: q.count(except),
      })
    if (isMore === 'folder')
      return t('objects:delete.titleAll', { place: shownName(folderText(bucket, prefix)) })
    return isOne
      ? t('objects:delete.titleOne', { name: shownName(lastOf(first)) })
      : t('objects:delete.titleMany', { n: q.count(chosen.count) })
  }

  function countText({ objects, bytes, phase }: Counted): string {
    const some = { count: objects, n: q.count(objects), bytes: q.bytes(bytes) }
    if (phase === 'failed') return t('objects:delete.unknown')
    if (phase === 'counting')
      return objects === 0 ? t('objects:delete.counting') : t('objects:delete.soFar', some)
    return objects === 0 ? t('objects:delete.nothing') : t('objects:delete.count', some)
  }
}
