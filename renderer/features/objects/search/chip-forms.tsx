import { useId, useState } from 'react'
import { setFilters, useFilters } from '../../../state/filters.ts'
import { useText } from '../../../text/use-text.tsx'

const UNITS = [
  ['B', 1],
  ['kB', 1e3],
  ['MB', 1e6],
  ['GB', 1e9],
  ['TB', 1e12],
] as const

/** The largest unit that gives a whole number. */
const unitOf = (bytes: number | null): number =>
  bytes === null ? 1e6 : (UNITS.findLast(([, unit]) => bytes % unit === 0)?.[1] ?? 1)

/** The least and the greatest size of the rows. */
export function SizeForm() {
  const t = useText()
  const { larger, smaller } = useFilters()
  return (
    <>
      <SizeField
        label={t('objects:chip.atLeast')}
        bytes={larger}
        onChange={(bytes) => setFilters({ larger: bytes })}
      />
      <SizeField
        label={t('objects:chip.atMost')}
        bytes={smaller}
        onChange={(bytes) => setFilters({ smaller: bytes })}
      />
      <p className="hint">{t('objects:chip.sizeHint')}</p>
    </>
  )
}

function SizeField({
  label,
  bytes,
  onChange,
}: {
  readonly label: string
  readonly bytes: number | null
  readonly onChange: (bytes: number | null) => void
}) {
  const t = useText()
  const id = useId()
  const [unit, setUnit] = useState(() => unitOf(bytes))
  const [text, setText] = useState(bytes === null ? '' : String(bytes / unit))
  const change = (typed: string, by: number) => {
    setText(typed)
    setUnit(by)
    const number = Number(typed.replace(',', '.'))
    const wanted = Math.round(number * by)
    const isNumber = typed.trim() !== '' && Number.isSafeInteger(wanted) && wanted >= 0
    onChange(isNumber ? wanted : null)
  }
  return (
    <div className="flex">
      <label className="label" htmlFor={id}>
        {label}
      </label>
      <input
        className="input"
        id={id}
        inputMode="decimal"
        value={text}
        autoComplete="off"
        onChange={(event) => change(event.target.value, unit)}
      />
      <select
        className="input unit"
        aria-label={t('objects:chip.unit')}
        value={unit}
        onChange={(event) => change(text, Number(event.target.value))}
      >
        {UNITS.map(([name, by]) => (
          <option key={name} value={by}>
            {name}
          </option>
        ))}
      </select>
    </div>
  )
}

/** The first and the last day of the rows' times, by this computer's calendar. */
export function DateForm() {
  const t = useText()
  const { from, to } = useFilters()
  return (
    <>
      <DayField
        label={t('objects:chip.from')}
        day={from}
        onChange={(day) => setFilters({ from: day })}
      />
      <DayField label={t('objects:chip.to')} day={to} onChange={(day) => setFilters({ to: day })} />
    </>
  )
}

function DayField({
  label,
  day,
  onChange,
}: {
  readonly label: string
  /** `2026-11-30`; null for none. */
  readonly day: string | null
  readonly onChange: (day: string | null) => void
}) {
  const id = useId()
  return (
    <div className="flex">
      <label className="label" htmlFor={id}>
        {label}
      </label>
      <input
        className="input grow"
        type="date"
        id={id}
        value={day ?? ''}
        onChange={(event) => onChange(event.target.value || null)}
      />
    </div>
  )
}
