import { Notification, type BrowserWindow } from 'electron'
import type { Settings } from '../../shared/contract/models-settings.ts'
import { openRound, progressOf, type RoundEnd } from '../../shared/contract/round.ts'
import { endNotice } from '../../shared/contract/sentences/round-words.ts'
import type { Core } from '../core/app/core.ts'
import { spoken } from './language.ts'

export interface AttentionOptions {
  readonly core: Pick<Core, 'events'>
  /** Returns the open windows. On macOS there may be none. The last one had the focus last. */
  windows(): readonly BrowserWindow[]
  settings(): Settings
}

/**
 * Shows progress on the dock or taskbar. Notifies when all transfers have ended and the window is
 * in the background.
 */
export function drawAttention({ core, windows, settings }: AttentionOptions): void {
  const round = openRound()
  let shown = -1
  // The reference keeps the notification alive: one that is collected as garbage takes no clicks.
  let last: Notification | null = null

  const showProgress = (): void => {
    const progress = Math.round(progressOf(round.totals()) * 100) / 100
    if (progress === shown) return
    shown = progress
    for (const window of windows()) window.setProgressBar(progress)
  }
  const tell = (end: RoundEnd): void => {
    const { notifyEnd, notifyNames } = settings()
    const inFront = windows().some((window) => window.isFocused())
    if (!notifyEnd || inFront || !Notification.isSupported()) return
    last?.close()
    last = new Notification(endNotice(end, spoken(settings()), notifyNames))
    last.on('click', () => {
      const front = windows().at(-1)
      if (front?.isMinimized() === true) front.restore()
      front?.show()
    })
    last.show()
  }
  core.events.on('transfers.changed', (transfers) => {
    const end = round.changed(transfers)
    showProgress()
    if (end !== null) tell(end)
  })
  core.events.on('transfers.removed', (ids) => {
    round.removed(ids)
    showProgress()
  })
}
