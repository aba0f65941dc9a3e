import { useState } from 'react'
import type { UploadPlan } from '../../../../shared/contract/models-transfers.ts'
import { shownName } from '../../../text/shown-name.ts'
import { useQuantities } from '../../../text/use-quantities.ts'
import { useText } from '../../../text/use-text.tsx'
import { Button } from '../../../ui/controls/button.tsx'
import { Dialog } from '../../../ui/controls/dialog.tsx'
import { Field, type FieldMessage } from '../../../ui/controls/field.tsx'
import { Icon } from '../../../ui/icon.tsx'
import { folderIn, folderProblem } from '../dialogs/folder-field.tsx'
import { hasEndSpaces } from '../list/object-name.ts'

/** The target folder, and a small dialog to name another one in the same bucket. */
export function SheetWhere({
  plan,
  onMove,
}: {
  readonly plan: UploadPlan
  readonly onMove: (prefix: string) => void
}) {
  const t = useText()
  const [changing, change] = useState(false)
  const steps = [plan.bucket, ...plan.prefix.split('/').slice(0, -1)]
  return (
    <>
      <span className="label" id="sheet-where">
        {t('objects:sheet.where')}
      </span>
      <div className="flex">
        <div className="pick grow" role="group" aria-labelledby="sheet-where">
          <Icon name="bucket" size="s" />
          <span className="cut grow">
            {steps.map((name, i) => (
              <span key={i}>
                {i > 0 && <span className="faint"> / </span>}
                {shownName(name)}
              </span>
            ))}
          </span>
        </div>
        <Button onClick={() => change(true)}>{t('objects:sheet.change')}</Button>
      </div>
      {changing && (
        <WhereDialog
          plan={plan}
          onClose={() => change(false)}
          onMove={(prefix) => {
            change(false)
            onMove(prefix)
          }}
        />
      )}
    </>
  )
}

function WhereDialog({
  plan,
  onMove,
  onClose,
}: {
  readonly plan: UploadPlan
  readonly onMove: (prefix: string) => void
  readonly onClose: () => void
}) {
  const t = useText()
  const q = useQuantities()
  const [text, setText] = useState(plan.prefix)
  const prefix = folderIn(text)
  const wrong = folderProblem(text, plan.prefix)
  const message: FieldMessage | null =
    wrong !== null
      ? { kind: 'bad', text: t(wrong.key, { n: q.count(wrong.n) }) }
      : hasEndSpaces(prefix.startsWith(plan.prefix) ? prefix.slice(plan.prefix.length) : prefix)
        ? { kind: 'warn', text: t('objects:name.spaces') }
        : null
  const footer = (
    <>
      <span className="grow" />
      <Button onClick={onClose}>{t('common:act.cancel')}</Button>
      <Button
        kind="primary"
        disabled={wrong !== null}
        onClick={() => (prefix === plan.prefix ? onClose() : onMove(prefix))}
      >
        {t('objects:where.do')}
      </Button>
    </>
  )
  return (
    <Dialog title={t('objects:where.title')} width={500} footer={footer} onClose={onClose}>
      <Field
        stacked
        label={t('objects:where.label', { bucket: shownName(plan.bucket) })}
        hint={t('objects:where.hint')}
        message={message}
      >
        {(control) => (
          <input
            className="input"
            {...control}
            value={text}
            placeholder="contracts/2026/"
            autoComplete="off"
            spellCheck={false}
            onChange={(event) => setText(event.target.value)}
          />
        )}
      </Field>
    </Dialog>
  )
}
