import type { ExistingRule } from '../../../shared/contract/models-settings.ts'
import { binaryBytes } from '../../text/quantities.ts'
import { useText } from '../../text/use-text.tsx'
import { Segmented } from '../../ui/controls/segmented.tsx'
import { Select } from '../../ui/controls/select.tsx'
import { SettingRow } from './setting-row.tsx'
import type { SettingsPart } from './settings-part.ts'
import { withCurrent } from './speeds.ts'

const MIB = 1024 * 1024
const COUNTS = [1, 2, 3, 4, 6, 8, 12, 16]
const SIZES = [1, 4, 8, 16, 32, 64, 128, 256].map((n) => n * MIB)

const RULES: readonly ExistingRule[] = ['ask', 'skip', 'same', 'newer', 'rename', 'replace']

export function TransferSettings({ settings, update }: SettingsPart) {
  const t = useText()
  const counted = (key: 'settings:files' | 'settings:parts', current: number) =>
    withCurrent(COUNTS, current).map((n) => ({ value: String(n), label: t(key, { count: n }) }))
  const sized = (current: number) =>
    withCurrent(SIZES, current).map((n) => ({ value: String(n), label: binaryBytes(n) }))
  return (
    <section className="group">
      <h2>{t('settings:transfers')}</h2>
      <SettingRow name={t('settings:same')} hint={t('settings:same.hint')}>
        <div className="flex">
          <Select
            auto
            label={t('settings:files')}
            value={String(settings.files)}
            onChange={(n) => update({ files: Number(n) })}
            options={counted('settings:files', settings.files)}
          />
          <Select
            auto
            label={t('settings:parts')}
            value={String(settings.parts)}
            onChange={(n) => update({ parts: Number(n) })}
            options={counted('settings:parts', settings.parts)}
          />
        </div>
      </SettingRow>
      <SettingRow name={t('settings:multipart')} hint={t('settings:multipart.hint')}>
        <Select
          auto
          label={t('settings:multipart')}
          value={String(settings.multipartFrom)}
          onChange={(n) => update({ multipartFrom: Number(n) })}
          options={sized(settings.multipartFrom)}
        />
      </SettingRow>
      <SettingRow name={t('settings:partSize')} hint={t('settings:partSize.hint')}>
        <Select
          auto
          label={t('settings:partSize')}
          value={String(settings.partSize)}
          onChange={(n) => update({ partSize: Number(n) })}
          options={sized(settings.partSize)}
        />
      </SettingRow>
      <SettingRow name={t('settings:existing')} hint={t('settings:existing.hint')}>
        <Select
          auto
          label={t('settings:existing')}
          value={settings.existing}
          onChange={(existing) => update({ existing })}
          options={RULES.map((value) => ({ value, label: t(`objects:existing.${value}`) }))}
        />
      </SettingRow>
      <SettingRow name={t('settings:onStart')} hint={t('settings:onStart.hint')}>
        <Segmented
          label={t('settings:onStart')}
          value={settings.onStart}
          onChange={(onStart) => update({ onStart })}
          options={(['continue', 'paused'] as const).map((value) => ({
            value,
            label: t(`settings:onStart.${value}`),
          }))}
        />
      </SettingRow>
    </section>
  )
}
