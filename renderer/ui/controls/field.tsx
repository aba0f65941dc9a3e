import { useEffect, useId, useRef, type ReactNode } from 'react'
import type { AppError } from '../../../shared/contract/errors.ts'
import { CopyDetails } from '../copy-details.tsx'
import { Icon, type IconName } from '../icon.tsx'

/** The kind of a message under a field. */
export interface FieldMessage {
  readonly kind: 'bad' | 'ok' | 'warn'
  readonly text: ReactNode
  readonly icon?: IconName
  /** The error behind the message, to be copied for support. */
  readonly error?: AppError
}

/** Props for the control, which connect it with its label, hint and message. */
export interface ControlProps {
  readonly id: string
  readonly 'aria-describedby'?: string
  readonly 'aria-invalid'?: true
}

export interface FieldProps {
  readonly label: ReactNode
  readonly hint?: ReactNode
  readonly message?: FieldMessage | null
  /** The label stands above the control, instead of in the label column of a `.form`. */
  readonly stacked?: boolean
  /** `control` goes on an input. `labelId` names a group (radio group, select). */
  readonly children: (control: ControlProps, labelId: string) => ReactNode
}

const MESSAGE_ICON: Readonly<Record<FieldMessage['kind'], IconName>> = {
  bad: 'alert',
  warn: 'alert',
  ok: 'done',
}

/** One labelled control with its hint and message. Two cells of a `.form` unless `stacked`. */
export function Field({ label, hint, message = null, stacked = false, children }: FieldProps) {
  const id = useId()
  const described = [message !== null && `${id}m`, hint !== undefined && `${id}h`]
    .filter(Boolean)
    .join(' ')
  const control: ControlProps = {
    id,
    ...(described !== '' && { 'aria-describedby': described }),
    ...(message?.kind === 'bad' && { 'aria-invalid': true as const }),
  }
  const heading = (
    <label className="label" id={`${id}l`} htmlFor={id}>
      {label}
    </label>
  )
  const rest = (
    <>
      {children(control, `${id}l`)}
      {message !== null && <Message id={`${id}m`} message={message} />}
      {hint !== undefined && (
        <span className="hint" id={`${id}h`}>
          {hint}
        </span>
      )}
    </>
  )
  if (stacked)
    return (
      <div className="field">
        {heading}
        {rest}
      </div>
    )
  return (
    <>
      {heading}
      <div className="field">{rest}</div>
    </>
  )
}

/**
 * The line under a field. The icon repeats the meaning of the colour. An `alert` is scrolled into
 * view.
 */
export function Message({
  id,
  message,
  alert = false,
}: {
  readonly id?: string
  readonly message: FieldMessage
  readonly alert?: boolean
}) {
  const line = useRef<HTMLSpanElement>(null)
  useEffect(() => {
    if (alert) line.current?.scrollIntoView({ block: 'nearest' })
  }, [alert, message.text])
  return (
    <span
      ref={line}
      className={`msg ${message.kind}`}
      {...(id !== undefined && { id })}
      {...(alert && { role: 'alert' })}
    >
      <Icon name={message.icon ?? MESSAGE_ICON[message.kind]} size="s" />
      <span>{message.text}</span>
      {message.error !== undefined && <CopyDetails error={message.error} />}
    </span>
  )
}
