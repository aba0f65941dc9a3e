import { Failure, fail, valueOf } from '../../../../shared/contract/errors.ts'
import type { ObjectRef } from '../../../../shared/contract/models.ts'
import type { DeleteMarker } from '../../../../shared/contract/models-places.ts'
import type { In, Out } from '../../../../shared/contract/routes/routes.ts'
import type { EncryptedMessage } from '../../../../shared/format/message/message.ts'
import { readHeaders, recognise } from '../../../../shared/format/recognise.ts'
import { attempted } from '../../base/attempt.ts'
import type { Oss } from '../../oss/client.ts'
import { deleteObjects, deleteVersion } from '../../oss/object-deletes.ts'
import { headIfThere, headVersion, listObjects, putSmall } from '../../oss/objects.ts'
import { countStep } from '../../oss/selection.ts'
import { isVersion } from '../../oss/versions.ts'
import { editHeaders } from '../../transfer/copy/edit-headers.ts'
import { storedObject } from '../../transfer/run/stored-bytes.ts'
import { selectionsOf } from '../bulk/query-selection.ts'
import { secondKeyOf } from '../objects/second-key.ts'
import { openersFor } from '../jobs/key-choice.ts'
import { ownMetadata, standardHeaders } from '../objects/own-metadata.ts'
import type { HandlersOf, Parts } from '../parts.ts'
import { restoreDeleted } from '../objects/restore-deleted.ts'
import { sniff } from '../objects/sniff.ts'

const PAGE = 1000

/** An object, and the client that reaches it. */
interface Reached {
  readonly oss: Oss
  readonly ref: ObjectRef
}

export function objectHandlers(parts: Parts): HandlersOf<'objects'> {
  const { connections, states, seen, catalog, emitter, afterUse, needs } = parts
  const { indexes } = parts.localIndex
  const changed = (profileId: string, bucket: string, prefix: string) =>
    emitter.emit('objects.changed', { profileId, bucket, prefix })

  const reach = ({ profileId, bucket, key, versionId = null }: In<'objects.facts'>): Reached => ({
    oss: connections.bucket(profileId, bucket),
    ref: { bucket, key, versionId },
  })

  return {
    'objects.list': ({ profileId, bucket, prefix, cursor }, signal) =>
      attempted(() =>
        listObjects(
          connections.bucket(profileId, bucket),
          { bucket, prefix, delimiter: '/', cursor, max: PAGE },
          signal,
        ),
      ),
    'objects.facts': (asked, signal) =>
      attempted(async () => {
        const { oss, ref } = reach(asked)
        const head = await headVersion(oss, ref, signal)
        const headers = readHeaders(head.headers)
        const { size, modified, etag, storageClass, contentType, crc64, versionId } = head
        return {
          key: ref.key,
          versionId,
          size,
          modified,
          etag,
          storageClass,
          contentType,
          crc64: crc64 ?? '',
          metadata: ownMetadata(headers),
          headers: standardHeaders(headers),
          encryption: states.describe(headers),
          ...(await secondKeyOf(catalog, { oss, ref, head }, signal)),
        }
      }),
    'objects.sniff': (asked, signal) =>
      attempted(async () => {
        const { oss, ref } = reach(asked)
        const head = await headVersion(oss, ref, signal)
        if (recognise(readHeaders(head.headers)).kind !== 'plain') return null
        return (await sniff(storedObject(oss, ref, head, signal), states))?.encryption ?? null
      }),
    'objects.encryption': ({ profileId, bucket, objects }, signal) =>
      attempted(async () => {
        const looks = await states.states({ profileId, bucket }, objects, signal)
        const found = looks.flatMap((look) => look.found ?? [])
        // The answer does not wait for the index, which may be busy with a long list.
        if (found.length > 0 && indexes.open().includes(profileId))
          void indexes
            .of(profileId)
            .then((index) => index.upsert(bucket, [], found))
            .catch(() => undefined)
        return looks.map(({ encryption }) => encryption)
      }),
    'objects.tryKeys': (asked, signal) =>
      attempted(async () => {
        const { oss, ref } = reach(asked)
        const head = await headVersion(oss, ref, signal)
        const found = recognise(readHeaders(head.headers))
        const message =
          found.kind === 'plain'
            ? ((await sniff(storedObject(oss, ref, head, signal), states))?.message ?? null)
            : null
        const every = (await catalog.list()).filter((one) => one.hasPrivate).map((one) => one.id)
        if (every.length === 0)
          throw new Failure({
            code: 'unknown-master-key',
            description: found.kind === 'encrypted' ? found.envelope.keyDescription : '',
          })
        const openers = openersFor(parts, every, { ...ref, profileId: asked.profileId })
        const opened = valueOf(
          await (found.kind === 'encrypted'
            ? openers.envelope(found.envelope, signal)
            : openers.message(messageOf(found, message, ref.key), signal)),
        )
        opened.dataKey[Symbol.dispose]()
        return { keyId: opened.keyId, keyName: opened.keyName }
      }).finally(afterUse),
    'objects.remove': ({ profileId, bucket, keys, look = false, versionId = null }, signal) =>
      attempted(async () => {
        const oss = connections.bucket(profileId, bucket)
        const wanted = [...new Set(keys)]
        if (versionId !== null) {
          const removed = await removeVersion({ oss, bucket, versionId }, wanted, look, signal)
          // An older version of the same ETag may be the object now. The version is gone, whatever
          // the index does.
          if (indexes.open().includes(profileId))
            await indexes
              .of(profileId)
              .then((index) =>
                Promise.all(wanted.map((key) => index.dropVersion(bucket, key, versionId))),
              )
              .catch(() => undefined)
          changed(profileId, bucket, '')
          return removed
        }
        const missing: string[] = []
        if (look)
          for (const key of wanted)
            if (
              !(await mayBeThere(
                async () => (await headIfThere(oss, bucket, key, signal)) !== null,
              ))
            )
              missing.push(key)
        const gone = new Set(missing)
        const there = wanted.filter((key) => !gone.has(key))
        const markers: DeleteMarker[] = []
        const left = await deleteObjects(oss, bucket, there, signal, (one) => markers.push(one))
        const stays = new Set(left)
        for (const key of wanted) {
          if (stays.has(key)) continue
          seen.gone(bucket, key)
          needs.changes.deleted({ profileId, bucket, key })
        }
        changed(profileId, bucket, '')
        const [key] = left
        if (key !== undefined)
          throw new Failure({ code: 'not-deleted', count: left.length, of: there.length, key })
        return { removed: there.length, missing, markers }
      }),
    'objects.restore': ({ profileId, bucket, markers }, signal) =>
      attempted(async () => {
        try {
          const oss = connections.bucket(profileId, bucket)
          const ended = await restoreDeleted(oss, bucket, markers, signal)
          for (const key of ended.restored) {
            await seen.back(bucket, key)
            needs.changes.wrote({ profileId, bucket, key })
          }
          return ended
        } finally {
          changed(profileId, bucket, '')
        }
      }),
    'objects.count': ({ profileId, bucket, cursor = null, ...selection }, signal) =>
      attempted(async () => {
        const oss = connections.bucket(profileId, bucket)
        const sums = { objects: 0, bytes: 0, cursor: null as string | null }
        for (const one of await selectionsOf(parts, { profileId, bucket }, selection)) {
          // Objects that are listed already belong to the first step.
          const rows = one.found?.rows ?? []
          if (cursor === null) {
            sums.objects += rows.length
            for (const { size } of rows) sums.bytes += size
          }
          if (one.found !== undefined) continue
          const step = await countStep(oss, bucket, one, cursor, signal)
          sums.objects += step.objects
          sums.bytes += step.bytes
          sums.cursor = step.cursor
        }
        return sums
      }),
    'objects.makeFolder': async ({ profileId, bucket, key }, signal) => {
      if (!key.endsWith('/'))
        return fail({ code: 'bad-request', detail: 'objects.makeFolder: key' })
      return attempted(async () => {
        await putSmall(
          connections.bucket(profileId, bucket),
          { bucket, key, headers: {}, body: new Uint8Array(0), forbidOverwrite: true },
          signal,
        )
        needs.changes.wrote({ profileId, bucket, key })
        changed(profileId, bucket, key)
        return null
      })
    },
    'objects.editHeaders': ({ profileId, bucket, key, etag, change }, signal) =>
      attempted(async () => {
        await editHeaders(
          { oss: connections.bucket(profileId, bucket), bucket, key },
          etag,
          change,
          signal,
        )
        needs.changes.wrote({ profileId, bucket, key })
        changed(profileId, bucket, key)
        return null
      }),
  }
}

