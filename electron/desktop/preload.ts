import { contextBridge, ipcRenderer, webUtils } from 'electron'
import { channels } from './channels.ts'

/**
 * Everything that the page gets of this computer. Paths go from here to the core, and never to the
 * page.
 */

ipcRenderer.send(channels.begin)

contextBridge.exposeInMainWorld('cipherbucket', {
  platform: process.platform,
  send: (message: unknown): void => ipcRenderer.send(channels.message, message),
  onMessage: (listener: (message: unknown) => void): void => {
    // The event carries `sender`, so the page gets the message alone.
    ipcRenderer.on(channels.message, (_event, message: unknown) => listener(message))
  },
  pickFiles: (): Promise<unknown> => ipcRenderer.invoke(channels.pickFiles),
  pickFolders: (): Promise<unknown> => ipcRenderer.invoke(channels.pickFolders),
  pickTarget: (): Promise<unknown> => ipcRenderer.invoke(channels.pickTarget),
  dropped: (files: readonly File[]): Promise<unknown> =>
    ipcRenderer.invoke(
      channels.dropped,
      files.map((file) => webUtils.getPathForFile(file)),
    ),
  reveal: (path: string): Promise<unknown> => ipcRenderer.invoke(channels.reveal, path),
  dragOut: (ids: readonly string[]): Promise<unknown> => ipcRenderer.invoke(channels.dragOut, ids),
})
