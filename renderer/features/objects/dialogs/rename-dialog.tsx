import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import type { Chosen } from '../../../queries/chosen.ts'
import { isTaken, type Place } from '../../../queries/objects.ts'
import { expectKeys } from '../../../state/selection.ts'
import { lastOf, parentOf } from '../../../state/ui.ts'
import { shownName } from '../../../text/shown-name.ts'
import { useQuantities } from '../../../text/use-quantities.ts'
import { useText } from '../../../text/use-text.tsx'
import { Button } from '../../../ui/controls/button.tsx'
import { Checkbox } from '../../../ui/controls/checkbox.tsx'
import { Dialog } from '../../../ui/controls/dialog.tsx'
import { Field, Message, type FieldMessage } from '../../../ui/controls/field.tsx'
import { useProblem } from '../../../ui/use-problem.ts'
import { useCopies } from '../copies.ts'
import { hasEndSpaces, nameProblem, typedName } from '../list/object-name.ts'
import { placeText } from '../list/rows.ts'

/** Renames an object or a folder within its folder. OSS copies it, then deletes the old name. */
export function RenameDialog({
  place,
  objectKey,
  onClose,
}: {
  readonly place: Place
  readonly objectKey: string
  readonly onClose: () => void
}) {
  const t = useText()
  const q = useQuantities()
  const folder = objectKey.endsWith('/')
  const [name, setName] = useState(lastOf(objectKey))
  const [replace, setReplace] = useState(false)
  const { profileId, bucket } = place
  const kept = typedName(name, lastOf(objectKey))
  const toKey = `${parentOf(objectKey)}${kept}${folder ? '/' : ''}`
  const copies = useCopies(() => {
    expectKeys({ profileId, bucket, prefix: parentOf(objectKey) }, [toKey])
    onClose()
  })
  const itself = objectKey === place.prefix ? { itself: [objectKey] } : {}
  const selection = { keys: [objectKey], ...itself }
  const renamed: Chosen = {
    place,
    parts: [{ bucket, selection }],
    rows: [],
    count: 1,
    isMore: null,
  }
  const start = () =>
    copies.begin(
      renamed,
      {
        to: { profileId, bucket },
        toPrefix: null,
        toKey,
        move: true,
        existing: replace ? 'replace' : 'fail',
      },
      false,
    )
  // Checked first, so that the dialog says it, and not a row of the transfers.
  const look = useMutation({
    mutationFn: () => isTaken({ profileId, bucket }, toKey),
    onSuccess: (taken) => {
      if (!taken) start()
    },
  })
  const taken = look.data === true
  const problem = useProblem(look.error ?? copies.error)
  const wrong =
    toKey === objectKey
      ? null
      : name.includes('/')
        ? ({ key: 'objects:rename.slash', n: 0 } as const)
        : name !== '' && kept === ''
          ? ({ key: 'objects:name.blank', n: 0 } as const)
          : nameProblem(toKey, false, kept)
  const message: FieldMessage | null =
    wrong !== null
      ? { kind: 'bad', text: t(wrong.key, { n: q.count(wrong.n) }) }
      : taken
        ? {
            kind: 'warn',
            text: t(folder ? 'objects:rename.existsFolder' : 'objects:rename.exists'),
          }
        : kept !== name
          ? { kind: 'warn', text: t('objects:name.trimmed') }
          : hasEndSpaces(kept)
            ? { kind: 'warn', text: t('objects:name.spaces') }
            : null
  const busy = look.isPending || copies.isPending
  const footer = (
    <>
      <span className="grow" />
      <Button onClick={onClose}>{t('common:act.cancel')}</Button>
      <Button
        kind="primary"
        busy={busy}
        disabled={wrong !== null || toKey === objectKey || (taken && !replace)}
        onClick={() => (replace ? start() : look.mutate())}
      >
        {t(busy ? 'objects:rename.doing' : 'objects:rename.do')}
      </Button>
    </>
  )
  const change = (text: string) => {
    setName(text)
    setReplace(false)
    look.reset()
    copies.reset()
  }
  return (
    <Dialog
      title={t(folder ? 'objects:rename.titleFolder' : 'objects:rename.titleObject')}
      subtitle={t(folder ? 'objects:rename.subFolder' : 'objects:rename.sub')}
      footer={footer}
      onClose={onClose}
    >
      <Field
        stacked
        label={t('objects:rename.label')}
        hint={t('objects:rename.hint', {
          place: shownName(placeText(bucket, parentOf(objectKey))),
        })}
        message={message}
      >
        {(control) => (
          <input
            className="input"
            {...control}
            value={name}
            data-autofocus
            autoComplete="off"
            spellCheck={false}
            onFocus={selectStem}
            onChange={(event) => change(event.target.value)}
          />
        )}
      </Field>
      {taken && (
        <Checkbox checked={replace} onChange={setReplace}>
          {t(folder ? 'objects:rename.replaceFolder' : 'objects:rename.replace')}
        </Checkbox>
      )}
      {problem !== null && <Message message={problem} alert />}
    </Dialog>
  )
}

/** The name without its extension, which people mean to change. */
function selectStem({ target }: { readonly target: HTMLInputElement }): void {
  const dot = target.value.lastIndexOf('.')
  target.setSelectionRange(0, dot > 0 ? dot : target.value.length)
}
