import { RadioGroup } from 'radix-ui'
import type { ReactNode } from 'react'

export interface SegmentedProps<T extends string> {
  readonly options: readonly {
    readonly value: T
    readonly label: ReactNode
    readonly disabled?: boolean
  }[]
  readonly value: T
  readonly onChange: (value: T) => void
  /** Accessible name, if `labelledBy` does not name it. */
  readonly label?: string
  readonly labelledBy?: string
  readonly id?: string
}

/** A few choices side by side: one tab stop, arrows choose. */
export function Segmented<T extends string>({
  options,
  value,
  onChange,
  label,
  labelledBy,
  id,
}: SegmentedProps<T>) {
  return (
    <RadioGroup.Root
      className="seg fit"
      orientation="horizontal"
      value={value}
      onValueChange={(next) => onChange(next as T)}
      {...(id !== undefined && { id })}
      {...(label !== undefined && { 'aria-label': label })}
      {...(labelledBy !== undefined && { 'aria-labelledby': labelledBy })}
    >
      {options.map((option) => (
        <RadioGroup.Item
          key={option.value}
          value={option.value}
          {...(option.disabled === true && { disabled: true })}
        >
          {option.label}
        </RadioGroup.Item>
      ))}
    </RadioGroup.Root>
  )
}
