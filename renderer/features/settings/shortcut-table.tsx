import './settings.css'
import { useApp } from '../../queries/app.ts'
import { useText } from '../../text/use-text.tsx'
import { shortcuts } from './shortcut-list.ts'

/** Every shortcut in the spelling of this system, without those that a browser tab uses itself. */
export function ShortcutTable() {
  const t = useText()
  const app = useApp().data
  const mac = app?.platform === 'mac'
  return (
    <div
      className="shortcut-table"
      tabIndex={0}
      role="region"
      aria-label={t('common:shortcuts.title')}
    >
      {shortcuts.map(({ heading, rows }) => (
        <section key={heading}>
          <h3>{t(heading)}</h3>
          <dl>
            {rows
              .filter((row) => row.desktopOnly !== true || app?.shell === 'desktop')
              .map((row) => (
                <div key={row.what}>
                  <dt>{t(row.what)}</dt>
                  <dd>
                    {(mac ? row.mac : row.other).map((keys) => (
                      <kbd className="kb" key={keys}>
                        {keys}
                      </kbd>
                    ))}
                    {row.words !== undefined && <span className="muted">{t(row.words)}</span>}
                  </dd>
                </div>
              ))}
          </dl>
        </section>
      ))}
    </div>
  )
}
