import { valueOf, type Result } from '../../shared/contract/errors.ts'
import type { MasterKey } from '../../shared/contract/models.ts'
import type { Context } from './context.ts'
import { Usage } from './exit-codes.ts'
import { askNewSecret, askSecret, openedWith, passphraseIn } from './passphrases.ts'

/**
 * Unlocks the passphrase file that holds secrets where there is no keychain. For 'write', makes the
 * file for a first secret. With a keychain it does nothing. Throws Usage when nobody can be asked.
 */
export async function unlockSecrets(
  { bridge, call, options, signal }: Context,
  use: 'read' | 'write',
): Promise<void> {
  const status = await call('secrets.status', {})
  if (status.place !== 'passphrase-file' || status.state !== 'passphrase-needed') return
  // Without a stored secret there is nothing to open.
  if (!status.exists && use === 'read') return
  const file = options.secretsPassphraseFile
  if (file !== undefined && status.exists) {
    valueOf(
      await openedWith(file, (passphrase) => {
        if (passphrase === '') throw new Usage(`${file} holds no passphrase.`)
        return bridge.call('secrets.unlock', { passphrase }, signal)
      }),
    )
    return
  }
  const typed =
    file !== undefined
      ? await passphraseIn(file)
      : await (status.exists
          ? askSecret('Passphrase of the keys and credentials on this computer: ')
          : askNewSecret(
              'There is no keychain. Choose a passphrase for the keys and credentials on this computer: ',
            ))
  if (typed === null)
    throw new Usage(
      status.exists
        ? 'The passphrase file is locked. Use --secrets-passphrase-file.'
        : 'There is no keychain, and no passphrase was chosen yet. Write a new passphrase into a file, and name it with --secrets-passphrase-file.',
    )
  await call('secrets.unlock', { passphrase: typed })
}

/**
 * Calls a route that stores a secret in some cases only. Where the route needs the passphrase file,
 * the file is unlocked or made, and the route is called again. Throws Usage as
 * {@link unlockSecrets} does.
 */
export async function withSecrets<T>(
  context: Context,
  call: () => Promise<Result<T>>,
): Promise<Result<T>> {
  const result = await call()
  if (result.ok || result.error.code !== 'passphrase-needed') return result
  await unlockSecrets(context, 'write')
  return call()
}

/**
 * Unlocks the secrets of a master key, or of the profile with which it calls KMS. A program has no
 * secret here.
 */
export async function unlockFor(context: Context, { kind }: MasterKey): Promise<void> {
  if (kind !== 'command') await unlockSecrets(context, 'read')
}