/** Deletes one version or delete marker for good. Throws Failure 'bad-request' for several keys. */
async function removeVersion(
  { oss, ...at }: { readonly oss: Oss } & Omit<ObjectRef, 'key'>,
  [key, second]: readonly string[],
  look: boolean,
  signal: AbortSignal,
): Promise<Out<'objects.remove'>> {
  if (key === undefined || second !== undefined)
    throw new Failure({ code: 'bad-request', detail: 'objects.remove: versionId and one key' })
  const ref = { ...at, key }
  if (look && !(await mayBeThere(() => isVersion(oss, ref, signal))))
    return { removed: 0, missing: [key], markers: [] }
  await deleteVersion(oss, ref, signal)
  return { removed: 1, missing: [], markers: [] }
}

/**
 * Says whether an object that is to be deleted may exist. An account with the right to delete may
 * lack the right to read. The object then counts as existing.
 */
async function mayBeThere(isThere: () => Promise<boolean>): Promise<boolean> {
  try {
    return await isThere()
  } catch (cause) {
    if (cause instanceof Failure && cause.error.code === 'access-denied') return true
    throw cause
  }
}

/**
 * Returns the message in the headers or, `whole`, in the bytes. Throws Failure when there is no
 * message.
 */
function messageOf(
  found: Exclude<ReturnType<typeof recognise>, { kind: 'encrypted' }>,
  whole: EncryptedMessage | null,
  key: string,
): EncryptedMessage {
  switch (found.kind) {
    case 'message':
      return found.message
    case 'broken':
      throw new Failure({ code: 'not-an-envelope', header: found.header, problem: found.problem })
    case 'later':
      throw new Failure({ code: 'unsupported-format', format: found.format })
    case 'plain':
      if (whole === null) throw new Failure({ code: 'not-found', what: 'master-key', name: key })
      return whole
  }
}
