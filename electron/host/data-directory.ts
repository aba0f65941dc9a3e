import { posix, resolve, win32 } from 'node:path'

/** The facts that decide where data is stored. A shell passes those of its own process. */
export interface PlatformFacts {
  readonly platform: NodeJS.Platform
  readonly environment: Readonly<Record<string, string | undefined>>
  /** The user's home folder. */
  readonly home: string
}

/**
 * Returns the app's private folder, which is the same for every shell. CIPHERBUCKET_DATA names it.
 * Without that variable it is the platform's folder for data that stays on this computer. The data
 * must not roam, since it is useless without this computer's keychain.
 *
 * Shape an absolute path; it need not exist yet.
 * Source XDG Base Directory Specification (relative values are ignored), Apple's File System
 * Programming Guide, Microsoft's known folder FOLDERID_LocalAppData.
 */
export function dataDirectory({ platform, environment, home }: PlatformFacts): string {
  const own = environment['CIPHERBUCKET_DATA']
  if (own !== undefined && own !== '') return resolve(own)
  if (platform === 'win32') {
    const local = environment['LOCALAPPDATA']
    return win32.join(
      local !== undefined && win32.isAbsolute(local) ? local : win32.join(home, 'AppData', 'Local'),
      'Cipherbucket',
    )
  }
  if (platform === 'darwin')
    return posix.join(home, 'Library', 'Application Support', 'Cipherbucket')
  const xdg = environment['XDG_DATA_HOME']
  return posix.join(
    xdg !== undefined && posix.isAbsolute(xdg) ? xdg : posix.join(home, '.local', 'share'),
    'cipherbucket',
  )
}

/** CIPHERBUCKET_SECRETS=file keeps secrets in the passphrase file although there is a keychain. */
export function secretsPlace(environment: PlatformFacts['environment']): 'auto' | 'file' {
  return environment['CIPHERBUCKET_SECRETS'] === 'file' ? 'file' : 'auto'
}
