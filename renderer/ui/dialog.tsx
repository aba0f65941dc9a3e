import { Dialog as Radix } from 'radix-ui'
import './controls.css'
import { useCallback, useState, type KeyboardEvent, type ReactNode } from 'react'

export interface DialogProps {
  readonly title: ReactNode
  readonly subtitle?: ReactNode
  /** Pixels, 500 to 620. */
  readonly width?: number
  readonly children: ReactNode
  /** Buttons, the confirming one last, `primary` or `danger`. */
  readonly footer: ReactNode
  readonly onClose: () => void
}

/**
 * A modal dialog. Esc cancels; a click beside it does not, because it would throw away what was typed. Ctrl or Cmd with
 * Enter presses the confirming button, plain Enter in a one-line field too unless that button destroys something.
 *
 * There is no `Radix.Overlay`: it brings a style element that the page's CSP refuses. The page never scrolls anyway.
 */
export function Dialog({ title, subtitle, width = 560, children, footer, onClose }: DialogProps) {
  const [openers] = useState(whoOpens)
  const remember = useCallback((node: HTMLElement | null) => { if (node !== null) openersOf.set(node, openers) }, [openers])
  return (
    <Radix.Root open onOpenChange={(open) => { if (!open) onClose() }}>
      <Radix.Portal>
        <div className="scrim">
          <Radix.Content
            ref={remember}
            className="dlg"
            style={{ width }}
            onKeyDown={confirmByKey}
            onInteractOutside={(event) => event.preventDefault()}
            onOpenAutoFocus={focusWhatIsMarked}
            onCloseAutoFocus={(event) => { event.preventDefault(); focusBack(openers) }}
            {...(subtitle === undefined && { 'aria-describedby': undefined })}
          >
            <header>
              <Radix.Title asChild><h2>{title}</h2></Radix.Title>
              {subtitle !== undefined && <Radix.Description asChild><p>{subtitle}</p></Radix.Description>}
            </header>
            <div className="body">{children}</div>
            <footer>{footer}</footer>
          </Radix.Content>
        </div>
      </Radix.Portal>
    </Radix.Root>
  )
}

/** Who opened each dialog, for a dialog that is opened from it and outlives it. */
const openersOf = new WeakMap<Element, readonly Element[]>()

/** What had the focus when the dialog was asked for, and what had it before; for an item of a menu, the button of the menu. */
function whoOpens(): readonly Element[] {
  const active = document.activeElement
  if (active === null) return []
  const menu = active.closest('[role="menu"]')
  const opener = menu === null ? active : document.getElementById(menu.getAttribute('aria-labelledby') ?? '')
  const around = openersOf.get(active.closest('.dlg') ?? document.body) ?? []
  return opener === null ? around : [opener, ...around]
}

function focusBack(openers: readonly Element[]): void {
  const opener = openers.find((one) => one.isConnected && one !== document.body)
  const target = opener ?? document.querySelector('#main [tabindex="0"], #main button')
  if (target instanceof HTMLElement) target.focus()
}

/** React's `autoFocus` works on controls only; anything else marks itself with `data-autofocus`. Else the first control gets it. */
function focusWhatIsMarked(event: Event): void {
  const marked = event.currentTarget instanceof Element ? event.currentTarget.querySelector('[data-autofocus]') : null
  if (!(marked instanceof HTMLElement)) return
  event.preventDefault()
  marked.focus()
}

/** Inputs whose Enter means something else than "go on". */
const NOT_TEXT = new Set(['checkbox', 'radio', 'button', 'submit', 'file'])

function confirmByKey(event: KeyboardEvent<HTMLDivElement>): void {
  // A key held down must not answer the dialog that the first press opened.
  if (event.key !== 'Enter' || event.repeat || event.nativeEvent.isComposing || event.defaultPrevented) return
  const chord = event.ctrlKey || event.metaKey
  const inField = event.target instanceof HTMLInputElement && !NOT_TEXT.has(event.target.type)
  if (!chord && !inField) return
  const footer = event.currentTarget.querySelector(':scope > footer')
  const button = footer?.querySelector<HTMLButtonElement>(chord ? '.btn.primary, .btn.danger' : '.btn.primary')
  if (!button) return
  event.preventDefault()
  button.click()
}
