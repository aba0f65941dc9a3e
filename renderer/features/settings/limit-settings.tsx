import type { TimeWindow } from '../../../shared/contract/models-settings.ts'
import type { Quantities } from '../../text/quantities.ts'
import { useQuantities } from '../../text/use-quantities.ts'
import { useText, type Text } from '../../text/use-text.tsx'
import { Select } from '../../ui/controls/select.tsx'
import { SettingRow } from './setting-row.tsx'
import type { SettingsPart } from './settings-part.ts'
import { SpeedField } from './speed-field.tsx'
import { withCurrent } from './speeds.ts'
import { WindowField } from './window-field.tsx'

/** Bits per second. OSS accepts no less than the first and no more than the last. */
const TRAFFIC = [0, 819_200, 8_000_000, 50_000_000, 100_000_000, 400_000_000, 838_860_800]

/** The speed limit and its schedule. */
export function LimitSettings({ settings, update }: SettingsPart) {
  const t = useText()
  const q = useQuantities()
  const traffic = (n: number) =>
    n === 0
      ? t('settings:traffic.none')
      : t('settings:traffic.value', { n: String(Number((n / 1e6).toFixed(1))) })
  return (
    <section className="group">
      <h2>{t('settings:limits')}</h2>
      <SettingRow name={t('settings:speed')} hint={t('settings:speed.hint')}>
        <SpeedField value={settings.speedLimit} onChange={(speedLimit) => update({ speedLimit })} />
      </SettingRow>
      <SettingRow name={t('settings:window')} hint={hoursText(settings.window, t, q)}>
        <WindowField value={settings.window} onChange={(window) => update({ window })} />
      </SettingRow>
      <SettingRow name={t('settings:traffic')} hint={t('settings:traffic.hint')}>
        <Select
          auto
          label={t('settings:traffic')}
          value={String(settings.trafficLimit)}
          onChange={(n) => update({ trafficLimit: Number(n) })}
          options={withCurrent(TRAFFIC, settings.trafficLimit).map((n) => ({
            value: String(n),
            label: traffic(n),
          }))}
        />
      </SettingRow>
    </section>
  )
}

function hoursText(window: TimeWindow | null, t: Text, q: Quantities): string {
  if (window === null) return t('settings:window.hint')
  if (window.from === window.to) return t('settings:window.allDay')
  const clock = (minute: number) => q.clock(new Date(2026, 0, 1, 0, minute).toISOString())
  return t(window.from < window.to ? 'settings:window.sameDay' : 'settings:window.nextDay', {
    from: clock(window.from),
    to: clock(window.to),
  })
}
