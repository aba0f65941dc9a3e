import { caught, fail, ok, valueOf, type Result } from '../../../../shared/contract/errors.ts'
import type { MasterKey } from '../../../../shared/contract/models.ts'
import type { In } from '../../../../shared/contract/routes/routes.ts'
import { attempted } from '../../base/attempt.ts'
import type { CatalogKey } from '../../keys/catalog/catalog-key.ts'
import { readSmallFile } from '../../store/small-file.ts'
import { saveSmall } from '../../files/file-sink.ts'
import { keyLedgers } from '../audit/key-ledger.ts'
import type { HandlersOf, Parts } from '../parts.ts'
import { pathInFolder, type Granted } from '../local/path-grants.ts'
import { escrowHandlers } from './handlers-escrow.ts'

const MAX_KEY_FILE_BYTES = 1024 * 1024

export function keyHandlers(parts: Parts): HandlersOf<'keys'> {
  const { catalog, grants, defaults, profiles, emitter, seen, listKeys } = parts
  const find = async (id: string): Promise<Result<MasterKey>> => {
    const key = (await listKeys()).find((one) => one.id === id)
    return key === undefined ? fail({ code: 'not-found', what: 'master-key', name: id }) : ok(key)
  }
  const changed = async (result: Result<CatalogKey>): Promise<Result<MasterKey>> => {
    if (!result.ok) return result
    emitter.emit('keys.changed', await listKeys())
    return find(result.value.id)
  }
  const withFile = async <T>(
    grant: string,
    use: (bytes: Uint8Array, file: Granted) => Promise<Result<T>>,
  ): Promise<Result<T>> => {
    const file = grants.readable(grant)
    if (!file.ok) return file
    let bytes: Uint8Array | null = null
    try {
      bytes = await readSmallFile(file.value.path, MAX_KEY_FILE_BYTES)
      return await use(bytes, file.value)
    } catch (cause) {
      const failed = caught(cause)
      return !failed.ok && failed.error.code === 'too-large'
        ? fail({ code: 'key-import', problem: 'too-large' })
        : failed
    } finally {
      bytes?.fill(0)
    }
  }
  /**
   * Removes a dropped key file's copy from the spool after a successful call. The window inspects
   * such a file first and tries passphrases, so an earlier call needs the copy.
   */
  const taken = <T>(grant: string, result: Result<T>): Result<T> => {
    if (result.ok) grants.used(grant)
    return result
  }
  const write = async (
    {
      target,
      fileName,
      existing = 'rename',
    }: Pick<In<'keys.exportPublic'>, 'target' | 'fileName' | 'existing'>,
    content: string | Uint8Array,
  ): Promise<Result<{ readonly savedAs: string }>> => {
    const folder = grants.writable(target)
    if (!folder.ok) return folder
    const path = pathInFolder(folder.value, fileName)
    if (!path.ok) return path
    try {
      return ok({ savedAs: await saveSmall(path.value, content, existing) })
    } catch (cause) {
      return caught(cause)
    }
  }

  return {
    ...escrowHandlers(parts, changed),
    'keys.list': async () => ok(await listKeys()),
    'keys.checkDescription': async ({ description, style, exceptId }) =>
      catalog.checkDescription(description, style, exceptId),
    'keys.generate': async (input) => changed(await catalog.generate(input)),
    'keys.inspect': async ({ grant, passphrase }) =>
      withFile(grant, async (bytes, file) => catalog.inspect(bytes, file.name, passphrase)),
    'keys.import': async ({ grant, ...rest }) =>
      changed(taken(grant, await withFile(grant, (bytes) => catalog.import({ bytes, ...rest })))),
    'keys.session': async ({ grant, ...rest }) =>
      changed(
        taken(
          grant,
          await withFile(grant, (bytes, file) =>
            catalog.session({ bytes, name: file.name, ...rest }),
          ),
        ),
      ),
    'keys.update': async ({ id, ...fields }) => {
      const places =
        fields.state === 'decrypt-only' ? placeNames(defaults.placesOf(id), profiles) : []
      if (places.length > 0) return fail({ code: 'key-is-default', places })
      return changed(await catalog.update(id, fields))
    },
    'keys.addKms': async (input, signal) => changed(await catalog.addKms(input, signal)),
    'keys.sessionKms': async (input) => changed(await catalog.sessionKms(input)),
    'keys.updateKms': async ({ id, ...change }, signal) =>
      changed(await catalog.updateKms(id, change, signal)),
    'keys.listKms': (place, signal) => catalog.listKms(place, signal),
    'keys.addCommand': async ({ program, ...rest }, signal) => {
      const file = grants.readable(program)
      if (!file.ok) return file
      if (file.value.kind !== 'file') return fail({ code: 'bad-request', detail: 'program' })
      // The program runs under the name that the user gave. A link may point to another file in the
      // next version, and some programs act by their own name.
      return changed(await catalog.addCommand({ ...rest, program: file.value.named }, signal))
    },
    'keys.prove': async ({ id }, signal) => changed(await catalog.prove(id, signal)),
    'keys.exportPublic': async ({ id, ...to }) => {
      const pem = await catalog.publicPem(id)
      return pem.ok ? write(to, pem.value) : pem
    },
    'keys.backup': async ({ id, passphrase, format, ...to }) => {
      const file = await catalog.backup(id, passphrase, format)
      if (!file.ok) return file
      const saved = await write(to, file.value)
      if (saved.ok) await changed(await catalog.markBackedUp(id))
      return saved
    },
    'keys.ledger': ({ id }) =>
      attempted(async () => {
        const keys = await listKeys()
        return keyLedgers(parts, id === null ? keys : [valueOf(await find(id))])
      }),
    'keys.remove': async ({ id, confirmName, confirmObjects, successorId }, signal) => {
      const key = await find(id)
      if (!key.ok) return key
      if (confirmName !== key.value.name)
        return fail({ code: 'confirmation-differs', name: key.value.name })
      const { name } = key.value
      const [ledger] = await keyLedgers(parts, [key.value])
      const { objects = 0, bytes = 0 } = ledger ?? {}
      if (objects > 0 && confirmObjects !== objects)
        return fail({ code: 'key-opens-objects', name, objects, bytes })
      const places = defaults.placesOf(id)
      if (places.length > 0 && (successorId === null || successorId === id))
        return fail({ code: 'key-is-default', places: placeNames(places, profiles) })
      if (successorId !== null) {
        const successor = await catalog.forWriting(successorId, false, signal)
        if (!successor.ok) return successor
        successor.value[Symbol.dispose]()
      }
      // The defaults change first, so that no default ever names a removed key.
      for (const place of places) await defaults.set(place, successorId)
      const removed = await catalog.remove(id)
      if (!removed.ok) return removed
      seen.forget(id)
      emitter.emit('keys.changed', await listKeys())
      emitter.emit('profiles.changed', profiles.list())
      return ok(null)
    },
  }
}

function placeNames(
  places: readonly { profileId: string; bucket: string | null }[],
  profiles: Parts['profiles'],
): readonly string[] {
  return places.flatMap(({ profileId, bucket }) => {
    const profile = profiles.get(profileId)
    // A default of a removed profile has no effect, so its name is left out.
    return profile.ok
      ? [bucket === null ? profile.value.name : `${profile.value.name} / ${bucket}`]
      : []
  })
}
