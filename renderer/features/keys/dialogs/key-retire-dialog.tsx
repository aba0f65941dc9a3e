import { useState } from 'react'
import type { MasterKey } from '../../../../shared/contract/models.ts'
import { useRetireKey } from '../../../queries/keys.ts'
import { shownName } from '../../../text/shown-name.ts'
import { useText } from '../../../text/use-text.tsx'
import { Button } from '../../../ui/controls/button.tsx'
import { Dialog } from '../../../ui/controls/dialog.tsx'
import { Message } from '../../../ui/controls/field.tsx'
import { useProblem } from '../../../ui/use-problem.ts'
import { SuccessorField } from '../fields/successor-field.tsx'

/** A key that is the default somewhere stops encrypting: who takes its place is asked first. */
export function KeyRetireDialog({
  masterKey: key,
  onClose,
}: {
  readonly masterKey: MasterKey
  readonly onClose: () => void
}) {
  const t = useText()
  const [successorId, setSuccessor] = useState('')
  const retire = useRetireKey()
  const problem = useProblem(retire.error)
  return (
    <Dialog
      title={t('keys:retire.title', { name: shownName(key.name) })}
      subtitle={t('keys:retire.text')}
      width={500}
      onClose={onClose}
      footer={
        <>
          <span className="grow" />
          <Button onClick={onClose}>{t('keys:act.cancel')}</Button>
          <Button
            kind="primary"
            disabled={successorId === ''}
            busy={retire.isPending}
            onClick={() => retire.mutate({ key, successorId }, { onSuccess: onClose })}
          >
            {t(retire.isPending ? 'keys:retire.busy' : 'keys:retire.do')}
          </Button>
        </>
      }
    >
      <SuccessorField masterKey={key} value={successorId} onChange={setSuccessor} />
      {problem !== null && <Message message={problem} alert />}
    </Dialog>
  )
}
