import './controls.css'
import type { ComponentProps, MouseEvent, ReactNode } from 'react'
import { Icon, type IconName } from '../icon.tsx'

export interface ButtonProps extends Omit<ComponentProps<'button'>, 'children'> {
  readonly kind?: 'primary' | 'danger' | 'quiet' | 'danger-quiet' | undefined
  readonly size?: 'sm' | 'lg' | undefined
  readonly icon?: IconName | undefined
  /** The button's action is running. The button takes no clicks and keeps the focus. */
  readonly busy?: boolean
  readonly children: ReactNode
}

/**
 * A button with words. While busy it is `aria-disabled`, because `disabled` would drop the focus.
 */
export function Button({
  kind,
  size,
  icon,
  busy = false,
  className,
  onClick,
  children,
  ...rest
}: ButtonProps) {
  const classes = ['btn', kind === 'danger-quiet' ? 'quiet danger-quiet' : kind, size, className]
    .filter(Boolean)
    .join(' ')
  const click = (event: MouseEvent<HTMLButtonElement>) => {
    if (busy) event.preventDefault()
    else onClick?.(event)
  }
  return (
    <button
      type="button"
      {...rest}
      {...(busy && { 'aria-disabled': true, 'aria-busy': true })}
      className={classes}
      onClick={click}
    >
      {icon !== undefined && <Icon name={icon} size="s" />}
      {children}
    </button>
  )
}

export interface IconButtonProps extends Omit<ComponentProps<'button'>, 'children'> {
  readonly icon: IconName
  /** The accessible name and the tooltip. */
  readonly label: string
  readonly small?: boolean
  readonly on?: boolean
}

/** A button with an icon only. The label is its name for screen readers and its tooltip. */
export function IconButton({
  icon,
  label,
  small = false,
  on = false,
  className,
  ...rest
}: IconButtonProps) {
  const classes = ['ib', small && 'sm', on && 'on', className].filter(Boolean).join(' ')
  return (
    <button type="button" aria-label={label} title={label} {...rest} className={classes}>
      <Icon name={icon} />
    </button>
  )
}
