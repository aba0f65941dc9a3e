import '../../local-chooser/local-chooser.css'
import { useQuery } from '@tanstack/react-query'
import { foldersQuery, type Place } from '../../../queries/objects.ts'
import { lastOf, parentOf } from '../../../state/ui.ts'
import { nameOrder } from '../../../text/name-order.ts'
import { useQuantities } from '../../../text/use-quantities.ts'
import { useLanguage, useText } from '../../../text/use-text.tsx'
import { IconButton } from '../../../ui/controls/button.tsx'
import { Field, type FieldMessage } from '../../../ui/controls/field.tsx'
import { useProblem } from '../../../ui/use-problem.ts'
import { LocalList } from '../../local-chooser/local-list.tsx'
import { hasEndSpaces, nameProblem } from '../list/object-name.ts'

export interface FolderFieldProps {
  readonly profileId: string
  readonly bucket: string
  /** The text of the field. */
  readonly text: string
  /** `picked`: the text is a folder that exists, and was not typed. */
  readonly onChange: (text: string, picked: boolean) => void
  /** The start of the text from before the user typed. */
  readonly known: string
  /** Another problem with this choice; null without one. */
  readonly wrong: string | null
  /** A hint about the choice, where it has no problem. */
  readonly hint: string | null
}

/** The folder that a text in the field names. */
export const folderIn = (text: string): string =>
  text === '' || text.endsWith('/') ? text : `${text}/`

/**
 * True if no object can have this folder. `known`: a beginning that exists already, under any name.
 */
export function folderProblem(text: string, known: string) {
  const typed = text.startsWith(known) ? text.slice(known.length) : text
  return typed === '' ? null : nameProblem(folderIn(text), false, typed)
}

/**
 * Chooses a folder of a bucket. The text is typed, or taken from the list below, which shows the
 * part before the last slash.
 */
export function FolderField({
  profileId,
  bucket,
  text,
  onChange,
  known,
  wrong,
  hint,
}: FolderFieldProps) {
  const t = useText()
  const q = useQuantities()
  const prefix = text.slice(0, text.lastIndexOf('/') + 1)
  const place: Place = { profileId, bucket, prefix }
  const folders = useQuery({ ...foldersQuery(place), enabled: bucket !== '' })
  const failed = useProblem(folders.error)
  const order = nameOrder(useLanguage())
  const entries = (folders.data?.folders ?? [])
    .map((key) => ({ name: lastOf(key), kind: 'folder' as const, size: null, modified: '' }))
    .sort((a, b) => order(a.name, b.name))
  const typed = text.slice(prefix.length)
  const problem = folderProblem(text, known)
  const unknown =
    typed !== '' &&
    folders.data !== undefined &&
    !folders.data.more &&
    entries.every(({ name }) => name !== typed)
  const message: FieldMessage | null =
    problem !== null
      ? { kind: 'bad', text: t(problem.key, { n: q.count(problem.n) }) }
      : wrong !== null
        ? { kind: 'bad', text: wrong }
        : (failed ??
          (unknown && hasEndSpaces(typed)
            ? { kind: 'warn', text: t('objects:name.spaces') }
            : unknown
              ? { kind: 'ok', text: t('objects:copy.newFolder'), icon: 'newfolder' }
              : null))
  const up = () => onChange(parentOf(prefix), true)
  return (
    <Field
      label={t('objects:copy.folder')}
      message={message}
      hint={hint ?? t('objects:where.hint')}
    >
      {(control) => (
        <>
          <div className="flex">
            <input
              className="input grow"
              {...control}
              value={text}
              placeholder={t('objects:where.top')}
              autoComplete="off"
              spellCheck={false}
              onChange={(event) => onChange(event.target.value, false)}
            />
            <IconButton
              icon="up"
              label={t('settings:chooser.up')}
              disabled={prefix === ''}
              onClick={up}
            />
          </div>
          <div className="folder-pick">
            <LocalList
              folder={`${profileId} ${bucket} ${prefix}`}
              entries={entries}
              selected={new Set([typed])}
              many={false}
              label={t('objects:copy.folders')}
              empty={
                folders.isPending && bucket !== ''
                  ? t('common:tree.loading')
                  : t('objects:copy.noFolders')
              }
              onSelect={(names) => onChange(prefix + (Array.from(names)[0] ?? ''), true)}
              onOpen={(name) => onChange(`${prefix}${name}/`, true)}
              onUp={up}
            />
          </div>
        </>
      )}
    </Field>
  )
}
