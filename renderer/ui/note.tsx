import type { ReactNode } from 'react'
import { Icon, type IconName } from './icon.tsx'

export interface NoteProps {
  readonly kind?: 'encrypted' | 'warn' | 'bad'
  readonly icon: IconName
  /** A bar across the pane instead of a card. */
  readonly bar?: boolean
  readonly actions?: ReactNode
  readonly children: ReactNode
}

/** A line about a state, with the action that helps. A `bad` one is announced when it appears. */
export function Note({ kind, icon, bar = false, actions, children }: NoteProps) {
  return (
    <div
      className={['note', kind, bar && 'bar'].filter(Boolean).join(' ')}
      {...(kind === 'bad' && { role: 'alert' })}
    >
      <Icon name={icon} />
      <div className="grow">
        {children}
        {actions !== undefined && !bar && <div className="acts">{actions}</div>}
      </div>
      {actions !== undefined && bar && <div className="acts">{actions}</div>}
    </div>
  )
}
