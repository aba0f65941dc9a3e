import { useClearIndex, useIndexInfo } from '../../queries/rows/index-info.ts'
import { useQuantities } from '../../text/use-quantities.ts'
import { useText } from '../../text/use-text.tsx'
import { Button } from '../../ui/controls/button.tsx'
import { Message } from '../../ui/controls/field.tsx'
import { Switch } from '../../ui/controls/switch.tsx'
import { useProblem } from '../../ui/use-problem.ts'
import { SettingRow } from './setting-row.tsx'
import type { SettingsPart } from './settings-part.ts'

/** The local index: whether it is stored on this computer, its size, and its deletion. */
export function IndexSettings({ settings, update }: SettingsPart) {
  const t = useText()
  const q = useQuantities()
  const info = useIndexInfo(settings.keepIndex)
  const clear = useClearIndex()
  const problem = useProblem(clear.error ?? info.error)
  const { reason = null, bytes = 0 } = info.data ?? {}
  return (
    <section className="group">
      <h2>{t('settings:index')}</h2>
      <SettingRow
        name={t('settings:index.keep')}
        hint={t(
          settings.keepIndex ? `settings:index.${reason ?? 'kept'}` : 'settings:index.switched-off',
        )}
      >
        <Switch
          label={t('settings:index.keep')}
          checked={settings.keepIndex}
          onChange={(keepIndex) => update({ keepIndex })}
        />
      </SettingRow>
      <SettingRow
        name={t('settings:index.clear')}
        hint={
          bytes > 0
            ? t('settings:index.clear.hintSize', { bytes: q.bytes(bytes) })
            : t('settings:index.clear.hint')
        }
      >
        <Button busy={clear.isPending} onClick={() => clear.mutate()}>
          {t(clear.isPending ? 'settings:index.clear.busy' : 'settings:index.clear.do')}
        </Button>
      </SettingRow>
      {problem !== null && <Message message={problem} alert />}
    </section>
  )
}
