import { useEditAct } from '../../queries/edits.ts'
import { shownName } from '../../text/shown-name.ts'
import { useText } from '../../text/use-text.tsx'
import { Button } from '../../ui/controls/button.tsx'
import { Dialog } from '../../ui/controls/dialog.tsx'
import { Message } from '../../ui/controls/field.tsx'
import { Note } from '../../ui/note.tsx'
import { useProblem } from '../../ui/use-problem.ts'

/** Asks before the changes of an edited copy are discarded. */
export function DiscardEditDialog({
  id,
  name,
  onClose,
}: {
  readonly id: string
  readonly name: string
  readonly onClose: () => void
}) {
  const t = useText()
  const act = useEditAct()
  const problem = useProblem(act.error)
  const footer = (
    <>
      <span className="grow" />
      <Button onClick={onClose}>{t('common:act.cancel')}</Button>
      <Button
        kind="danger"
        busy={act.isPending}
        onClick={() => act.mutate({ act: 'discard', id }, { onSuccess: onClose })}
      >
        {t('look:edit.discard')}
      </Button>
    </>
  )
  return (
    <Dialog
      title={t('look:edit.discardTitle', { name: shownName(name) })}
      width={500}
      footer={footer}
      onClose={onClose}
    >
      <Note kind="bad" icon="trash">
        {t('look:edit.discardText')}
      </Note>
      {problem !== null && <Message message={problem} alert />}
    </Dialog>
  )
}
