import { hostFiles } from '../../queries/core.ts'
import { useReadyCopies } from '../../state/drag-out.ts'
import { notify } from '../../state/work.ts'
import { errorOf } from '../../text/error-of.ts'
import { shownName } from '../../text/shown-name.ts'
import { useQuantities } from '../../text/use-quantities.ts'
import { useText } from '../../text/use-text.tsx'
import { IconButton } from '../../ui/controls/button.tsx'
import { Icon } from '../../ui/icon.tsx'
import './drag-out.css'

/** Shows the copies that are ready to be dragged to another program, until it is dismissed. */
export function DragOutBar() {
  const t = useText()
  const q = useQuantities()
  const ready = useReadyCopies((state) => state.ready)
  if (ready === null) return null
  const { ids, name } = ready
  const count = ids.length
  const drag = async () => {
    try {
      if ((await hostFiles().dragOut?.(ids)) !== true)
        notify({ about: null, error: null, text: t('objects:dragOut.gone') })
    } catch (cause) {
      notify({ about: null, error: errorOf(cause), text: null })
    }
  }
  return (
    <div className="drag-out" role="group" aria-label={t('objects:dragOut.label')}>
      <div
        className="drag-chip"
        draggable
        onDragStart={(event) => {
          // The shell starts a drag of files, in place of the drag of the page.
          event.preventDefault()
          void drag()
        }}
      >
        <Icon name="file" size="s" />
        <b className="cut">
          {count === 1 ? shownName(name) : t('objects:dragOut.files', { count, n: q.count(count) })}
        </b>
      </div>
      <span className="cut grow">{t('objects:dragOut.hint')}</span>
      <IconButton
        icon="x"
        small
        label={t('common:act.dismiss')}
        onClick={() => useReadyCopies.setState({ ready: null })}
      />
    </div>
  )
}
