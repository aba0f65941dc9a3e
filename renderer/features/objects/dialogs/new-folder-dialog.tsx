import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useMakeFolder, type Place } from '../../../queries/objects.ts'
import { levelView, positionQuery } from '../../../queries/rows/rows.ts'
import { expectKeys } from '../../../state/selection.ts'
import { shownName } from '../../../text/shown-name.ts'
import { useQuantities } from '../../../text/use-quantities.ts'
import { useText } from '../../../text/use-text.tsx'
import { Button } from '../../../ui/controls/button.tsx'
import { Dialog } from '../../../ui/controls/dialog.tsx'
import { Field, Message, type FieldMessage } from '../../../ui/controls/field.tsx'
import { useProblem } from '../../../ui/use-problem.ts'
import { sayFolder } from '../../toasts/after-folder.ts'
import { nameProblem, typedName } from '../list/object-name.ts'
import { placeText } from '../list/rows.ts'

/** Creates an empty folder: an object of no bytes whose name ends in a slash. */
export function NewFolderDialog({
  place,
  onClose,
}: {
  readonly place: Place
  readonly onClose: () => void
}) {
  const t = useText()
  const q = useQuantities()
  const [name, setName] = useState('')
  const make = useMakeFolder()
  const problem = useProblem(make.error)
  const kept = typedName(name)
  const key = `${place.prefix}${kept}/`
  const wrong =
    name === ''
      ? null
      : kept === ''
        ? ({ key: 'objects:name.blank', n: 0 } as const)
        : nameProblem(key, true, kept)
  const known = useQuery({
    ...positionQuery(levelView(place), place.bucket, key),
    enabled: wrong === null && kept !== '',
  })
  const taken = typeof known.data === 'number'
  const message: FieldMessage | null =
    wrong !== null
      ? { kind: 'bad', text: t(wrong.key, { n: q.count(wrong.n) }) }
      : taken
        ? { kind: 'bad', text: t('objects:name.taken') }
        : kept !== name
          ? { kind: 'warn', text: t('objects:name.trimmed') }
          : null
  const footer = (
    <>
      <span className="grow" />
      <Button onClick={onClose}>{t('common:act.cancel')}</Button>
      <Button
        kind="primary"
        busy={make.isPending}
        disabled={name === '' || message?.kind === 'bad'}
        onClick={() =>
          make.mutate(
            { profileId: place.profileId, bucket: place.bucket, key },
            {
              onSuccess: () => {
                expectKeys(place, [key])
                sayFolder(t, place, key)
                onClose()
              },
            },
          )
        }
      >
        {t(make.isPending ? 'objects:newFolder.doing' : 'objects:newFolder.do')}
      </Button>
    </>
  )
  return (
    <Dialog title={t('objects:newFolder.title')} width={500} footer={footer} onClose={onClose}>
      <Field
        stacked
        label={t('objects:newFolder.label')}
        hint={t('objects:newFolder.hint', {
          place: shownName(placeText(place.bucket, place.prefix)),
        })}
        message={message}
      >
        {(control) => (
          <input
            className="input"
            {...control}
            value={name}
            autoComplete="off"
            spellCheck={false}
            onChange={(event) => setName(event.target.value)}
          />
        )}
      </Field>
      {problem !== null && <Message message={problem} alert />}
    </Dialog>
  )
}
