import { useState } from 'react'
import { useApp } from '../../queries/app.ts'
import { askForNotifications, notificationLeave } from '../../shell/notifications.ts'
import { useText } from '../../text/use-text.tsx'
import { Button } from '../../ui/controls/button.tsx'
import { Switch } from '../../ui/controls/switch.tsx'
import { SettingRow } from './setting-row.tsx'
import type { SettingsPart } from './settings-part.ts'

/**
 * Notifications at the end of all transfers, and their content. A browser must allow them first.
 */
export function NotifySettings({ settings, update }: SettingsPart) {
  const t = useText()
  const inBrowser = useApp().data?.shell === 'loopback'
  const [leave, setLeave] = useState(notificationLeave)
  const ask = () => void askForNotifications().then(setLeave)
  const refused = inBrowser && settings.notifyEnd && (leave === 'denied' || leave === 'none')
  const unasked = inBrowser && settings.notifyEnd && leave === 'default'
  const hint = refused
    ? 'settings:notify.refused'
    : unasked
      ? 'settings:notify.unasked'
      : 'settings:notify.hint'
  const turn = (notifyEnd: boolean) => {
    update({ notifyEnd })
    if (notifyEnd && inBrowser && leave === 'default') ask()
  }
  return (
    <section className="group">
      <h2>{t('settings:notifications')}</h2>
      <SettingRow
        name={t('settings:notify')}
        hint={<span className={refused ? 'tw-warn' : ''}>{t(hint)}</span>}
      >
        <div className="flex">
          {unasked && (
            <Button size="sm" onClick={ask}>
              {t('settings:notify.allow')}
            </Button>
          )}
          <Switch label={t('settings:notify')} checked={settings.notifyEnd} onChange={turn} />
        </div>
      </SettingRow>
      <SettingRow name={t('settings:notifyNames')} hint={t('settings:notifyNames.hint')}>
        <Switch
          label={t('settings:notifyNames')}
          checked={settings.notifyNames}
          disabled={!settings.notifyEnd}
          onChange={(notifyNames) => update({ notifyNames })}
        />
      </SettingRow>
    </section>
  )
}
