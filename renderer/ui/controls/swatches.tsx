import { RadioGroup } from 'radix-ui'

export interface SwatchesProps<T extends string> {
  readonly label: string
  /** Each colour with its name in words. */
  readonly colours: readonly { readonly value: T; readonly label: string }[]
  readonly value: T
  readonly onChange: (colour: T) => void
}

/** Colours side by side, of which one is chosen: one tab stop, arrows choose. */
export function Swatches<T extends string>({ label, colours, value, onChange }: SwatchesProps<T>) {
  return (
    <RadioGroup.Root
      className="swatches"
      orientation="horizontal"
      aria-label={label}
      value={value}
      onValueChange={(colour) => onChange(colour as T)}
    >
      {colours.map((colour) => (
        <RadioGroup.Item
          key={colour.value}
          value={colour.value}
          aria-label={colour.label}
          title={colour.label}
        >
          <span className={`dot ${colour.value}`} />
        </RadioGroup.Item>
      ))}
    </RadioGroup.Root>
  )
}
