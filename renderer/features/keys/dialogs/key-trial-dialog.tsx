import type { ReactNode } from 'react'
import { useText } from '../../../text/use-text.tsx'
import { Button } from '../../../ui/controls/button.tsx'
import { Dialog } from '../../../ui/controls/dialog.tsx'
import { Message } from '../../../ui/controls/field.tsx'
import { useProblem } from '../../../ui/use-problem.ts'

export interface KeyTrialDialogProps {
  readonly title: string
  readonly subtitle: string
  /** What the button says while nothing is under way. */
  readonly action: string
  /** The call behind the button; `stop` ends it. */
  readonly trial: {
    readonly isPending: boolean
    readonly error: Error | null
    readonly stop: () => void
  }
  readonly fit: boolean
  readonly onSave: () => void
  readonly onClose: () => void
  readonly children: ReactNode
}

/**
 * A dialog whose button tries a key that is elsewhere before anything is kept. That can take half a
 * minute: meanwhile Esc and Cancel end the trial and leave what was typed; after that they close.
 */
export function KeyTrialDialog({
  title,
  subtitle,
  action,
  trial,
  fit,
  onSave,
  onClose,
  children,
}: KeyTrialDialogProps) {
  const t = useText()
  const problem = useProblem(trial.error)
  const leave = trial.isPending ? trial.stop : onClose
  return (
    <Dialog
      title={title}
      subtitle={subtitle}
      width={600}
      onClose={leave}
      footer={
        <>
          <span className="hint grow">{t('remote:trial')}</span>
          <Button onClick={leave}>{t('keys:act.cancel')}</Button>
          <Button kind="primary" disabled={!fit} busy={trial.isPending} onClick={onSave}>
            {trial.isPending ? t('keys:gen.proving') : action}
          </Button>
        </>
      }
    >
      {children}
      {problem !== null && <Message message={problem} alert />}
    </Dialog>
  )
}
