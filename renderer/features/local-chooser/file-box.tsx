import { useState, type ReactNode } from 'react'
import type { Grant } from '../../../shared/contract/models-transfers.ts'
import { hostFiles } from '../../queries/core.ts'
import { shownName } from '../../text/shown-name.ts'
import { Button } from '../../ui/controls/button.tsx'
import { Message, type FieldMessage } from '../../ui/controls/field.tsx'
import { useDropZone } from '../../ui/drop/use-drop-zone.ts'
import { Icon, type IconName } from '../../ui/icon.tsx'
import { useProblem } from '../../ui/use-problem.ts'

export interface FileBoxProps {
  readonly file: Grant | null
  readonly icon: IconName
  /** Texts of the box. `many` says that one file is wanted. */
  readonly words: {
    readonly drop: string
    readonly choose: string
    readonly another: string
    readonly many: string
  }
  /** Facts of the file, below its name. */
  readonly facts: ReactNode
  /** Another problem with the file, shown when the box itself has none. */
  readonly problem: FieldMessage | null
  readonly onTake: (grant: Grant) => void
}

/** A field for one file: the file is dropped or chosen, and then shown. */
export function FileBox({ file, icon, words, facts, problem, onTake }: FileBoxProps) {
  const [refused, setRefused] = useState<FieldMessage | null>(null)
  const [cause, setCause] = useState<unknown>(null)
  const message = useProblem(cause) ?? refused ?? problem
  const take = (grants: readonly Grant[]) => {
    const [only, ...more] = grants
    const fits = only?.kind === 'file' && more.length === 0
    setCause(null)
    setRefused(fits ? null : { kind: 'bad', text: words.many })
    if (fits) onTake(only)
  }
  const choose = async () => {
    const grants = await hostFiles().pickFiles()
    if (grants !== null) take(grants)
  }
  const { ref, over } = useDropZone(
    (transfer) =>
      void hostFiles()
        .dropped(transfer, () => undefined)
        .then(take, setCause),
    () => take([]),
  )
  if (file === null)
    return (
      <div className="field">
        <div className={`drop${over ? ' over' : ''}`} ref={ref}>
          <Icon name={icon} />
          <b className="strong">{words.drop}</b>
          <div className="flex">
            <Button size="sm" autoFocus onClick={() => void choose()}>
              {words.choose}
            </Button>
          </div>
        </div>
        {message !== null && <Message message={message} alert />}
      </div>
    )
  return (
    <div className="field">
      <div className="box" ref={ref}>
        <div className="line tall">
          <Icon name={icon} />
          <div className="grow">
            <span className="medium">{shownName(file.name)}</span>
            {facts !== null && (
              <>
                <br />
                <span className="faint small">{facts}</span>
              </>
            )}
          </div>
          <Button size="sm" onClick={() => void choose()}>
            {words.another}
          </Button>
        </div>
      </div>
      {message !== null && <Message message={message} alert />}
    </div>
  )
}
