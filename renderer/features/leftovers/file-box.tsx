import { useState, type DragEvent } from 'react'
import type { Grant } from '../../../shared/contract/models-transfers.ts'
import { hostFiles } from '../../queries/core.ts'
import { shownName } from '../../text/shown-name.ts'
import { useQuantities } from '../../text/use-quantities.ts'
import { useText } from '../../text/use-text.tsx'
import { Button } from '../../ui/controls/button.tsx'
import { Message, type FieldMessage } from '../../ui/controls/field.tsx'
import { Icon } from '../../ui/icon.tsx'
import { useProblem } from '../../ui/use-sentence.ts'

/** Where one file is dropped or chosen, and then which it is. */
export function FileBox({
  file,
  onTake,
}: {
  readonly file: Grant | null
  readonly onTake: (grant: Grant) => void
}) {
  const t = useText()
  const q = useQuantities()
  const [over, setOver] = useState(false)
  const [refused, setRefused] = useState<FieldMessage | null>(null)
  const [cause, setCause] = useState<unknown>(null)
  const problem = useProblem(cause) ?? refused
  const take = (grants: readonly Grant[]) => {
    const [only, ...more] = grants
    const fits = only?.kind === 'file' && more.length === 0
    setRefused(fits ? null : { kind: 'bad', text: t('leftovers:file.many') })
    if (fits) onTake(only)
  }
  const choose = async () => {
    const grants = await hostFiles().pickFiles()
    if (grants !== null) take(grants)
  }
  const drop = (event: DragEvent) => {
    event.preventDefault()
    setOver(false)
    setCause(null)
    // Asked before any await: afterwards the browser has emptied the transfer.
    hostFiles()
      .dropped(event.dataTransfer, () => undefined)
      .then(take, setCause)
  }
  const zone = {
    onDragOver: (event: DragEvent) => {
      event.preventDefault()
      setOver(true)
    },
    onDragLeave: () => setOver(false),
    onDrop: drop,
  }
  return (
    <div className="field">
      {file === null ? (
        <div className={`drop${over ? ' over' : ''}`} {...zone}>
          <Icon name="file" />
          <b className="strong">{t('leftovers:file.drop')}</b>
          <div className="flex">
            <Button size="sm" autoFocus onClick={() => void choose()}>
              {t('leftovers:file.choose')}
            </Button>
          </div>
        </div>
      ) : (
        <div className="box" {...zone}>
          <div className="line tall">
            <Icon name="file" />
            <div className="grow">
              <span className="medium">{shownName(file.name)}</span>
              {file.size !== null && (
                <>
                  <br />
                  <span className="faint small">{q.bytes(file.size)}</span>
                </>
              )}
            </div>
            <Button size="sm" onClick={() => void choose()}>
              {t('leftovers:file.another')}
            </Button>
          </div>
        </div>
      )}
      {problem !== null && <Message message={problem} alert />}
    </div>
  )
}
