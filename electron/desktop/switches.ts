import { app, dialog } from 'electron'

/**
 * Switches of Chromium with which another program can read the page and act in it. Source:
 * content/public/common/content_switches.cc.
 */
const DEBUGGING = [
  'remote-debugging-port',
  'remote-debugging-pipe',
  'remote-debugging-address',
  'remote-debugging-targets',
  'remote-allow-origins',
] as const

/**
 * Ends a packaged app that was started with such a switch. It runs before Chromium reads the
 * switches.
 */
export function refuseDebugging(): void {
  if (!app.isPackaged) return
  const given = DEBUGGING.filter((name) => app.commandLine.hasSwitch(name))
  if (given.length === 0) return
  for (const name of given) app.commandLine.removeSwitch(name)
  const named = given.map((name) => `--${name}`).join(', ')
  // The language of the system is not known this early.
  dialog.showErrorBox(
    'Cipherbucket',
    [
      `Cipherbucket does not start with ${named}: another program could read your files and keys through it. ` +
        'Start it without.',
      `Cipherbucket 不能使用 ${named} 启动：其他程序可以借此读取您的文件和密钥。请去掉该参数后重新启动。`,
    ].join('\n\n'),
  )
  app.exit(1)
}

/**
 * Maps every host name to nothing for Chromium, since no page of ours needs a host. The core
 * connects through Node, which is not affected. It runs before the app is ready.
 */
export function keepOffTheNetwork(): void {
  app.commandLine.appendSwitch('host-resolver-rules', 'MAP * ~NOTFOUND')
}
