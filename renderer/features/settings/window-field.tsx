import type { TimeWindow } from '../../../shared/contract/models-settings.ts'
import { useText } from '../../text/use-text.tsx'
import { Switch } from '../../ui/controls/switch.tsx'

/** Suggested when the schedule is switched on: 22:00 to 07:00. */
const NIGHT: TimeWindow = { from: 22 * 60, to: 7 * 60 }

/** `22:05`, the value of a time field in every locale. */
const fieldText = (minute: number): string =>
  `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`

/** Minutes of the day; null while the field is not complete. */
function minuteOf(text: string): number | null {
  const [, hours, minutes] = /^(\d\d):(\d\d)/.exec(text) ?? []
  return hours === undefined || minutes === undefined ? null : Number(hours) * 60 + Number(minutes)
}

/** The hours of the day in which transfers run. */
export function WindowField({
  value,
  onChange,
}: {
  readonly value: TimeWindow | null
  readonly onChange: (window: TimeWindow | null) => void
}) {
  const t = useText()
  const field = (end: 'from' | 'to', window: TimeWindow) => (
    <input
      type="time"
      className="input"
      aria-label={t(`settings:window.${end}`)}
      value={fieldText(window[end])}
      required
      onChange={(event) => {
        const minute = minuteOf(event.target.value)
        if (minute !== null) onChange({ ...window, [end]: minute })
      }}
    />
  )
  return (
    <div className="flex">
      {value !== null && (
        <>
          {field('from', value)}
          <span className="muted">{t('settings:window.until')}</span>
          {field('to', value)}
        </>
      )}
      <Switch
        label={t('settings:window')}
        checked={value !== null}
        onChange={(on) => onChange(on ? NIGHT : null)}
      />
    </div>
  )
}
