import type { Chosen } from '../../queries/chosen.ts'
import type { Language } from '../../../shared/contract/sentences/sentences.ts'
import { call, hostFiles } from '../../queries/core.ts'
import { draggedFolder, useRowDrag } from '../../state/row-drag.ts'
import { showToast } from '../../state/toast.ts'
import { textIn, texts } from '../../text/use-text.tsx'
import { ROWS_TYPE } from '../../ui/drop/drop-zones.ts'
import { showPlaceDrag, usePlaceDrag } from '../places/place-drag.ts'

/** The data of a drag of rows. A page of another site can write such data too. */
interface RowDrag {
  readonly version: 1
  /** Random. The core knows the ids of drags that windows of this app started. */
  readonly id: string
  readonly place: Chosen['place']
  /** Null: too many rows for the data of a drag. */
  readonly parts: Chosen['parts'] | null
  readonly count: number
}

/** The most characters of the data. */
const MOST_CHARACTERS = 1_000_000

/** The reason why dropped rows are not taken. `tooMany`: only their own window takes them. */
export type RowRefusal = 'foreign' | 'tooMany'

/** Starts a drag of rows, in the handler of `dragstart`. Its data names them for other windows. */
export function startRowDrag(transfer: DataTransfer, chosen: Chosen): void {
  const { place, parts, count } = chosen
  const id = crypto.randomUUID()
  const text = (named: RowDrag['parts']) =>
    JSON.stringify({ version: 1, id, place, parts: named, count } satisfies RowDrag)
  const whole = text(parts)
  transfer.setData(ROWS_TYPE, whole.length > MOST_CHARACTERS ? text(null) : whole)
  transfer.effectAllowed = 'copyMove'
  useRowDrag.setState({ own: { id, chosen } })
  if (draggedFolder() !== null) showPlaceDrag()
  const end = (event: DragEvent) => {
    useRowDrag.setState({ own: null })
    usePlaceDrag.setState({ on: false })
    if (hostFiles().dragOut !== null && isOutside(event))
      showToast({ text: textIn(texts.language as Language)('objects:dragOut.outside') })
  }
  window.addEventListener('dragend', end, { once: true })
  // Without the core the window shows that the core is gone. The drag is refused then.
  call('drags.offer', { id }).catch(() => undefined)
}

/** Tells whether a drag ended outside of the window, where nothing took it. */
function isOutside({ dataTransfer, clientX, clientY }: DragEvent): boolean {
  const isInside =
    clientX >= 0 && clientY >= 0 && clientX < window.innerWidth && clientY < window.innerHeight
  return dataTransfer?.dropEffect === 'none' && !isInside
}

/** Returns the rows of a drop, or the reason why they are not taken. Rejects with Failure. */
export async function droppedRows(text: string): Promise<Chosen | RowRefusal> {
  const drag = rowDragIn(text)
  const { own } = useRowDrag.getState()
  if (drag === null || !(await call('drags.take', { id: drag.id }))) return 'foreign'
  if (own?.id === drag.id) return own.chosen
  const { place, parts, count } = drag
  return parts === null ? 'tooMany' : { place, parts, rows: [], count, isMore: null }
}

/** Returns the data of a drag; null for data of another form. The core checks each selection. */
export function rowDragIn(text: string): RowDrag | null {
  try {
    const drag = JSON.parse(text) as Partial<RowDrag> | null
    const isSound =
      drag?.version === 1 &&
      typeof drag.id === 'string' &&
      drag.id.length > 0 &&
      drag.id.length <= 128 &&
      Number.isSafeInteger(drag.count) &&
      areTexts([drag.place?.profileId, drag.place?.bucket, drag.place?.prefix]) &&
      (drag.parts === null ||
        (Array.isArray(drag.parts) && drag.parts.length > 0 && drag.parts.every(isPart)))
    return isSound ? (drag as RowDrag) : null
  } catch {
    return null
  }
}

const areTexts = (values: readonly unknown[]): boolean =>
  values.every((value) => typeof value === 'string')

const isPart = (part: Partial<Chosen['parts'][number]> | null): boolean =>
  areTexts([part?.bucket]) &&
  Array.isArray(part?.selection?.keys) &&
  areTexts(part.selection.keys) &&
  (part.selection.under === undefined || isException(part.selection.under)) &&
  (part.selection.query === undefined || isException(part.selection.query))

/** The window itself reads these parts of a selection, before the core does. */
const isException = (one: {
  readonly except?: unknown
  readonly prefix?: unknown
  readonly scope?: unknown
}): boolean =>
  Array.isArray(one.except) &&
  areTexts(one.except) &&
  (typeof one.prefix === 'string' || typeof one.scope === 'object')
