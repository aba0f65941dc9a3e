import type { Keychain } from '../../electron/core/store/secrets/keychain-secrets.ts'

/**
 * A keychain that behaves as keytar over gnome-keyring was measured to: locked, it reads as
 * "nothing" and refuses to write; without a service, everything throws. The real one is in
 * keychain.test.ts.
 */
export interface PretendKeychain extends Keychain {
  readonly entries: Map<string, string>
  mood: 'working' | 'locked' | 'gone'
  /** The nth call from now throws; 0 for none. */
  failAt: number
}

export function pretendKeychain(): PretendKeychain {
  const entries = new Map<string, string>()
  const nameOf = (service: string, account: string) => JSON.stringify([service, account])
  const keychain: PretendKeychain = {
    entries,
    mood: 'working',
    failAt: 0,
    async getPassword(service, account) {
      arrive()
      return keychain.mood === 'locked' ? null : (entries.get(nameOf(service, account)) ?? null)
    },
    async setPassword(service, account, password) {
      arrive()
      if (keychain.mood === 'locked') throw new Error(`Object does not exist at path; ${password}`)
      if (password === '') throw new Error('Password is required.')
      // Text after a NUL is cut without a word.
      entries.set(nameOf(service, account), password.split('\0')[0] ?? '')
    },
    async deletePassword(service, account) {
      arrive()
      return keychain.mood === 'locked' ? false : entries.delete(nameOf(service, account))
    },
  }
  function arrive(): void {
    if (keychain.mood === 'gone') throw new Error('Cannot autolaunch D-Bus without X11 $DISPLAY')
    if (keychain.failAt === 0) return
    keychain.failAt -= 1
    if (keychain.failAt === 0) throw new Error('no reply')
  }
  return keychain
}
