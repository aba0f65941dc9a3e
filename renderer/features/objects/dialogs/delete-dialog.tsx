import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Failure } from '../../../../shared/contract/errors.ts'
import { countQuery, removeObjects, type Place } from '../../../queries/objects.ts'
import { useSending, type Pieces } from '../../../queries/pieces.ts'
import { say } from '../../../ui/announce.ts'
import { lastOf } from '../../../state/ui.ts'
import { shownName } from '../../../text/shown-name.ts'
import { useQuantities } from '../../../text/use-quantities.ts'
import { useRich, useText } from '../../../text/use-text.tsx'
import { Button } from '../../../ui/controls/button.tsx'
import { Dialog } from '../../../ui/controls/dialog.tsx'
import { Message } from '../../../ui/controls/field.tsx'
import { Icon } from '../../../ui/icon.tsx'
import { Name } from '../../../ui/name.tsx'
import { Note } from '../../../ui/note.tsx'
import { Progress } from '../../../ui/progress.tsx'
import { useProblem } from '../../../ui/use-problem.ts'
import { iconOf } from '../list/rows.ts'

const LISTED = 5

/**
 * Always asks, and Cancel is where the focus is. Folders are counted through before anything is
 * deleted.
 */
export function DeleteDialog({
  place,
  keys,
  onClose,
}: {
  readonly place: Place
  readonly keys: readonly string[]
  readonly onClose: () => void
}) {
  const t = useText()
  const rich = useRich()
  const q = useQuantities()
  const count = useQuery(countQuery(place, keys))
  const deleting = useSending()
  const [ended, setEnded] = useState<Pieces<{ readonly removed: number }> | null>(null)
  const problem = useProblem(
    ended === null || ended.error === null ? null : new Failure(ended.error),
  )
  const first = keys[0] ?? ''
  const busy = deleting.sending !== null
  const confirm = async () => {
    const result = await deleting.while(keys.length, (how) => removeObjects(place, keys, how))
    if (result.error !== null) return setEnded(result)
    const removed = result.results.reduce((sum, one) => sum + one.removed, 0)
    say(t('objects:delete.done', { count: removed, n: q.count(removed) }))
    onClose()
  }
  const footer = (
    <>
      <span className="hint grow" role="status">
        {busy
          ? keys.length > 1 &&
            t('objects:delete.progress', {
              done: q.count(deleting.sending?.done ?? 0),
              total: q.count(keys.length),
            })
          : ended === null && counted()}
      </span>
      {ended === null && (
        <Button onClick={busy ? deleting.stop : onClose}>
          {t(busy ? 'common:act.stop' : 'common:act.cancel')}
        </Button>
      )}
      {ended === null ? (
        <Button kind="danger" busy={busy} onClick={() => void confirm()}>
          {t(busy ? 'objects:delete.doing' : 'objects:delete.do')}
        </Button>
      ) : (
        <Button kind="primary" onClick={onClose}>
          {t('common:act.close')}
        </Button>
      )}
    </>
  )
  return (
    <Dialog
      title={
        keys.length === 1
          ? t('objects:delete.titleOne', { name: shownName(lastOf(first)) })
          : t('objects:delete.titleMany', { n: q.count(keys.length) })
      }
      width={500}
      footer={footer}
      onClose={busy ? deleting.stop : onClose}
    >
      {keys.length > 1 && (
        <div className="box">
          {keys.slice(0, LISTED).map((key) => (
            <div className="line" key={key}>
              <Icon name={key.endsWith('/') ? 'folder' : iconOf(key)} />
              <span className="grow flex">
                <Name text={lastOf(key)} />
              </span>
            </div>
          ))}
          {keys.length > LISTED && (
            <div className="line faint small">
              {t('objects:d.andMore', {
                count: keys.length - LISTED,
                n: q.count(keys.length - LISTED),
              })}
            </div>
          )}
        </div>
      )}
      {ended === null && (
        <Note kind="bad" icon="trash">
          {rich('objects:delete.final', {})}
        </Note>
      )}
      {busy && keys.length > 1 && (
        <Progress
          value={(deleting.sending?.done ?? 0) / keys.length}
          label={t('objects:delete.doing')}
        />
      )}
      {ended !== null && (keys.length > 1 || ended.error?.code === 'cancelled') && (
        <Message message={{ kind: 'warn', text: told(ended) }} alert />
      )}
      {problem !== null && <Message message={problem} alert />}
    </Dialog>
  )

  /**
   * What was done and what was not. A folder that was given up, or met an error, may be half there.
   */
  function told({ done, error }: Pieces<unknown>): string {
    const text = t(
      error?.code === 'cancelled' ? 'objects:delete.stopped' : 'objects:delete.failed',
      { done: q.count(done), total: q.count(keys.length) },
    )
    const folder = keys.filter((key) => key.endsWith('/'))[
      done - keys.filter((key) => !key.endsWith('/')).length
    ]
    return folder === undefined
      ? text
      : [text, t('objects:delete.partly', { name: shownName(lastOf(folder)) })].join(
          t('common:space'),
        )
  }

  function counted(): string {
    if (count.isPending) return t('objects:delete.counting')
    if (count.data === undefined) return t('objects:delete.unknown')
    const { objects, bytes } = count.data
    return objects === 0
      ? t('objects:delete.nothing')
      : t('objects:delete.count', { count: objects, n: q.count(objects), bytes: q.bytes(bytes) })
  }
}
