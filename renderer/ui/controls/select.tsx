import './controls.css'
import { DropdownMenu } from 'radix-ui'
import { useId, useRef, useState, type ReactNode } from 'react'
import { FocusReturn, preventDefault } from './focus-return.tsx'
import { Icon, type IconName } from '../icon.tsx'

export interface SelectOption<T extends string> {
  readonly value: T
  readonly label: ReactNode
  /** The text that typing searches for, if `label` is no plain text. */
  readonly text?: string
  readonly disabled?: boolean
}

export interface SelectProps<T extends string> {
  readonly options: readonly SelectOption<T>[]
  readonly value: T
  readonly onChange: (value: T) => void
  readonly label?: string
  readonly labelledBy?: string
  readonly icon?: IconName
  /** As wide as its words, for settings. */
  readonly auto?: boolean
  /** 44 pixels high, for two lines. */
  readonly tall?: boolean
  readonly disabled?: boolean
  /** Shown in place of the chosen option's label. */
  readonly shown?: ReactNode
}

/**
 * Chooses one of many. It is a radio group in Radix' dropdown menu, because Radix' Select adds
 * style elements that the page's CSP refuses. Arrows, Home, End and typing work as in a select.
 */
export function Select<T extends string>({
  options,
  value,
  onChange,
  label,
  labelledBy,
  icon,
  auto = false,
  tall = false,
  disabled = false,
  shown,
}: SelectProps<T>) {
  const id = useId()
  const button = useRef<HTMLButtonElement>(null)
  // The list opens in the dialog or main landmark of its button, so that users who move between
  // landmarks find it.
  const [holder, setHolder] = useState<Element | null>(null)
  const chosen = options.find((option) => option.value === value)
  const named =
    label !== undefined
      ? { 'aria-label': `${label}: ${textOf(chosen)}` }
      : { 'aria-labelledby': `${labelledBy ?? ''} ${id}v`.trim() }
  return (
    <DropdownMenu.Root
      modal={false}
      onOpenChange={(open) => {
        if (open) setHolder(button.current?.closest('[role="dialog"], #main') ?? null)
      }}
    >
      <DropdownMenu.Trigger
        ref={button}
        className={['pick', auto && 'auto', tall && 'tall'].filter(Boolean).join(' ')}
        disabled={disabled}
        id={id}
        {...named}
      >
        {icon !== undefined && <Icon name={icon} size="s" />}
        <span className="grow cut" id={`${id}v`}>
          {shown ?? chosen?.label}
        </span>
        <Icon name="updown" size="s" />
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal container={holder as HTMLElement | null}>
        <DropdownMenu.Content
          className="menu options"
          align="start"
          sideOffset={4}
          collisionPadding={8}
          loop
          aria-labelledby={labelledBy ?? id}
          onCloseAutoFocus={preventDefault}
        >
          <FocusReturn to={() => button.current} />
          <DropdownMenu.RadioGroup value={value} onValueChange={(next) => onChange(next as T)}>
            {options.map((option) => (
              <DropdownMenu.RadioItem
                key={option.value}
                value={option.value}
                textValue={textOf(option)}
                disabled={option.disabled === true}
              >
                <span className="tick">
                  <DropdownMenu.ItemIndicator>
                    <Icon name="check" size="s" />
                  </DropdownMenu.ItemIndicator>
                </span>
                <span className="grow cut">{option.label}</span>
              </DropdownMenu.RadioItem>
            ))}
          </DropdownMenu.RadioGroup>
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  )
}

const textOf = (option: SelectOption<string> | undefined): string =>
  option?.text ?? (typeof option?.label === 'string' ? option.label : '')
