import { dialog, type MessageBoxOptions } from 'electron'
import type { EditedCopy } from '../../shared/contract/models-edits.ts'
import type { Language } from '../../shared/contract/sentences/sentences.ts'
import type { Transfer, TransferPhase } from '../../shared/contract/models-transfers.ts'
import { ENDED } from '../../shared/contract/transfer-phases.ts'
import type { Core } from '../core/app/core.ts'
import { spoken, desktopLanguage } from './language.ts'

const WORDS = {
  en: {
    message: 'Transfers are running',
    detail: (n: number) =>
      `${n === 1 ? 'One transfer stops' : `${n} transfers stop`} now and ${n === 1 ? 'continues' : 'continue'} when Cipherbucket is opened again. Nothing is lost.`,
    stay: 'Stay open',
    leave: 'Quit',
    edited: (n: number) =>
      n === 1 ? 'A changed file is not uploaded' : `${n} changed files are not uploaded`,
    editedDetail: (names: string) =>
      `Upload encrypts and uploads, then Cipherbucket quits. Discard deletes the changes for good. Not uploaded: ${names}.`,
    upload: 'Upload',
    discard: 'Discard',
    notUploaded: 'Cipherbucket stays open',
    notUploadedDetail: (names: string) =>
      `Not everything was uploaded. The changes are still on this computer: ${names}.`,
  },
  'zh-CN': {
    message: '有正在进行的传输',
    detail: (n: number) =>
      `退出后，${n} 个传输会停止，下次打开 Cipherbucket 时继续。不会丢失任何内容。`,
    stay: '不退出',
    leave: '退出',
    edited: (n: number) => `${n} 个已更改的文件尚未上传`,
    editedDetail: (names: string) =>
      `“上传”会加密并上传，然后退出 Cipherbucket。“放弃更改”会永久删除更改。尚未上传：${names}。`,
    upload: '上传',
    discard: '放弃更改',
    notUploaded: 'Cipherbucket 未退出',
    notUploadedDetail: (names: string) => `部分文件未能上传，更改仍保留在本机：${names}。`,
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

/** The most names in a question. */
const NAMED = 5

function namesOf(copies: readonly EditedCopy[], language: Language): string {
  const names = copies.slice(0, NAMED).map(({ key }) => key.slice(key.lastIndexOf('/') + 1))
  const more = copies.length > NAMED ? ['…'] : []
  return [...names, ...more].join(language === 'en' ? ', ' : '、')
}

/** Returns the question for changed copies. Esc and the default choose to stay. */
export function editQuestion(
  copies: readonly EditedCopy[],
  language: Language,
): MessageBoxOptions & { readonly buttons: string[] } {
  const words = WORDS[language]
  return {
    type: 'warning',
    message: words.edited(copies.length),
    detail: words.editedDetail(namesOf(copies, language)),
    buttons: [words.stay, words.upload, words.discard],
    defaultId: 0,
    cancelId: 0,
    noLink: true,
  }
}

/**
 * Asks before transfers stop, and before changed copies of objects would wait for the next start.
 * Resolves with whether the app may quit. Nobody is asked when nothing would stop or wait.
 */
export async function askBeforeLeaving(core: Pick<Core, 'handlers' | 'events'>): Promise<boolean> {
  const { signal } = new AbortController()
  const settings = await core.handlers['settings.get']({}, signal)
  const language = settings.ok ? spoken(settings.value) : desktopLanguage()
  if (!(await leaveEdits(core, language))) return false
  const transfers = await core.handlers['transfers.list']({}, signal)
  const open = transfers.ok
    ? transfers.value.filter(({ phase, batchId }) => MOVES.has(phase) && batchId === null).length
    : 0
  if (open === 0) return true
  const { response } = await dialog.showMessageBox(question(open, language))
  return response === 1
}

/** Asks about changed copies. Resolves with whether none is left, or the user discarded them. */
async function leaveEdits(
  core: Pick<Core, 'handlers' | 'events'>,
  language: Language,
): Promise<boolean> {
  const changed = await changedCopies(core)
  if (changed.length === 0) return true
  const { response } = await dialog.showMessageBox(editQuestion(changed, language))
  if (response === 0) return false
  const { signal } = new AbortController()
  if (response === 2) {
    for (const { id } of changed) await core.handlers['edits.discard']({ id }, signal)
    return true
  }
  for (const { id } of changed) await uploadCopy(core, id)
  const left = await changedCopies(core)
  if (left.length === 0) return true
  const words = WORDS[language]
  await dialog.showMessageBox({
    type: 'warning',
    message: words.notUploaded,
    detail: words.notUploadedDetail(namesOf(left, language)),
  })
  return false
}

async function changedCopies({ handlers }: Pick<Core, 'handlers'>): Promise<readonly EditedCopy[]> {
  const copies = await handlers['edits.list']({}, new AbortController().signal)
  return copies.ok ? copies.value.filter(({ state }) => state === 'changed') : []
}

/** Uploads one copy. Resolves when the transfer goes no further, or is off the list. */
async function uploadCopy(
  { handlers, events }: Pick<Core, 'handlers' | 'events'>,
  id: string,
): Promise<void> {
  const { signal } = new AbortController()
  const started = await handlers['edits.upload']({ id }, signal)
  if (!started.ok) return
  await new Promise<void>((resolve) => {
    const end = (): void => {
      for (const off of offs) off()
      resolve()
    }
    const look = (transfers: readonly Transfer[]): void => {
      const mine = transfers.find((one) => one.id === started.value)
      if (mine !== undefined && (ENDED.has(mine.phase) || mine.phase === 'paused')) end()
    }
    const offs = [
      events.on('transfers.changed', look),
      events.on('transfers.removed', (ids) => ids.includes(started.value) && end()),
    ]
    void handlers['transfers.list']({}, signal).then((all) => all.ok && look(all.value))
  })
}
