import { SEAL_HEADER } from '../../seals/seal-text.ts'
import type { VaultEntry } from '../../../../shared/contract/models-vault.ts'
import { attempted } from '../../base/attempt.ts'
import type { HandlersOf, Parts } from '../parts.ts'
import type { FoundRecord } from '../vault/vault.ts'
import { syncVault } from '../vault/sync-vault.ts'
import { openVaultKeys } from '../vault/vault-keys.ts'

/** The handlers of the envelope vault. */
export function vaultHandlers({
  vault,
  catalog,
  connections,
  afterUse,
}: Parts): HandlersOf<'vault'> {
  return {
    'vault.status': () =>
      attempted(async () => {
        const counts = await vault.read(() => undefined)
        using keys = await openVaultKeys(catalog)
        return { ...counts, closedKeys: keys.closed }
      }).finally(afterUse),
    'vault.list': ({ count }) =>
      attempted(async () => {
        const entries: VaultEntry[] = []
        await vault.read((found) => void entries.push(entryOf(found)))
        entries.sort((a, b) => order(a.bucket, b.bucket) || order(a.key, b.key) || a.from - b.from)
        return { entries: entries.slice(0, count), total: entries.length }
      }).finally(afterUse),
    'vault.sync': ({ profileId, bucket, prefix }, signal) =>
      attempted(async () => {
        await vault.write()
        using keys = await openVaultKeys(catalog)
        const oss = connections.bucket(profileId, bucket)
        return await syncVault(oss, { bucket, prefix }, { folder: vault.folder, keys }, signal)
      }).finally(afterUse),
  }
}

const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

function entryOf({ record, keyName }: FoundRecord): VaultEntry {
  const { bucket, key, versionId, etag, size, crc64, headers, seal, from, to } = record
  const sealed = seal !== null || SEAL_HEADER in headers
  return { bucket, key, versionId, etag, size, crc64, sealed, keyName, from, to }
}
