import { useState } from 'react'
import type { MasterKey } from '../../../../shared/contract/models.ts'
import { useUpdateKey } from '../../../queries/keys.ts'
import { shownName } from '../../../text/shown-name.ts'
import { useQuantities } from '../../../text/use-quantities.ts'
import { useText } from '../../../text/use-text.tsx'
import { Button } from '../../../ui/controls/button.tsx'
import { Dialog } from '../../../ui/controls/dialog.tsx'
import { Message } from '../../../ui/controls/field.tsx'
import { Note } from '../../../ui/note.tsx'
import { useProblem } from '../../../ui/use-problem.ts'
import {
  DescriptionFields,
  useDescription,
  type Description,
} from '../fields/description-field.tsx'
import { boundOf } from '../fields/kms-form.ts'
import { NameField, useFreeName } from '../fields/name-field.tsx'
import { WritesField } from '../fields/writes-field.tsx'

/**
 * Another name, another description. Objects keep the description they were written with, and the
 * dialog says so.
 */
export function KeyEditDialog({
  masterKey: key,
  onClose,
}: {
  readonly masterKey: MasterKey
  readonly onClose: () => void
}) {
  const t = useText()
  const q = useQuantities()
  const [name, setName] = useState(key.name)
  const [writes, setWrites] = useState(key.writes)
  const [description, setDescription] = useState<Description>({
    text: key.description,
    style: key.style,
  })
  const checked = useDescription(description, key.id)
  const update = useUpdateKey()
  const problem = useProblem(update.error)
  const named = useFreeName(name, key.id)
  const seen = key.seen.reduce((sum, one) => sum + one.objects, 0)
  const save = () =>
    update.mutate(
      {
        id: key.id,
        name: name.trim(),
        description: description.text,
        style: description.style,
        state: key.state,
        writes,
      },
      { onSuccess: onClose },
    )
  return (
    <Dialog
      title={t('keys:edit.title', { name: shownName(key.name) })}
      subtitle={t('keys:edit.sub')}
      onClose={onClose}
      footer={
        <>
          <span className="grow" />
          <Button onClick={onClose}>{t('keys:act.cancel')}</Button>
          <Button
            kind="primary"
            disabled={!named.fit || !checked.fit}
            busy={update.isPending}
            onClick={save}
          >
            {t(update.isPending ? 'keys:edit.busy' : 'keys:edit.do')}
          </Button>
        </>
      }
    >
      <div className="form">
        <NameField value={name} onChange={setName} taken={named.taken} autoFocus />
        <DescriptionFields value={description} onChange={setDescription} checked={checked} />
        <WritesField kind={key.kind} bound={boundOf(key)} value={writes} onChange={setWrites} />
      </div>
      {seen > 0 && checked.written !== null && checked.written !== key.description && (
        <Note kind="warn" icon="alert">
          {t('keys:edit.seen', { shown: q.count(seen) })}
        </Note>
      )}
      {problem !== null && <Message message={problem} alert />}
    </Dialog>
  )
}
