import type { Leftover } from '../../../shared/contract/models-transfers.ts'
import { useAbortLeftovers, type BucketPlace } from '../../queries/leftovers.ts'
import { say } from '../../ui/announce.ts'
import { shownName } from '../../text/shown-name.ts'
import { useQuantities } from '../../text/use-quantities.ts'
import { useText } from '../../text/use-text.tsx'
import { Button } from '../../ui/controls/button.tsx'
import { Dialog } from '../../ui/controls/dialog.tsx'
import { Message } from '../../ui/controls/field.tsx'
import { Note } from '../../ui/note.tsx'
import { useProblem } from '../../ui/use-problem.ts'
import { heldBy, OLD_DAYS } from './leftover-facts.ts'

export interface AbortDialogProps {
  readonly place: BucketPlace
  /** One, or all that are old. */
  readonly leftovers: readonly Leftover[]
  /** Old ones that are left alone. */
  readonly spared: number
  readonly onClose: () => void
}

/** Always asks, and names how many uploads and bytes will be gone. */
export function AbortDialog({ place, leftovers, spared, onClose }: AbortDialogProps) {
  const t = useText()
  const q = useQuantities()
  const abort = useAbortLeftovers(place)
  const problem = useProblem(abort.error)
  const [only] = leftovers
  const one = leftovers.length === 1 && only !== undefined
  const { bytes, unknown } = heldBy(leftovers)
  const confirm = () =>
    abort.mutate(leftovers, {
      onSuccess: (aborted) => {
        say(t('leftovers:aborted', { count: aborted, n: q.count(aborted) }))
        onClose()
      },
    })
  const footer = (
    <>
      <span className="hint grow">
        {t(unknown > 0 ? 'leftovers:abort.countAtLeast' : 'leftovers:abort.count', {
          count: leftovers.length,
          n: q.count(leftovers.length),
          bytes: q.bytes(bytes),
        })}
      </span>
      <Button onClick={onClose}>{t('common:act.cancel')}</Button>
      <Button kind="danger" busy={abort.isPending} onClick={confirm}>
        {t(abort.isPending ? 'leftovers:abort.doing' : 'leftovers:abort.do', {
          count: leftovers.length,
          n: q.count(leftovers.length),
        })}
      </Button>
    </>
  )
  return (
    <Dialog
      title={
        one
          ? t('leftovers:abort.titleOne', { name: shownName(only.key) })
          : t('leftovers:abort.titleOld', { days: OLD_DAYS })
      }
      width={520}
      footer={footer}
      onClose={onClose}
    >
      <Note kind="bad" icon="trash">
        {t(one && only.transferId !== null ? 'leftovers:abort.textOurs' : 'leftovers:abort.text', {
          count: leftovers.length,
        })}
      </Note>
      {spared > 0 && (
        <p className="hint">{t('leftovers:abort.spared', { count: spared, n: q.count(spared) })}</p>
      )}
      {problem !== null && <Message message={problem} alert />}
    </Dialog>
  )
}
