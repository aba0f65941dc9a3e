import { shell, type Session, type WebContents } from 'electron'

/** Sites the help links of the page lead to. */
const HELP_HOSTS: ReadonlySet<string> = new Set(['help.aliyun.com', 'www.alibabacloud.com'])

/**
 * May this address be opened in the user's browser? Documentation over https, without a login or an
 * odd port.
 */
export function mayOpen(address: string): boolean {
  if (!URL.canParse(address)) return false
  const { protocol, hostname, port, username, password } = new URL(address)
  return (
    protocol === 'https:' &&
    HELP_HOSTS.has(hostname) &&
    port === '' &&
    username === '' &&
    password === ''
  )
}

/**
 * No page of ours goes anywhere, opens anything or embeds anything. Runs for every WebContents
 * there will ever be.
 */
export function hardenContents(contents: WebContents): void {
  contents.on('will-navigate', (event) => event.preventDefault())
  contents.on('will-frame-navigate', (event) => event.preventDefault())
  contents.on('will-redirect', (event) => event.preventDefault())
  contents.on('will-attach-webview', (event) => event.preventDefault())
  contents.setWindowOpenHandler(({ url }) => {
    if (mayOpen(url)) void shell.openExternal(url)
    return { action: 'deny' }
  })
}

/** The page needs no permission and no device, and the spell checker would fetch dictionaries. */
export function hardenSession(session: Session): void {
  session.setPermissionRequestHandler((_contents, _permission, answer) => answer(false))
  session.setPermissionCheckHandler(() => false)
  session.setDevicePermissionHandler(() => false)
  session.setDisplayMediaRequestHandler((_request, answer) => answer(null))
  // Switched off it still fetches the dictionary of the system's language, unless it has none to
  // fetch.
  session.setSpellCheckerLanguages([])
  session.setSpellCheckerEnabled(false)
  session.on('will-download', (event) => event.preventDefault())
}
