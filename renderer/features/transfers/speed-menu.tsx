import { useSettings, useUpdateSettings } from '../../queries/settings.ts'
import { errorOf } from '../../text/error-of.ts'
import { go } from '../../state/ui.ts'
import { notify } from '../../state/work.ts'
import { useText } from '../../text/use-text.tsx'
import { Select } from '../../ui/controls/select.tsx'
import { limitText, SPEEDS, withCurrent } from '../settings/speeds.ts'

const MORE = 'more'

/**
 * The limit of all transfers together, where they are seen: the usual ones at hand, any other on
 * the settings page.
 */
export function SpeedMenu() {
  const t = useText()
  const settings = useSettings().data
  const { mutate: update } = useUpdateSettings()
  if (settings === undefined) return null
  const choose = (chosen: string) => {
    if (chosen === MORE) return go({ page: 'settings' })
    update(
      { speedLimit: Number(chosen) },
      { onError: (cause) => notify({ about: null, error: errorOf(cause), text: null }) },
    )
  }
  const offered = withCurrent([0, ...SPEEDS], settings.speedLimit).map((n) => ({
    value: String(n),
    label: limitText(n, t),
  }))
  return (
    <Select
      auto
      label={t('settings:speed')}
      value={String(settings.speedLimit)}
      onChange={choose}
      options={[...offered, { value: MORE, label: t('transfers:speed.more') }]}
      shown={
        settings.speedLimit === 0
          ? t('transfers:speed.none')
          : t('transfers:speed.limited', { speed: limitText(settings.speedLimit, t) })
      }
    />
  )
}
