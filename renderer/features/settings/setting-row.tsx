import type { ReactNode } from 'react'

/** One setting: its name, its meaning and its control. */
export function SettingRow({
  name,
  hint,
  children,
}: {
  readonly name: string
  readonly hint: ReactNode
  readonly children: ReactNode
}) {
  return (
    <div className="set">
      <div className="what">
        <b>{name}</b>
        {hint}
      </div>
      <div>{children}</div>
    </div>
  )
}
