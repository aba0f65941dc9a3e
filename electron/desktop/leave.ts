import { app, dialog, type BrowserWindow, type MessageBoxOptions } from 'electron'
import type { Settings } from '../../shared/contract/models-settings.ts'
import type { Core } from '../core/app/core.ts'

const WORDS = {
  en: {
    message: 'Transfers are not finished',
    detail: (n: number) => `${n} of them would stop, and cannot continue after a restart yet. Files already finished are not affected.`,
    stay: 'Keep working',
    leave: 'Quit anyway',
  },
  'zh-CN': {
    message: '传输尚未完成',
    detail: (n: number) => `其中 ${n} 个会停止，目前重启后还不能继续。已经完成的文件不受影响。`,
    stay: '继续工作',
    leave: '仍要退出',
  },
} as const

/** What is asked when `n` transfers are unfinished. The safe answer is the default, and what Esc means. */
export function question(n: number, language: Settings['language']): MessageBoxOptions {
  const words = WORDS[language]
  return { type: 'warning', message: words.message, detail: words.detail(n), buttons: [words.stay, words.leave], defaultId: 0, cancelId: 0, noLink: true }
}

/**
 * Quitting asks first while transfers are unfinished. A window that is closed where that ends the app (not on macOS)
 * goes the same way. Returns what guards one window.
 */
export function askBeforeLeaving(core: Core, platform: NodeJS.Platform): (window: BrowserWindow) => void {
  let agreed = false
  let asking = false
  const ask = async (): Promise<boolean> => {
    const { signal } = new AbortController()
    const [transfers, settings] = await Promise.all([core.handlers['transfers.list']({}, signal), core.handlers['settings.get']({}, signal)])
    const open = transfers.ok ? transfers.value.filter(({ phase }) => !['done', 'failed'].includes(phase)).length : 0
    if (open === 0) return true
    const { response } = await dialog.showMessageBox(question(open, settings.ok ? settings.value.language : 'en'))
    return response === 1
  }

  app.on('before-quit', (event) => {
    if (agreed) return
    event.preventDefault()
    if (asking) return
    asking = true
    void ask()
      .catch((cause: unknown) => {
        core.masked(cause)
        return true
      })
      .then((leave) => {
        asking = false
        agreed = leave
        if (leave) app.quit()
      })
  })
  return (window) => {
    window.on('close', (event) => {
      if (agreed || platform === 'darwin') return
      event.preventDefault()
      app.quit()
    })
  }
}
