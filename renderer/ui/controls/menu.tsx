import './controls.css'
import { DropdownMenu } from 'radix-ui'
import { useRef, type ReactNode } from 'react'
import { keysText } from '../../shell/platform.ts'
import { answeredByClick } from './double-click.ts'
import { FocusReturn, preventDefault, returnsTo } from './focus-return.tsx'
import { Icon, type IconName } from '../icon.tsx'

/** Keys that run an item from everywhere in the window. */
export interface WindowKeys {
  /** As `isChord` reads them. The first one is shown. */
  readonly chords: readonly string[]
  /** A browser tab uses these keys itself, so only the desktop app listens for them. */
  readonly desktopOnly?: true
  /** In a text field these keys mean something else. */
  readonly notInFields?: true
}

/** An item of a menu, of the command palette, and of the table of keys. */
export interface MenuItem {
  readonly icon: IconName
  readonly label: string
  /** Keys that a list of the page listens for, as text. */
  readonly shortcut?: string
  readonly keys?: WindowKeys
  readonly bad?: boolean
  readonly disabled?: boolean
  /** The item is a choice that is on or off. Off: its icon is not drawn. */
  readonly checked?: boolean
  readonly onSelect: () => void
}
/** 'line' draws a separator. */
export type MenuEntry = MenuItem | 'line'

/** Menus open inside the main landmark, so that users who move between landmarks find them. */
const main = (): HTMLElement | null => document.getElementById('main')

function Entries({ entries }: { readonly entries: readonly MenuEntry[] }) {
  return entries.map((entry, i) => {
    if (entry === 'line') return <DropdownMenu.Separator key={i} className="menu-line" />
    const props = {
      className: entry.bad === true ? 'bad' : '',
      disabled: entry.disabled === true,
      onSelect: () => {
        answeredByClick()
        entry.onSelect()
      },
    }
    const content = (
      <>
        <Icon name={entry.icon} className={entry.checked === false ? 'unchecked' : ''} />
        {entry.label}
        <ShownKeys item={entry} />
      </>
    )
    return entry.checked === undefined ? (
      <DropdownMenu.Item key={i} {...props}>
        {content}
      </DropdownMenu.Item>
    ) : (
      <DropdownMenu.CheckboxItem key={i} {...props} checked={entry.checked}>
        {content}
      </DropdownMenu.CheckboxItem>
    )
  })
}

/** Shows the keys of an item, if it has any here. */
export function ShownKeys({ item }: { readonly item: MenuItem }) {
  const [chord] = item.keys?.chords ?? []
  const text = item.shortcut ?? (chord === undefined ? undefined : keysText(chord))
  return text === undefined ? null : <kbd>{text}</kbd>
}

/** A menu that a button opens. `children`: the button. */
export function MenuButton({
  entries,
  label,
  align = 'end',
  children,
}: {
  readonly entries: readonly MenuEntry[]
  readonly label: string
  readonly align?: 'start' | 'end'
  readonly children: ReactNode
}) {
  const button = useRef<HTMLButtonElement>(null)
  const back = () => button.current
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger asChild ref={button}>
        {children}
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal container={main()}>
        <DropdownMenu.Content
          ref={returnsTo(back)}
          className="menu floating"
          align={align}
          sideOffset={4}
          collisionPadding={8}
          loop
          aria-label={label}
          onCloseAutoFocus={preventDefault}
        >
          <FocusReturn to={back} />
          <Entries entries={entries} />
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  )
}

/** The point of a context menu, in window pixels. */
export interface MenuPoint {
  readonly x: number
  readonly y: number
}

/**
 * A context menu at a point. The focus returns to `returnTo`, unless an item moved it elsewhere.
 */
export function MenuAt({
  at,
  entries,
  label,
  onClose,
  returnTo,
}: {
  readonly at: MenuPoint
  readonly entries: readonly MenuEntry[]
  readonly label: string
  readonly onClose: () => void
  readonly returnTo: () => HTMLElement | null
}) {
  return (
    <DropdownMenu.Root
      open
      modal={false}
      onOpenChange={(open) => {
        if (!open) onClose()
      }}
    >
      <DropdownMenu.Trigger asChild>
        <span
          className="menu-point"
          style={{ left: at.x, top: at.y }}
          aria-hidden="true"
          tabIndex={-1}
        />
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal container={main()}>
        <DropdownMenu.Content
          className="menu floating"
          align="start"
          collisionPadding={8}
          loop
          aria-label={label}
          ref={returnsTo(returnTo)}
          onCloseAutoFocus={preventDefault}
        >
          <FocusReturn to={returnTo} />
          <Entries entries={entries} />
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  )
}
