import { useState } from 'react'
import { errorOf } from '../../queries/core.ts'
import { useCopyObject, type Place } from '../../queries/objects.ts'
import { shownName } from '../../text/shown-name.ts'
import { useQuantities } from '../../text/use-quantities.ts'
import { useText } from '../../text/use-text.tsx'
import { Button } from '../../ui/button.tsx'
import { Checkbox } from '../../ui/checkbox.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Field, Message, type FieldMessage } from '../../ui/field.tsx'
import { useProblem } from '../../ui/use-sentence.ts'
import { nameProblem } from './object-name.ts'

/** Another name or folder in the same bucket. OSS copies, then the old name goes. */
export function RenameDialog({ place, objectKey, onClose }: { readonly place: Place; readonly objectKey: string; readonly onClose: () => void }) {
  const t = useText()
  const q = useQuantities()
  const [to, setTo] = useState(objectKey)
  const [replace, setReplace] = useState(false)
  const copy = useCopyObject()
  const wrong = to === objectKey ? null : nameProblem(to, false, to)
  const exists = copy.error !== null && errorOf(copy.error).code === 'object-exists'
  const problem = useProblem(exists ? null : copy.error)
  const message: FieldMessage | null = wrong !== null ? { kind: 'bad', text: t(wrong.key, { n: q.count(wrong.n) }) } : exists ? { kind: 'warn', text: t('objects:rename.exists') } : null
  const confirm = () => copy.mutate({ profileId: place.profileId, bucket: place.bucket, key: objectKey, toKey: to, removeSource: true, replace }, { onSuccess: onClose })
  const footer = (
    <>
      <span className="grow" />
      <Button onClick={onClose}>{t('common:act.cancel')}</Button>
      <Button kind="primary" busy={copy.isPending} disabled={wrong !== null || to === objectKey || (exists && !replace)} onClick={confirm}>
        {t(copy.isPending ? 'objects:rename.doing' : 'objects:rename.do')}
      </Button>
    </>
  )
  const change = (text: string) => {
    setTo(text)
    setReplace(false)
    copy.reset()
  }
  return (
    <Dialog title={t('objects:rename.title')} subtitle={t('objects:rename.sub')} footer={footer} onClose={onClose}>
      <Field stacked label={t('objects:rename.label', { bucket: shownName(place.bucket) })} hint={t('objects:rename.hint')} message={message}>
        {(control) => <input className="input" {...control} value={to} autoComplete="off" spellCheck={false} onChange={(event) => change(event.target.value)} />}
      </Field>
      {exists && <Checkbox checked={replace} onChange={setReplace}>{t('objects:rename.replace')}</Checkbox>}
      {problem !== null && <Message message={problem} alert />}
    </Dialog>
  )
}
