import { useApp } from '../../queries/app.ts'
import { useText } from '../../text/use-text.tsx'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { shortcuts } from './shortcut-list.ts'
import './settings.css'

/** Every shortcut, as this system writes it; without those a browser tab keeps for itself. */
export function ShortcutsDialog({ onClose }: { readonly onClose: () => void }) {
  const t = useText()
  const app = useApp().data
  const mac = app?.platform === 'mac'
  return (
    <Dialog
      title={t('common:shortcuts.title')} width={620} onClose={onClose}
      footer={<><span className="grow" /><Button autoFocus onClick={onClose}>{t('common:act.close')}</Button></>}
    >
      <div className="shortcuts" tabIndex={0} role="region" aria-label={t('common:shortcuts.title')}>
        {shortcuts.map(({ heading, rows }) => (
          <section key={heading}>
            <h3>{t(heading)}</h3>
            <dl>
              {rows.filter((row) => row.desktopOnly !== true || app?.shell === 'desktop').map((row) => (
                <div key={row.what}>
                  <dt>{t(row.what)}</dt>
                  <dd>{(mac ? row.mac : row.other).map((keys) => <kbd className="kb" key={keys}>{keys}</kbd>)}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  )
}
