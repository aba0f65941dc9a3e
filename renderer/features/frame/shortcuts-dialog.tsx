import { useApp } from '../../queries/app.ts'
import { useUpdateSettings } from '../../queries/settings.ts'
import { go } from '../../state/ui.ts'
import { useText } from '../../text/use-text.tsx'
import { Button } from '../../ui/controls/button.tsx'
import { Dialog } from '../../ui/controls/dialog.tsx'
import { ShortcutTable } from '../settings/shortcut-table.tsx'

/** Lists every shortcut of this shell. A button starts the guide again. */
export function ShortcutsDialog({ onClose }: { readonly onClose: () => void }) {
  const t = useText()
  const app = useApp().data
  const update = useUpdateSettings()
  const practice = app?.practice ?? null
  const guide = () => {
    if (practice === null) return
    update.mutate({ showGuide: true, showPractice: true })
    go({
      page: 'objects',
      place: { profileId: practice.profileId, bucket: practice.bucket, prefix: '' },
    })
    onClose()
  }
  const footer = (
    <>
      {practice !== null && <Button onClick={guide}>{t('common:help.guide')}</Button>}
      <span className="grow" />
      <Button kind="primary" data-autofocus onClick={onClose}>
        {t('common:act.close')}
      </Button>
    </>
  )
  return (
    <Dialog title={t('common:shortcuts.title')} width={620} footer={footer} onClose={onClose}>
      <ShortcutTable />
    </Dialog>
  )
}
