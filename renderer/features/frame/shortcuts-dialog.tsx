import { isMac, keysText } from '../../platform.ts'
import { useApp } from '../../queries/app.ts'
import { useUpdateSettings } from '../../queries/settings.ts'
import { go } from '../../state/ui.ts'
import { useText } from '../../text/use-text.tsx'
import type { TextKey } from '../../text/words.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'

const LINES: readonly (readonly [TextKey, readonly string[]])[] = [
  ['common:shortcuts.upload', ['mod+u']], ['common:shortcuts.uploadFolder', ['mod+shift+u']], ['common:shortcuts.download', ['mod+s']],
  ['common:shortcuts.downloadRaw', ['mod+alt+s']], ['common:shortcuts.filter', ['mod+f']], ['common:shortcuts.refresh', ['mod+r']],
  ['common:shortcuts.back', [isMac ? 'mod+[' : 'alt+ArrowLeft']], ['common:shortcuts.forward', [isMac ? 'mod+]' : 'alt+ArrowRight']],
  ['common:shortcuts.parent', [isMac ? 'mod+ArrowUp' : 'alt+ArrowUp']], ['common:shortcuts.selectAll', ['mod+a']], ['common:shortcuts.details', [isMac ? 'mod+i' : 'alt+Enter']],
  ['common:shortcuts.delete', [isMac ? 'mod+Delete' : 'Delete']], ['common:shortcuts.places', ['mod+1', 'mod+2', 'mod+3', 'mod+4']],
  ['common:shortcuts.panes', ['mod+alt+1', 'mod+alt+2', 'mod+alt+3']], ['common:shortcuts.regions', ['F6']], ['common:shortcuts.settings', ['mod+,']], ['common:shortcuts.this', ['mod+/']],
]
/** A browser tab keeps these for itself. */
const BROWSERS: ReadonlySet<string> = new Set(['common:shortcuts.refresh', 'common:shortcuts.back', 'common:shortcuts.forward', 'common:shortcuts.places'])

/** Help: every shortcut that works in this shell, and the way back to the guide. */
export function ShortcutsDialog({ onClose }: { readonly onClose: () => void }) {
  const t = useText()
  const app = useApp().data
  const update = useUpdateSettings()
  const practice = app?.practice ?? null
  const guide = () => {
    if (practice === null) return
    update.mutate({ showGuide: true, showPractice: true })
    go({ page: 'objects', place: { profileId: practice.profileId, bucket: practice.bucket, prefix: '' } })
    onClose()
  }
  const footer = (
    <>
      {practice !== null && <Button onClick={guide}>{t('common:help.guide')}</Button>}
      <span className="grow" />
      <Button kind="primary" onClick={onClose}>{t('common:act.close')}</Button>
    </>
  )
  return (
    <Dialog title={t('common:shortcuts.title')} width={500} footer={footer} onClose={onClose}>
      <dl className="box shortcuts">
        {LINES.filter(([key]) => app?.shell !== 'loopback' || !BROWSERS.has(key)).map(([key, chords]) => (
          <div className="line" key={key}><dt className="grow">{t(key)}</dt><dd className="flex4">{chords.map((chord) => <kbd className="kb" key={chord}>{keysText(chord)}</kbd>)}</dd></div>
        ))}
      </dl>
    </Dialog>
  )
}
