import type { ReactNode } from 'react'
import { Icon, type IconName } from './icon.tsx'

export interface EmptyProps {
  readonly icon: IconName
  readonly kind?: 'bad' | 'warn'
  readonly title: ReactNode
  readonly children?: ReactNode
  readonly actions?: ReactNode
  /** Code, request id and time, in small type. */
  readonly tech?: ReactNode
}

/** A pane without content, with the action that helps. Errors are announced when they appear. */
export function Empty({ icon, kind, title, children, actions, tech }: EmptyProps) {
  return (
    <div className={`empty ${kind ?? ''}`} {...(kind !== undefined && { role: 'alert' })}>
      <Icon name={icon} />
      <h2>{title}</h2>
      {children !== undefined && <p>{children}</p>}
      {actions !== undefined && <div className="acts">{actions}</div>}
      {tech !== undefined && <div className="tech">{tech}</div>}
    </div>
  )
}
