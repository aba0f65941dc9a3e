import { shell, type Session, type WebContents } from 'electron'

/** The sites of the page's help links. */
const HELP_HOSTS: ReadonlySet<string> = new Set(['help.aliyun.com', 'www.alibabacloud.com'])

/**
 * Tells whether this address may be opened in the user's browser: documentation over https, without
 * a login or an unusual port.
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
 * Keeps our pages from navigating, from opening windows and from embedding pages. Called for every
 * WebContents of the app.
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

/** Denies every permission and device. Stops the spell checker, which would fetch dictionaries. */
export function hardenSession(session: Session): void {
  session.setPermissionRequestHandler((_contents, _permission, answer) => answer(false))
  session.setPermissionCheckHandler(() => false)
  session.setDevicePermissionHandler(() => false)
  session.setDisplayMediaRequestHandler((_request, answer) => answer(null))
  // A spell checker that is off still fetches the dictionary of the system's language. An empty
  // list of languages leaves it nothing to fetch.
  session.setSpellCheckerLanguages([])
  session.setSpellCheckerEnabled(false)
  session.on('will-download', (event) => event.preventDefault())
}
