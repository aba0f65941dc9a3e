// Preloaded into Electron (`-r`): quits the app as a user does, a while after it began, with no
// debugger attached that keeps sockets open. CIPHERBUCKET_QUIT is JSON: { how, from: 'start' or
// 'window', ms }. Says "quitting" the moment it does.
const { app, BrowserWindow, Menu } = require('electron')

const { how, from, ms } = JSON.parse(process.env.CIPHERBUCKET_QUIT)
const window = () => BrowserWindow.getAllWindows()[0]
const key = (type) =>
  window().webContents.sendInputEvent({ type, keyCode: 'Q', modifiers: ['control'] })
const inMenu = (items) => items.flatMap((item) => [item, ...inMenu(item.submenu?.items ?? [])])

const WAYS = {
  'app.quit()': () => app.quit(),
  'the close button': () => window().close(),
  'window.close() in the page': () =>
    void window()
      .webContents.executeJavaScript('window.close()')
      .catch(() => undefined),
  'Ctrl+Q': () => ['keyDown', 'keyUp'].forEach(key),
  'Quit in the menu': () =>
    inMenu(Menu.getApplicationMenu().items)
      .find(({ role }) => role === 'quit')
      .click(undefined, window()),
  SIGTERM: () => process.kill(process.pid, 'SIGTERM'),
}
const act = () => {
  process.stdout.write('quitting\n')
  WAYS[how]()
}
if (from === 'start') setTimeout(act, ms)
else
  app.once('browser-window-created', (_event, created) =>
    created.once('show', () => setTimeout(act, ms)),
  )
