import { join } from 'node:path'
import type { AppError } from '../../../../shared/contract/errors.ts'
import type { ProfileId } from '../../../../shared/contract/models.ts'
import { openIndexes, type Indexes } from '../../index/indexes.ts'
import type { KnownHead, LookedObject } from '../../index/port.ts'
import type { KeyCatalog } from '../../keys/catalog/key-catalog.ts'
import type { SecretStore } from '../../store/secrets/secret-store.ts'
import type { CorePorts } from '../core.ts'
import type { Emitter } from '../events.ts'
import type { ObjectStates } from '../objects/object-states.ts'
import type { Connections } from '../profiles/connections.ts'
import type { Profiles } from '../profiles/profiles.ts'
import type { SettingsStore } from '../settings.ts'
import { openListings, type Listings } from './listings.ts'
import { rowPatches } from './patches.ts'
import { openStateRuns, type StateRuns } from './state-runs.ts'
import { forgetIndexKey, storageOf } from './storage.ts'

interface Needs {
  readonly ports: Pick<CorePorts, 'shell' | 'workerUrl' | 'dataDirectory'>
  readonly secrets: SecretStore
  readonly settings: SettingsStore
  readonly profiles: Profiles
  readonly connections: Connections
  readonly catalog: KeyCatalog
  readonly states: ObjectStates
  readonly emitter: Emitter
  /** Hears of problems with the files of the index. */
  readonly tell: (problem: AppError) => void
  readonly masked: (cause: unknown) => AppError
}

/** The local index, and everything that fills it. */
export interface LocalIndex {
  readonly indexes: Indexes
  readonly listings: Listings
  readonly stateRuns: StateRuns
  readonly patch: ReturnType<typeof rowPatches>
  /** Returns the HEADs that an open index knows; null for each other object. */
  knownHeads(
    at: { readonly profileId: ProfileId; readonly bucket: string },
    objects: readonly LookedObject[],
  ): Promise<readonly (KnownHead | null)[]>
  /** Removes the index of all profiles. Listings fill it again. */
  clear(): Promise<void>
  /** Removes the index of a profile that is removed, or whose account is another one. */
  forget(profileId: ProfileId): Promise<void>
  close(): Promise<void>
}

/** Opens the local index. It follows the settings, the secret store and the master keys. */
export function openLocalIndex(needs: Needs): LocalIndex {
  const { ports, emitter, connections, catalog, settings, states, masked } = needs
  const keyIds = async () => (await catalog.list()).map(({ id }) => id)
  const indexes = openIndexes({
    workerUrl: new URL('./index-worker.mjs', ports.workerUrl),
    folder: join(ports.dataDirectory, 'index'),
    storageOf: (profileId) => storageOf(needs, profileId),
    keyIds,
    tell: needs.tell,
    replaced: () => void listings.listAgain(listings.known()).catch(masked),
  })
  // A window shows a folder at once. Most commands of the terminal need no index.
  if (ports.shell !== 'cli') indexes.start()
  const listings = openListings({ indexes, connections, emitter, masked })
  const stateRuns = openStateRuns({ indexes, states, emitter, listings, masked })
  const clear = async (): Promise<void> => {
    // A window that asks meanwhile finds an empty index, which knows no folder.
    const places = listings.known()
    await stateRuns.close()
    await listings.stopAll()
    await indexes.clear()
    await forgetIndexKey(needs)
    await listings.listAgain(places)
  }
  let isStored = settings.current().keepIndex
  // The switch may have been turned before a crash, and the files are still there.
  if (!isStored) void indexes.clear().catch(masked)
  emitter.on('settings.changed', ({ keepIndex }) => {
    if (keepIndex === isStored) return
    isStored = keepIndex
    void clear().catch(masked)
  })
  emitter.on('secrets.changed', ({ state }) => {
    // An index under a key of this run moves to a file that stays.
    if (state !== 'working') return
    const places = listings.known()
    void indexes
      .reopen()
      .then((count) => (count > 0 ? listings.listAgain(places) : undefined))
      .catch(masked)
  })
  catalog.onChange(() => {
    const follow = async (): Promise<void> => {
      const ids = await keyIds()
      for (const profileId of indexes.open()) await (await indexes.of(profileId)).keysChanged(ids)
    }
    void follow().catch(masked)
  })
  return {
    indexes,
    listings,
    stateRuns,
    patch: rowPatches({ indexes, connections, listings }),
    async knownHeads({ profileId, bucket }, objects) {
      const none = objects.map(() => null)
      if (!indexes.open().includes(profileId)) return none
      // A HEAD gives the answer where the index cannot.
      return indexes
        .of(profileId)
        .then((index) => index.heads(bucket, objects))
        .catch(() => none)
    },
    clear,
    async forget(profileId) {
      await stateRuns.stop(profileId)
      await listings.forget(profileId)
      await indexes.remove(profileId)
    },
    async close() {
      await stateRuns.close()
      await listings.stopAll()
      await indexes.close()
    },
  }
}
