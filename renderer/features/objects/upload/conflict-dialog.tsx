import { useState } from 'react'
import type { UploadPlan } from '../../../../shared/contract/models-transfers.ts'
import { lastOf } from '../../../state/ui.ts'
import { shownName } from '../../../text/shown-name.ts'
import { useQuantities } from '../../../text/use-quantities.ts'
import { useText } from '../../../text/use-text.tsx'
import { Button } from '../../../ui/controls/button.tsx'
import { Checkbox } from '../../../ui/controls/checkbox.tsx'
import { Dialog } from '../../../ui/controls/dialog.tsx'
import { Icon } from '../../../ui/icon.tsx'

export type ConflictChoice = 'skip' | 'rename' | 'replace'
type Conflict = UploadPlan['conflicts'][number]

/**
 * Returns the decisions after one more answer. `rest`: the answer holds for all that follow. Pure.
 */
export function decided(
  before: Readonly<Record<string, ConflictChoice>>,
  conflicts: readonly Conflict[],
  at: number,
  answer: ConflictChoice,
  rest: boolean,
): Readonly<Record<string, ConflictChoice>> {
  const answered = rest ? conflicts.slice(at) : conflicts.slice(at, at + 1)
  return { ...before, ...Object.fromEntries(answered.map((conflict) => [conflict.key, answer])) }
}

export interface ConflictDialogProps {
  readonly conflicts: readonly Conflict[]
  readonly onDone: (decisions: Readonly<Record<string, ConflictChoice>>) => void
  readonly onClose: () => void
}

/**
 * Asks about one existing name after the other, with both files side by side. Closing it returns to
 * the sheet; nothing was sent.
 */
export function ConflictDialog({ conflicts, onDone, onClose }: ConflictDialogProps) {
  const t = useText()
  const q = useQuantities()
  const [at, setAt] = useState(0)
  const [rest, setRest] = useState(false)
  const [decisions, setDecisions] = useState<Readonly<Record<string, ConflictChoice>>>({})
  const conflict = conflicts[at]
  if (conflict === undefined) return null
  const left = conflicts.length - at - 1
  const answer = (decision: ConflictChoice) => {
    const next = decided(decisions, conflicts, at, decision, rest)
    if (rest || left === 0) return onDone(next)
    setDecisions(next)
    setAt(at + 1)
  }
  const ours = conflict.modified > conflict.theirModified
  const footer = (
    <>
      <span className="grow">
        {left > 0 && (
          <Checkbox checked={rest} onChange={setRest}>
            {t('objects:conflict.others', { count: left, n: q.count(left) })}
          </Checkbox>
        )}
      </span>
      <Button onClick={onClose}>{t('common:act.cancel')}</Button>
      <Button kind="danger-quiet" onClick={() => answer('replace')}>
        {t('objects:existing.replace')}
      </Button>
      <Button onClick={() => answer('skip')}>{t('objects:existing.skip')}</Button>
      <Button kind="primary" onClick={() => answer('rename')}>
        {t('objects:existing.rename')}
      </Button>
    </>
  )
  return (
    <Dialog
      title={t('objects:conflict.title', { name: shownName(lastOf(conflict.key)) })}
      {...(left > 0 && {
        subtitle: t('objects:conflict.sub', { count: left, left: q.count(left) }),
      })}
      width={520}
      footer={footer}
      onClose={onClose}
    >
      <div className="versus">
        <Side
          title={t('objects:conflict.here')}
          icon="file"
          size={conflict.size}
          modified={conflict.modified}
          newer={ours}
        />
        <Side
          title={t('objects:conflict.there')}
          icon="bucket"
          size={conflict.theirSize}
          modified={conflict.theirModified}
          newer={!ours}
        />
      </div>
    </Dialog>
  )
}

function Side({
  title,
  icon,
  size,
  modified,
  newer,
}: {
  readonly title: string
  readonly icon: 'file' | 'bucket'
  readonly size: number
  readonly modified: string
  readonly newer: boolean
}) {
  const t = useText()
  const q = useQuantities()
  return (
    <div className="box">
      <div className="line medium">
        <Icon name={icon} />
        {title}
      </div>
      <div className="line">{q.bytes(size)}</div>
      <div className="line">
        <span className="grow">{q.time(modified)}</span>
        {newer && <span className="badge flat">{t('objects:conflict.newer')}</span>}
      </div>
    </div>
  )
}
