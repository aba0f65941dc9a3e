import { Dialog as Radix } from 'radix-ui'
import './controls.css'
import { clearDropRefusal, useDropRefusal } from './drop-refusal.ts'
import { Message } from './field.tsx'
import { useEffect, useState, type KeyboardEvent, type ReactNode } from 'react'
import { answeredByEnter, openAnswers } from './double-click.ts'
import { behind } from './focus-return.tsx'
import { Modal } from './modal.tsx'

export interface DialogProps {
  readonly title: ReactNode
  readonly subtitle?: ReactNode
  /** Pixels, 500 to 620. */
  readonly width?: number
  readonly children: ReactNode
  /** Buttons. The confirming one is the last, `primary` or `danger`. */
  readonly footer: ReactNode
  readonly onClose: () => void
}

/**
 * A modal dialog. Esc cancels it. A click beside it does not, because it would lose what was typed.
 * Ctrl or Cmd with Enter presses the confirming button. So does Enter in a one-line field, except
 * for a button that destroys something.
 */
export function Dialog({ title, subtitle, width = 560, children, footer, onClose }: DialogProps) {
  const [opener] = useState(whoOpens)
  const [mayAnswer] = useState(openAnswers)
  const refused = useDropRefusal((refusal) => refusal.text)
  useEffect(() => clearDropRefusal, [])
  return (
    <Modal
      scrim="scrim"
      opener={opener}
      onClose={onClose}
      className="dlg"
      style={{ width }}
      onKeyDown={confirmByKey}
      onKeyDownCapture={clearDropRefusal}
      onPointerDownCapture={clearDropRefusal}
      onInteractOutside={(event) => event.preventDefault()}
      onOpenAutoFocus={focusWhatIsMarked}
      {...(subtitle === undefined && { 'aria-describedby': undefined })}
    >
      <header>
        <Radix.Title asChild>
          <h2>{title}</h2>
        </Radix.Title>
        {subtitle !== undefined && (
          <Radix.Description asChild>
            <p>{subtitle}</p>
          </Radix.Description>
        )}
      </header>
      <div className="body">
        {refused !== null && <Message message={{ kind: 'warn', text: refused }} alert />}
        {children}
      </div>
      <footer
        onClickCapture={(event) => {
          if ((event.target as Element).closest('.btn') !== null && !mayAnswer())
            event.stopPropagation()
        }}
      >
        {footer}
      </footer>
    </Modal>
  )
}

/**
 * Returns the element with the focus when the dialog opened. For an item of a menu, or a dialog in
 * a dialog, it also knows the element behind that.
 */
function whoOpens(): () => Element | null {
  const active = document.activeElement
  const further = active === null ? null : behind(active)
  return () => {
    if (active !== null && active !== document.body && active.isConnected) return active
    const next = further?.() ?? null
    return next?.isConnected === true
      ? next
      : (document.querySelector(
          '#main [data-region="list"][tabindex="0"], #main [data-region="list"] [tabindex="0"]',
        ) ?? document.querySelector('#main [tabindex="0"], #main button'))
  }
}

/**
 * Other elements than controls mark themselves with `data-autofocus`, because React's `autoFocus`
 * works on controls only. Without a mark the first control gets the focus.
 */
function focusWhatIsMarked(event: Event): void {
  const marked =
    event.currentTarget instanceof Element
      ? event.currentTarget.querySelector('[data-autofocus]')
      : null
  if (!(marked instanceof HTMLElement)) return
  event.preventDefault()
  marked.focus()
}

/** Inputs whose Enter does not confirm. */
const NOT_TEXT = new Set(['checkbox', 'radio', 'button', 'submit', 'file'])

function confirmByKey(event: KeyboardEvent<HTMLDivElement>): void {
  if (event.key !== 'Enter' || event.defaultPrevented) return
  // A key held down must not answer the dialog that its first press opened.
  if (event.repeat) return
  const chord = event.ctrlKey || event.metaKey
  const inField = event.target instanceof HTMLInputElement && !NOT_TEXT.has(event.target.type)
  if (!chord && !inField) return
  const footer = event.currentTarget.querySelector(':scope > footer')
  const buttons = footer?.querySelectorAll<HTMLButtonElement>('.btn.primary, .btn.danger') ?? []
  const button = [...buttons].at(-1)
  if (button === undefined || (!chord && button.classList.contains('danger'))) return
  event.preventDefault()
  answeredByEnter()
  button.click()
}
