import { useState } from 'react'
import { useResetPractice } from '../../queries/practice.ts'
import { useQuantities } from '../../text/use-quantities.ts'
import { useText } from '../../text/use-text.tsx'
import { Button } from '../../ui/controls/button.tsx'
import { Dialog } from '../../ui/controls/dialog.tsx'
import { Message } from '../../ui/controls/field.tsx'
import { Switch } from '../../ui/controls/switch.tsx'
import { useProblem } from '../../ui/use-problem.ts'
import { SettingRow } from './setting-row.tsx'
import type { SettingsPart } from './settings-part.ts'

/** `bytes`: what the practice bucket takes on this disk. */
export function PracticeSettings({
  settings,
  update,
  bytes,
}: SettingsPart & { readonly bytes: number }) {
  const t = useText()
  const q = useQuantities()
  const [asking, setAsking] = useState(false)
  return (
    <section className="group">
      <h2>{t('settings:practice')}</h2>
      <SettingRow
        name={t('settings:practice.show')}
        hint={
          bytes > 0
            ? t('settings:practice.hint', { bytes: q.bytes(bytes) })
            : t('settings:practice.hint.off')
        }
      >
        <Switch
          label={t('settings:practice.show')}
          checked={settings.showPractice}
          onChange={(showPractice) => update({ showPractice })}
        />
      </SettingRow>
      <SettingRow name={t('settings:practice.reset')} hint={t('settings:practice.reset.hint')}>
        <Button kind="danger-quiet" onClick={() => setAsking(true)}>
          {t('settings:reset.do')}
        </Button>
      </SettingRow>
      {asking && <ResetDialog onClose={() => setAsking(false)} />}
    </section>
  )
}

function ResetDialog({ onClose }: { readonly onClose: () => void }) {
  const t = useText()
  const reset = useResetPractice()
  const problem = useProblem(reset.error)
  return (
    <Dialog
      title={t('settings:reset.title')}
      width={500}
      onClose={onClose}
      footer={
        <>
          <span className="grow" />
          <Button autoFocus onClick={onClose}>
            {t('settings:reset.keep')}
          </Button>
          <Button
            kind="danger"
            busy={reset.isPending}
            onClick={() => reset.mutate(undefined, { onSuccess: onClose })}
          >
            {t(reset.isPending ? 'settings:reset.busy' : 'settings:reset.confirm')}
          </Button>
        </>
      }
    >
      <p>{t('settings:reset.text')}</p>
      {problem !== null && <Message message={problem} alert />}
    </Dialog>
  )
}
