import {
  ipcMain,
  shell,
  type BrowserWindow,
  type IpcMainEvent,
  type IpcMainInvokeEvent,
  type NativeImage,
} from 'electron'
import type { BridgeMessage, Port } from '../../shared/contract/routes/bridge.ts'
import { servePort } from '../../shared/contract/routes/serve.ts'
import type { Core } from '../core/app/core.ts'
import { channels } from './channels.ts'
import { hostDialogs } from './dialogs.ts'
import { isOurs } from './protocol.ts'
import { writtenPaths } from './written-paths.ts'

/**
 * Serves the core to the page of one window until the window is closed. Calls from other senders
 * are ignored. `dragIcon`: stands at the pointer while files are dragged out.
 */
export function serveWindow(window: BrowserWindow, core: Core, dragIcon: NativeImage): void {
  const { webContents: contents } = window
  const written = writtenPaths()
  let port: WindowPort | null = null

  const toPage = (message: unknown): void => {
    written.note(message)
    if (!contents.isDestroyed()) contents.send(channels.message, message)
  }
  /**
   * Tells whether a message comes from the main frame of our window with our page. The frame is
   * null when it navigated or was removed meanwhile.
   */
  const isPage = ({ sender, senderFrame }: IpcMainEvent | IpcMainInvokeEvent): boolean =>
    sender.id === contents.id &&
    senderFrame !== null &&
    senderFrame.parent === null &&
    isOurs(senderFrame.url)
  const dialogs = hostDialogs(window, core.grants, (error) =>
    toPage({ t: 'event', name: 'app.problem', value: error } satisfies BridgeMessage),
  )

  const onBegin = (event: IpcMainEvent): void => {
    if (!isPage(event)) return
    port?.close()
    port = windowPort(toPage)
    servePort(port, core)
  }
  const onMessage = (event: IpcMainEvent, message: unknown): void => {
    if (isPage(event)) port?.heard(message)
  }
  const end = (): void => {
    port?.close()
    port = null
  }
  ipcMain.on(channels.begin, onBegin)
  ipcMain.on(channels.message, onMessage)
  contents.on('render-process-gone', end)

  const answers: Readonly<Record<string, (input: unknown) => Promise<unknown>>> = {
    [channels.pickFiles]: () => dialogs.pickFiles(),
    [channels.pickFolders]: () => dialogs.pickFolders(),
    [channels.pickTarget]: () => dialogs.pickTarget(),
    [channels.dropped]: (paths) => dialogs.dropped(paths),
    [channels.dragOut]: async (ids) => {
      const named = Array.isArray(ids) ? ids.filter((id) => typeof id === 'string') : []
      const paths = (await core.copies?.pathsOf(named)) ?? []
      const [file] = paths
      if (file === undefined || contents.isDestroyed()) return false
      contents.startDrag({ file, files: [...paths], icon: dragIcon })
      return true
    },
    [channels.reveal]: async (path) => {
      if (typeof path === 'string' && written.has(path)) shell.showItemInFolder(path)
    },
  }
  const stopAnswering = answerFor(contents.id, {
    channels: answers,
    isPage,
  })
  window.once('closed', () => {
    end()
    ipcMain.off(channels.begin, onBegin)
    ipcMain.off(channels.message, onMessage)
    stopAnswering()
  })
}

/** The answers to the page of one window, by channel. */
interface PageAnswers {
  readonly channels: Readonly<Record<string, (input: unknown) => Promise<unknown>>>
  isPage(event: IpcMainInvokeEvent): boolean
}

/** The answers of every open window, by the id of its page. */
const answering = new Map<number, PageAnswers>()

/**
 * Answers the calls of one page. A channel has one handler for all windows, which looks up the
 * window of the sender. Returns the end of that.
 */
function answerFor(id: number, answers: PageAnswers): () => void {
  const names = Object.keys(answers.channels)
  if (answering.size === 0)
    for (const name of names)
      ipcMain.handle(name, (event, input: unknown) => {
        const window = answering.get(event.sender.id)
        if (window?.isPage(event) !== true) throw new Error('refused')
        return window.channels[name]?.(input)
      })
  answering.set(id, answers)
  return () => {
    answering.delete(id)
    if (answering.size === 0) for (const name of names) ipcMain.removeHandler(name)
  }
}

interface WindowPort extends Port {
  heard(message: unknown): void
}

/**
 * Opens the wire to one load of the page. After `close` no message passes, so a later load never
 * receives answers for an earlier one.
 */
function windowPort(toPage: (message: unknown) => void): WindowPort {
  const listeners = new Set<(message: unknown) => void>()
  const closers = new Set<() => void>()
  let open = true
  return {
    send(message) {
      if (open) toPage(message)
    },
    heard(message) {
      for (const listener of listeners) listener(message)
    },
    on(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    onClose(listener) {
      closers.add(listener)
      return () => void closers.delete(listener)
    },
    close() {
      open = false
      listeners.clear()
      for (const closer of closers) closer()
      closers.clear()
    },
  }
}
