import { useRef, type KeyboardEvent } from 'react'
import { keysText } from '../../shell/platform.ts'
import { dismissToast, holdToast, undoToast, useToast, type Shown } from '../../state/toast.ts'
import { expectKeys, useSelection } from '../../state/selection.ts'
import { go, samePlace, useUi } from '../../state/ui.ts'
import { showKey, useWantedKey } from '../../state/wanted-key.ts'
import { useText } from '../../text/use-text.tsx'
import { IconButton } from '../../ui/controls/button.tsx'
import { Icon } from '../../ui/icon.tsx'

/**
 * Says what the app has just done, with one action. It stays while the pointer or the focus is on
 * it. The region exists before its first toast, so that a screen reader reads the toast.
 */
export function ToastBar() {
  const t = useText()
  const toast = useToast((state) => state.toast)
  const isHere = useIsHere(toast?.shown)
  const bar = useRef<HTMLDivElement>(null)
  /** Ends the toast. The focus does not fall out of the page with it. */
  const leave = (act: () => void): void => {
    const hadFocus = bar.current?.contains(document.activeElement) === true
    act()
    if (hadFocus) document.querySelector<HTMLElement>('#main [data-region="list"]')?.focus()
  }
  const press = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape') return
    event.preventDefault()
    event.stopPropagation()
    leave(dismissToast)
  }
  return (
    <div className="msg-place" role="status" ref={bar}>
      {toast !== null && (
        <div
          className="msgbar"
          data-region="message"
          onKeyDown={press}
          onPointerEnter={() => holdToast(true)}
          onPointerLeave={() => holdToast(false)}
          onFocus={() => holdToast(true)}
          onBlur={() => holdToast(false)}
        >
          <Icon name="check" size="s" />
          <span className="cut" title={toast.text}>
            {toast.text}
          </span>
          {toast.undo !== undefined ? (
            <button type="button" className="act" onClick={() => leave(undoToast)}>
              {t('common:act.undo')}
              <kbd>{keysText('mod+z')}</kbd>
            </button>
          ) : (
            toast.shown !== undefined &&
            !isHere && (
              <button
                type="button"
                className="act"
                onClick={() =>
                  leave(() => {
                    dismissToast()
                    if (toast.shown !== undefined) show(toast.shown)
                  })
                }
              >
                {t('common:act.show')}
              </button>
            )
          )}
          <IconButton
            icon="x"
            label={t('common:act.dismiss')}
            onClick={() => leave(dismissToast)}
          />
        </div>
      )}
    </div>
  )
}

/** Opens the place of what a toast names, and selects it there. */
export function show(shown: Shown): void {
  if (shown.kind === 'key') return showKey(shown.id)
  go({ page: 'objects', place: shown.place })
  expectKeys(shown.place, shown.keys)
}

/** True if the page shows it already, as selected. */
function useIsHere(shown: Shown | undefined): boolean {
  const { page, place } = useUi()
  const { keys } = useSelection()
  const wanted = useWantedKey((state) => state.id)
  if (shown === undefined) return true
  if (shown.kind === 'key') return page === 'keys' && wanted === shown.id
  const isSelected = shown.keys.length === 0 || shown.keys.some((key) => keys.has(key))
  return page === 'objects' && samePlace(place, shown.place) && isSelected
}
