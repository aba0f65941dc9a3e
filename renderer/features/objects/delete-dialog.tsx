import { useQuery } from '@tanstack/react-query'
import { countQuery, itselfIn, useRemoveObjects, type Place } from '../../queries/objects.ts'
import { say } from '../../state/live.ts'
import { lastOf } from '../../state/ui.ts'
import { shownName } from '../../text/shown-name.ts'
import { useQuantities } from '../../text/use-quantities.ts'
import { useRich, useText } from '../../text/use-text.tsx'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Message } from '../../ui/field.tsx'
import { Icon } from '../../ui/icon.tsx'
import { Name } from '../../ui/name.tsx'
import { Note } from '../../ui/note.tsx'
import { useProblem } from '../../ui/use-sentence.ts'
import { iconOf } from './rows.ts'

const LISTED = 5

/** Always asks, and Cancel is where the focus is. Folders are counted through before anything is deleted. */
export function DeleteDialog({ place, keys, onClose }: { readonly place: Place; readonly keys: readonly string[]; readonly onClose: () => void }) {
  const t = useText()
  const rich = useRich()
  const q = useQuantities()
  const count = useQuery(countQuery(place, keys))
  const remove = useRemoveObjects()
  const problem = useProblem(remove.error)
  const first = keys[0] ?? ''
  const confirm = () =>
    remove.mutate({ profileId: place.profileId, bucket: place.bucket, keys: [...keys], ...itselfIn(place, keys) }, {
      onSuccess: ({ removed }) => {
        say(t('objects:delete.done', { count: removed, n: q.count(removed) }))
        onClose()
      },
    })
  const footer = (
    <>
      <span className="hint grow">{counted()}</span>
      <Button onClick={onClose}>{t('common:act.cancel')}</Button>
      <Button kind="danger" busy={remove.isPending} onClick={confirm}>{t(remove.isPending ? 'objects:delete.doing' : 'objects:delete.do')}</Button>
    </>
  )
  return (
    <Dialog
      title={keys.length === 1 ? t('objects:delete.titleOne', { name: shownName(lastOf(first)) }) : t('objects:delete.titleMany', { n: q.count(keys.length) })}
      width={500} footer={footer} onClose={onClose}
    >
      {keys.length > 1 && (
        <div className="box">
          {keys.slice(0, LISTED).map((key) => (
            <div className="line" key={key}><Icon name={key.endsWith('/') ? 'folder' : iconOf(key)} /><span className="grow flex"><Name text={lastOf(key)} /></span></div>
          ))}
          {keys.length > LISTED && <div className="line faint small">{t('objects:d.andMore', { count: keys.length - LISTED, n: q.count(keys.length - LISTED) })}</div>}
        </div>
      )}
      <Note kind="bad" icon="trash">{rich('objects:delete.final', {})}</Note>
      {problem !== null && <Message message={problem} alert />}
    </Dialog>
  )

  function counted(): string {
    if (count.isPending) return t('objects:delete.counting')
    if (count.data === undefined) return t('objects:delete.unknown')
    const { objects, bytes } = count.data
    return objects === 0 ? t('objects:delete.nothing') : t('objects:delete.count', { count: objects, n: q.count(objects), bytes: q.bytes(bytes) })
  }
}
