import { existsSync } from 'node:fs'
import { basename } from 'node:path'
import { Failure, valueOf, type Result } from '../../shared/contract/errors.ts'
import type { MasterKey } from '../../shared/contract/models.ts'
import type { Context } from './context.ts'
import { askSecret, openedWith } from './passphrases.ts'
import { unlockFor } from './secrets.ts'

/**
 * Returns the master keys that `K` names. Keys of the catalog are found by name. Other names are
 * key files, which are opened for this command only. `description`: the key description of a key
 * file, '' for none.
 */
export async function masterKeys(
  context: Context,
  named: readonly string[],
  description: string,
): Promise<readonly MasterKey[]> {
  const catalog = await context.call('keys.list', {})
  const keys: MasterKey[] = []
  for (const name of named) {
    const known = catalog.find((key) => key.name === name)
    if (known !== undefined) {
      await unlockFor(context, known)
      keys.push(known)
    } else if (existsSync(name)) keys.push(await keyFile(context, name, description))
    else throw new Failure({ code: 'not-found', what: 'master-key', name })
  }
  return keys
}

function keyFile(context: Context, path: string, description: string): Promise<MasterKey> {
  return withKeyFile(context, path, (grant, passphrase) =>
    context.bridge.call('keys.session', { grant, passphrase, description }, context.signal),
  )
}

/** Calls `use` on a key file. A file that needs a passphrase is tried again with one. */
export async function withKeyFile(
  context: Context,
  path: string,
  use: (grant: string, passphrase: string | null) => Promise<Result<MasterKey>>,
): Promise<MasterKey> {
  const grant = valueOf(await context.grants.forReading(path))
  const file = context.options.passphraseFile
  const opened = await (file === undefined
    ? use(grant.id, null)
    : openedWith(file, (passphrase) => use(grant.id, passphrase)))
  if (
    opened.ok ||
    file !== undefined ||
    opened.error.code !== 'key-import' ||
    opened.error.problem !== 'needs-passphrase'
  )
    return valueOf(opened)
  const typed = await askSecret(`Passphrase of ${basename(path)}: `)
  return valueOf(typed === null ? opened : await use(grant.id, typed))
}

/** Returns one key of the catalog by name. */
export async function catalogKey(context: Context, name: string): Promise<MasterKey> {
  const key = (await context.call('keys.list', {})).find((one) => one.name === name)
  if (key === undefined) throw new Failure({ code: 'not-found', what: 'master-key', name })
  return key
}
