import { useApp } from '../../queries/app.ts'
import { useSettings, useUpdateSettings } from '../../queries/settings.ts'
import { ask } from '../../state/work.ts'
import { useText } from '../../text/use-text.tsx'
import { Button } from '../../ui/controls/button.tsx'
import { ProblemBar } from '../../ui/problem-bar.tsx'
import { Segmented } from '../../ui/controls/segmented.tsx'
import { useProblem } from '../../ui/use-problem.ts'
import { IndexSettings } from './index-settings.tsx'
import { LimitSettings } from './limit-settings.tsx'
import { NotifySettings } from './notify-settings.tsx'
import { PracticeSettings } from './practice-settings.tsx'
import { SecretSettings } from './secret-settings.tsx'
import { SettingRow } from './setting-row.tsx'
import type { SettingsPart } from './settings-part.ts'
import { TransferSettings } from './transfer-settings.tsx'

/** All settings on one page. Changes take effect at once; there is no Save. */
export function SettingsPage() {
  const t = useText()
  const settings = useSettings().data
  const app = useApp().data
  const { mutate: update, error } = useUpdateSettings()
  const problem = useProblem(error)
  return (
    <div className="mid-pane">
      <div className="bar">
        <h1 className="grow">{t('settings:title')}</h1>
      </div>
      {problem !== null && <ProblemBar problem={problem} />}
      <div
        className="page"
        data-region="list"
        tabIndex={0}
        role="region"
        aria-label={t('settings:title')}
      >
        {settings !== undefined && (
          <div className="wrap">
            <Appearance settings={settings} update={update} />
            <SecretSettings settings={settings} update={update} />
            <TransferSettings settings={settings} update={update} />
            <LimitSettings settings={settings} update={update} />
            <IndexSettings settings={settings} update={update} />
            <NotifySettings settings={settings} update={update} />
            {app?.practice && (
              <PracticeSettings settings={settings} update={update} bytes={app.practice.bytes} />
            )}
            <section className="group">
              <h2>{t('settings:keyboard')}</h2>
              <SettingRow name={t('settings:keyboard.row')} hint={t('settings:keyboard.hint')}>
                <Button onClick={() => ask({ kind: 'shortcuts' })}>
                  {t('settings:keyboard.do')}
                </Button>
              </SettingRow>
            </section>
            {app !== undefined && (
              <p className="hint">{t('settings:about', { version: app.version })}</p>
            )}
          </div>
        )}
      </div>
    </div>
  )
}

function Appearance({ settings, update }: SettingsPart) {
  const t = useText()
  return (
    <section className="group">
      <h2>{t('settings:appearance')}</h2>
      <SettingRow name={t('settings:theme')} hint={t('settings:theme.hint')}>
        <Segmented
          label={t('settings:theme')}
          value={settings.theme}
          onChange={(theme) => update({ theme })}
          options={(['system', 'light', 'dark'] as const).map((value) => ({
            value,
            label: t(`settings:theme.${value}`),
          }))}
        />
      </SettingRow>
      <SettingRow name={t('settings:language')} hint={t('settings:language.hint')}>
        {/* Each language by its own name, in every language of the window. */}
        <Segmented
          label={t('settings:language')}
          value={settings.language}
          onChange={(language) => update({ language })}
          options={[
            { value: 'system', label: t('settings:theme.system') },
            { value: 'en', label: <span lang="en">English</span> },
            { value: 'zh-CN', label: <span lang="zh-CN">简体中文</span> },
          ]}
        />
      </SettingRow>
    </section>
  )
}
