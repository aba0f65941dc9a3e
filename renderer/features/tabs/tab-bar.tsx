import { useLayoutEffect, useRef, useState, type KeyboardEvent } from 'react'
import { MOST_TABS } from '../../../shared/contract/models-settings.ts'
import { closeTab, showNextTab, showTab, stepOf, useTabs, type Tab } from '../../state/tabs.ts'
import { useText } from '../../text/use-text.tsx'
import { IconButton } from '../../ui/controls/button.tsx'
import { MenuAt, type MenuPoint } from '../../ui/controls/menu.tsx'
import { Icon } from '../../ui/icon.tsx'
import { openNewTab } from './open-in-tab.ts'
import { tabWords } from './tab-name.ts'
import './tabs.css'

/** Id of the element that shows the page of the tab, for `aria-controls`. */
export const TAB_PANEL = 'tab-panel'
export const tabElementId = (id: number): string => `tab-${id}`

/**
 * Shows the tabs of the window while there are several. The bar is one tab stop. Arrows, Home and
 * End show another tab, Delete closes the focused one.
 */
export function TabBar() {
  const t = useText()
  const { tabs, shown } = useTabs()
  const bar = useRef<HTMLDivElement>(null)
  const takesFocus = useRef(false)
  const [menu, setMenu] = useState<{ readonly at: MenuPoint; readonly tab: Tab } | null>(null)
  useLayoutEffect(() => {
    const tab = bar.current?.querySelector<HTMLElement>('[aria-selected="true"]')
    tab?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
    if (!takesFocus.current) return
    takesFocus.current = false
    const list = document.querySelector<HTMLElement>('#main [data-region="list"]')
    ;(tab ?? list)?.focus()
  }, [tabs, shown])
  if (tabs.length < 2) return null
  const close = (id: number): void => {
    takesFocus.current = bar.current?.contains(document.activeElement) === true
    closeTab(id)
  }
  const press = (event: KeyboardEvent<HTMLElement>, tab: Tab): void => {
    if (event.altKey || event.metaKey || event.ctrlKey) return
    takesFocus.current = true
    if (event.key === 'ArrowRight') showNextTab(1)
    else if (event.key === 'ArrowLeft') showNextTab(-1)
    else if (event.key === 'Home') showTab(tabs[0]?.id ?? shown)
    else if (event.key === 'End') showTab(tabs.at(-1)?.id ?? shown)
    else if (event.key === 'Delete') closeTab(tab.id)
    else {
      takesFocus.current = false
      const isMenu = event.key === 'ContextMenu' || (event.key === 'F10' && event.shiftKey)
      if (!isMenu) return
      const { left, bottom } = event.currentTarget.getBoundingClientRect()
      setMenu({ at: { x: left, y: bottom }, tab })
    }
    event.preventDefault()
  }
  return (
    <div className="tab-bar" data-region="tabs">
      <div className="tabs" role="tablist" aria-label={t('common:tabs.list')} ref={bar}>
        {tabs.map((tab) => {
          const view = stepOf(tab)
          const { icon, name, path } = tabWords(t, view)
          const isShown = tab.id === shown
          return (
            <div
              key={tab.id}
              id={tabElementId(tab.id)}
              role="tab"
              className={isShown ? 'tab on' : 'tab'}
              aria-selected={isShown}
              {...(isShown && { 'aria-controls': TAB_PANEL })}
              tabIndex={isShown ? 0 : -1}
              title={t('common:tabs.hint', { path })}
              {...(view.page === 'objects' &&
                view.place !== null && { 'data-place': JSON.stringify(view.place) })}
              onClick={() => showTab(tab.id)}
              onMouseDown={(event) => {
                if (event.button === 1) event.preventDefault()
              }}
              onAuxClick={(event) => {
                if (event.button !== 1) return
                event.preventDefault()
                close(tab.id)
              }}
              onKeyDown={(event) => press(event, tab)}
              onContextMenu={(event) => {
                event.preventDefault()
                if (event.button === 2) setMenu({ at: { x: event.clientX, y: event.clientY }, tab })
              }}
            >
              <Icon name={icon} size="s" />
              <span className="cut grow">{name}</span>
              {/* Delete is its equal on the keyboard. A tab has no focusable child. */}
              <span
                className="tab-x"
                aria-hidden="true"
                title={t('common:tabs.closeOne', { name })}
                onClick={(event) => {
                  event.stopPropagation()
                  close(tab.id)
                }}
              >
                <Icon name="x" size="xs" />
              </span>
            </div>
          )
        })}
      </div>
      <IconButton
        icon="plus"
        small
        label={t('common:tabs.new')}
        disabled={tabs.length >= MOST_TABS}
        onClick={openNewTab}
      />
      {menu !== null && (
        <MenuAt
          at={menu.at}
          label={t('common:tabs.actions', { name: tabWords(t, stepOf(menu.tab)).name })}
          onClose={() => setMenu(null)}
          returnTo={() => bar.current?.querySelector<HTMLElement>('[tabindex="0"]') ?? null}
          entries={[
            { icon: 'x', label: t('common:tabs.close'), onSelect: () => closeTab(menu.tab.id) },
            {
              icon: 'x',
              label: t('common:tabs.closeOthers'),
              onSelect: () => {
                showTab(menu.tab.id)
                for (const { id } of tabs) if (id !== menu.tab.id) closeTab(id)
              },
            },
          ]}
        />
      )}
    </div>
  )
}
