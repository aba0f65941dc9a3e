import { Dialog as Radix } from 'radix-ui'
import { useMemo, type ComponentPropsWithoutRef } from 'react'
import { FocusReturn, preventDefault, returnsTo } from './focus-return.tsx'

/** The properties of `Radix.Content`, and these. */
export interface ModalProps extends ComponentPropsWithoutRef<typeof Radix.Content> {
  /** Class of the layer over the page. */
  readonly scrim: string
  /** Returns the element that gets the focus at the end. The function stays the same. */
  readonly opener: () => Element | null
  readonly onClose: () => void
}

/**
 * Shows a layer over the page that holds the focus, and gives it back at the end. Esc closes it.
 * The content must have a `Radix.Title`. Without a `Radix.Description` it has
 * `aria-describedby={undefined}`.
 *
 * There is no `Radix.Overlay`, because it adds a style element that the page's CSP refuses. The
 * page itself never scrolls.
 */
export function Modal({ scrim, opener, onClose, children, ...content }: ModalProps) {
  const ref = useMemo(() => returnsTo(opener), [opener])
  return (
    <Radix.Root
      open
      onOpenChange={(open) => {
        if (!open) onClose()
      }}
    >
      <Radix.Portal>
        <div className={scrim}>
          <Radix.Content {...content} ref={ref} onCloseAutoFocus={preventDefault}>
            <FocusReturn to={opener} />
            {children}
          </Radix.Content>
        </div>
      </Radix.Portal>
    </Radix.Root>
  )
}
