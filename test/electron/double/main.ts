/** The module that `electron` resolves to in the main process under test. */
import './control.ts'

export {
  app,
  BrowserWindow,
  dialog,
  ipcMain,
  Menu,
  nativeImage,
  nativeTheme,
  Notification,
  powerSaveBlocker,
  protocol,
  screen,
  session,
  shell,
} from './electron.ts'
