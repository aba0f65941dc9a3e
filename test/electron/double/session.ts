import { EventEmitter } from 'node:events'

type Answer = (request: Request) => Promise<Response>
interface Scheme {
  readonly scheme: string
  readonly privileges: { readonly standard?: boolean; readonly secure?: boolean }
}

class Protocol {
  readonly schemes: Scheme[] = []
  private frozen = false

  registerSchemesAsPrivileged(schemes: readonly Scheme[]): void {
    if (this.frozen)
      throw new Error('protocol.registerSchemesAsPrivileged should be called before app is ready')
    this.schemes.push(...schemes)
  }
  freeze(): void {
    this.frozen = true
  }
  /** Only a standard and secure scheme is an origin of its own. */
  isOrigin(scheme: string): boolean {
    return this.schemes.some(
      (known) =>
        known.scheme === scheme &&
        known.privileges.standard === true &&
        known.privileges.secure === true,
    )
  }
}
export const protocol = new Protocol()

type Decide = (
  details: { readonly url: string },
  decide: (answer: { cancel?: boolean }) => void,
) => void

export class Session extends EventEmitter {
  readonly handlers = new Map<string, Answer>()
  permissionRequest:
    ((contents: unknown, permission: string, answer: (allowed: boolean) => void) => void) | null =
    null
  permissionCheck: ((contents: unknown, permission: string) => boolean) | null = null
  device: (() => boolean) | null = null
  displayMedia: unknown = null
  spellChecker = true
  /** Dictionaries that Electron fetches when it starts, whether or not the spell checker is on. */
  dictionaries: readonly string[] = ['en-US']
  #decide: Decide | null = null

  readonly protocol = {
    handle: (scheme: string, answer: Answer) => void this.handlers.set(scheme, answer),
  }
  readonly webRequest = { onBeforeRequest: (decide: Decide) => void (this.#decide = decide) }

  setPermissionRequestHandler(handler: Session['permissionRequest']): void {
    this.permissionRequest = handler
  }
  setPermissionCheckHandler(handler: Session['permissionCheck']): void {
    this.permissionCheck = handler
  }
  setDevicePermissionHandler(handler: Session['device']): void {
    this.device = handler
  }
  setDisplayMediaRequestHandler(handler: unknown): void {
    this.displayMedia = handler
  }
  setSpellCheckerLanguages(languages: readonly string[]): void {
    this.dictionaries = languages
  }
  setSpellCheckerEnabled(enabled: boolean): void {
    this.spellChecker = enabled
  }

  /** For the double: may this request go on? */
  allows(url: string): Promise<boolean> {
    const decide = this.#decide
    return decide === null
      ? Promise.resolve(true)
      : new Promise((resolve) => decide({ url }, ({ cancel }) => resolve(cancel !== true)))
  }
  /** For the double: does a page get this permission? Without handlers Electron says yes. */
  async grants(permission: string): Promise<boolean> {
    const { permissionRequest, permissionCheck } = this
    const asked =
      permissionRequest === null
        ? true
        : await new Promise<boolean>((resolve) => permissionRequest(null, permission, resolve))
    return asked || (permissionCheck?.(null, permission) ?? true)
  }
}
export const defaultSession = new Session()
