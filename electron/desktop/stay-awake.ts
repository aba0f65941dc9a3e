import { powerSaveBlocker } from 'electron'
import type { TransferId } from '../../shared/contract/models.ts'
import type { Core } from '../core/app/core.ts'

/**
 * Keeps the computer from sleeping while a transfer moves; the screen may sleep. A transfer that
 * waits for its hours or for a network keeps nothing awake.
 */
export function stayAwake(core: Pick<Core, 'events'>): void {
  const moving = new Set<TransferId>()
  let blocker: number | null = null
  const look = (): void => {
    if (moving.size > 0) blocker ??= powerSaveBlocker.start('prevent-app-suspension')
    else if (blocker !== null) {
      powerSaveBlocker.stop(blocker)
      blocker = null
    }
  }
  core.events.on('transfers.changed', (transfers) => {
    for (const { id, phase } of transfers) {
      if (phase === 'running' || phase === 'finishing') moving.add(id)
      else moving.delete(id)
    }
    look()
  })
  core.events.on('transfers.removed', (ids) => {
    for (const id of ids) moving.delete(id)
    look()
  })
}
