import { dialog, type MessageBoxOptions } from 'electron'
import type { Language } from '../../shared/contract/sentences/sentences.ts'
import type { TransferPhase } from '../../shared/contract/models-transfers.ts'
import type { Core } from '../core/app/core.ts'
import { spoken, desktopLanguage } from './language.ts'

const WORDS = {
  en: {
    message: 'Transfers are running',
    detail: (n: number) =>
      `${n === 1 ? 'One transfer stops' : `${n} transfers stop`} now and ${n === 1 ? 'continues' : 'continue'} when Cipherbucket is opened again. Nothing is lost.`,
    stay: 'Stay open',
    leave: 'Quit',
  },
  'zh-CN': {
    message: '有正在进行的传输',
    detail: (n: number) =>
      `退出后，${n} 个传输会停止，下次打开 Cipherbucket 时继续。不会丢失任何内容。`,
    stay: '不退出',
    leave: '退出',
  },
} as const

/**
 * The phases in which a transfer moves. A paused or failed transfer stands still, whether the app
 * is open or not.
 */
const MOVES: ReadonlySet<TransferPhase> = new Set([
  'running',
  'finishing',
  'waiting',
  'needs-network',
])

/**
 * Returns the question for `n` running transfers. The safe answer is the default, and is what Esc
 * chooses.
 */
export function question(n: number, language: Language): MessageBoxOptions {
  const words = WORDS[language]
  return {
    type: 'warning',
    message: words.message,
    detail: words.detail(n),
    buttons: [words.stay, words.leave],
    defaultId: 0,
    cancelId: 0,
    noLink: true,
  }
}

/**
 * Asks before transfers stop; they continue only at the next start. Resolves with whether the app
 * may quit. Nobody is asked when nothing would stop.
 */
export async function askBeforeLeaving(core: Pick<Core, 'handlers'>): Promise<boolean> {
  const { signal } = new AbortController()
  const [transfers, settings] = await Promise.all([
    core.handlers['transfers.list']({}, signal),
    core.handlers['settings.get']({}, signal),
  ])
  const open = transfers.ok
    ? transfers.value.filter(({ phase, batchId }) => MOVES.has(phase) && batchId === null).length
    : 0
  if (open === 0) return true
  const { response } = await dialog.showMessageBox(
    question(open, settings.ok ? spoken(settings.value) : desktopLanguage()),
  )
  return response === 1
}
