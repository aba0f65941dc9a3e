import type { ReactNode } from 'react'

interface ChoiceProps {
  readonly checked: boolean
  readonly children: ReactNode
  readonly disabled?: boolean
}

/** A checkbox with its label. */
export function Checkbox({
  checked,
  onChange,
  children,
  disabled = false,
}: ChoiceProps & { readonly onChange: (on: boolean) => void }) {
  return (
    <label className="check">
      <input
        type="checkbox"
        checked={checked}
        disabled={disabled}
        onChange={(event) => onChange(event.target.checked)}
      />
      <span>{children}</span>
    </label>
  )
}

/** One of a few radio buttons in a column. `name` is the same for all of them. */
export function Radio({
  checked,
  onChoose,
  name,
  children,
  disabled = false,
}: ChoiceProps & { readonly onChoose: () => void; readonly name: string }) {
  return (
    <label className="check">
      <input type="radio" name={name} checked={checked} disabled={disabled} onChange={onChoose} />
      <span>{children}</span>
    </label>
  )
}
