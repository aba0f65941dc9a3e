import './controls.css'
import { Popover } from 'radix-ui'
import type { ReactNode } from 'react'

/** A small form that a button opens below itself. Escape closes it. `button`: the button. */
export function FormPopover({
  label,
  button,
  children,
}: {
  readonly label: string
  readonly button: ReactNode
  readonly children: ReactNode
}) {
  return (
    <Popover.Root>
      <Popover.Trigger asChild>{button}</Popover.Trigger>
      <Popover.Portal container={document.getElementById('main')}>
        <Popover.Content
          className="popform floating"
          align="start"
          sideOffset={4}
          collisionPadding={8}
          aria-label={label}
        >
          {children}
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  )
}
