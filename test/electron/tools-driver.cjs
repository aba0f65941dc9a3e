// Preloaded into Electron (`-r`): opens the developer tools by the menu, says where they are once
// they have loaded, and quits. Playwright would attach itself to the tools too, and hold them up.
const { app, Menu } = require('electron')

const inMenu = (items) => items.flatMap((item) => [item, ...inMenu(item.submenu?.items ?? [])])
app.once('browser-window-created', (_event, window) => {
  window.once('show', () =>
    inMenu(Menu.getApplicationMenu().items)
      .find(({ role }) => role === 'toggledevtools')
      .click(undefined, window, window.webContents),
  )
  window.webContents.once('devtools-opened', () => {
    process.stdout.write(`tools: ${window.webContents.devToolsWebContents.getURL()}\n`)
    app.quit()
  })
})
