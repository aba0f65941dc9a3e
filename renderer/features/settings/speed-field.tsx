import { useEffect, useRef, useState } from 'react'
import { useText } from '../../text/use-text.tsx'
import { Message } from '../../ui/controls/field.tsx'
import { Select } from '../../ui/controls/select.tsx'
import { limitText, megabytes, SPEEDS, typedSpeed, withCurrent } from './speeds.ts'

const CUSTOM = 'custom'
const FIRST_TYPED = 1_000_000

/** The speed limit: none, one of the list, or a typed one. */
export function SpeedField({
  value,
  onChange,
}: {
  readonly value: number
  readonly onChange: (bytesPerSecond: number) => void
}) {
  const t = useText()
  const [typing, type] = useState(false)
  const choose = (chosen: string) => {
    type(chosen === CUSTOM)
    if (chosen !== CUSTOM) onChange(Number(chosen))
  }
  const offered = withCurrent([0, ...SPEEDS], value).map((n) => ({
    value: String(n),
    label: limitText(n, t),
  }))
  return (
    <div className="flex">
      <Select
        auto
        label={t('settings:speed')}
        value={typing ? CUSTOM : String(value)}
        onChange={choose}
        options={[...offered, { value: CUSTOM, label: t('settings:speed.custom') }]}
      />
      {typing && (
        <TypedSpeed
          value={value === 0 ? FIRST_TYPED : value}
          onDone={(speed) => {
            type(false)
            if (speed !== value) onChange(speed)
          }}
        />
      )}
    </div>
  )
}

/** A field for megabytes per second. Leaving it, or Enter, applies a valid speed. */
function TypedSpeed({
  value,
  onDone,
}: {
  readonly value: number
  readonly onDone: (bytesPerSecond: number) => void
}) {
  const t = useText()
  const field = useRef<HTMLInputElement>(null)
  const [text, setText] = useState(() => megabytes(value))
  const speed = typedSpeed(text)
  const commit = () => {
    if (speed !== null) onDone(speed)
  }
  useEffect(() => field.current?.select(), [])
  return (
    <div className="field">
      <div className="flex">
        <input
          ref={field}
          className="input short"
          inputMode="decimal"
          autoComplete="off"
          aria-label={t('settings:speed.field')}
          value={text}
          {...(speed === null && { 'aria-invalid': true })}
          onChange={(event) => setText(event.target.value)}
          onBlur={commit}
          onKeyDown={(event) => {
            if (event.key === 'Enter') commit()
          }}
        />
        <span className="muted">MB/s</span>
      </div>
      {speed === null && <Message message={{ kind: 'bad', text: t('settings:speed.wrong') }} />}
    </div>
  )
}
