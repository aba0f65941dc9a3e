import { Failure, caught, fail, ok, type Result } from '../../../shared/contract/errors.ts'
import { ENVELOPE_PREFIX } from '../../../shared/format/envelope.ts'
import { readHeaders, recognise, type Headers } from '../../../shared/format/recognise.ts'
import { open } from '../keys/keyring.ts'
import { headObject, listObjects, putSmall } from '../oss/objects.ts'
import { readRange } from '../transfer/read-range.ts'
import { copyTree, countTree, removeTree } from './object-trees.ts'
import type { HandlersOf, Parts } from './parts.ts'

const PAGE = 1000

/** Runs what throws Failures and answers with a Result. */
async function asResult<T>(work: () => Promise<T>): Promise<Result<T>> {
  try {
    return ok(await work())
  } catch (cause) {
    return caught(cause)
  }
}

export function objectHandlers({ connections, states, seen, catalog, emitter, afterUse }: Parts): HandlersOf<'objects'> {
  const changed = (profileId: string, bucket: string, prefix: string) => emitter.emit('objects.changed', { profileId, bucket, prefix })

  return {
    'objects.list': ({ profileId, bucket, prefix, cursor }, signal) =>
      asResult(() => listObjects(connections.bucket(profileId, bucket), { bucket, prefix, delimiter: '/', cursor, max: PAGE }, signal)),
    'objects.facts': ({ profileId, bucket, key }, signal) =>
      asResult(async () => {
        const head = await headObject(connections.bucket(profileId, bucket), bucket, key, signal)
        const headers = readHeaders(head.headers)
        const { size, modified, etag, storageClass, contentType, crc64 } = head
        return { key, size, modified, etag, storageClass, contentType, crc64: crc64 ?? '', metadata: ownMetadata(headers), encryption: states.describe(headers) }
      }),
    'objects.encryption': ({ profileId, bucket, objects }, signal) => asResult(() => states.states({ profileId, bucket }, objects, signal)),
    'objects.tryKeys': ({ profileId, bucket, key }, signal) =>
      asResult(async () => {
        const head = await headObject(connections.bucket(profileId, bucket), bucket, key, signal)
        const found = recognise(readHeaders(head.headers))
        if (found.kind !== 'sealed') throw new Failure(notSealed(found, key))
        const every = (await catalog.list()).filter((one) => one.hasPrivate).map((one) => one.id)
        const candidates = await catalog.candidates('', every)
        if (!candidates.ok) throw new Failure(candidates.error)
        const opened = await open(found.envelope, candidates.value)
        if (!opened.ok) throw new Failure(opened.error)
        opened.value.dataKey[Symbol.dispose]()
        return { keyId: opened.value.keyId, keyName: opened.value.keyName }
      }).finally(afterUse),
    'objects.remove': ({ profileId, bucket, keys }, signal) =>
      asResult(async () => {
        const removed = await removeTree(connections.bucket(profileId, bucket), bucket, keys, signal)
        for (const key of keys) seen.gone(bucket, key)
        changed(profileId, bucket, '')
        return { removed }
      }),
    'objects.count': ({ profileId, bucket, keys }, signal) => asResult(() => countTree(connections.bucket(profileId, bucket), bucket, keys, signal)),
    'objects.copy': ({ profileId, bucket, key, toKey, removeSource, replace }, signal) =>
      asResult(async () => {
        await copyTree(connections.bucket(profileId, bucket), { bucket, key, toKey, removeSource, replace }, signal)
        changed(profileId, bucket, '')
        return null
      }),
    'objects.makeFolder': async ({ profileId, bucket, key }, signal) => {
      if (!key.endsWith('/')) return fail({ code: 'bad-request', detail: 'objects.makeFolder: key' })
      return asResult(async () => {
        await putSmall(connections.bucket(profileId, bucket), { bucket, key, headers: {}, body: new Uint8Array(0), forbidOverwrite: true }, signal)
        changed(profileId, bucket, key)
        return null
      })
    },
    'objects.preview': ({ profileId, bucket, key, offset, length, keyId }, signal) =>
      asResult(async () => {
        const oss = connections.bucket(profileId, bucket)
        const { bytes, encrypted } = await readRange(oss, { bucket, key, offset, length }, (envelope) => catalog.candidates(envelope.keyDescription, keyId === null ? [] : [keyId]), signal)
        return { ...asText(bytes), encrypted }
      }).finally(afterUse),
  }
}

function notSealed(found: Exclude<ReturnType<typeof recognise>, { kind: 'sealed' }>, key: string): Failure['error'] {
  if (found.kind === 'broken') return { code: 'not-an-envelope', header: found.header, problem: found.problem }
  if (found.kind === 'later') return { code: 'unsupported-format', format: found.format }
  return { code: 'not-found', what: 'master-key', name: key }
}

/** User metadata as the user gave it: without the envelope, and without the prefix. */
function ownMetadata(headers: Headers): Record<string, string> {
  const own = [...headers].filter(([name]) => name.startsWith('x-oss-meta-') && !name.startsWith(ENVELOPE_PREFIX))
  return Object.fromEntries(own.map(([name, value]) => [name.slice('x-oss-meta-'.length), value]))
}

/** UTF-8, or binary. A range may end inside a character: up to three bytes at the end are forgiven. */
function asText(bytes: Uint8Array): { readonly text: string; readonly binary: boolean } {
  for (let cut = 0; cut <= Math.min(3, bytes.length); cut++) {
    try {
      const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(0, bytes.length - cut))
      return text.includes('\0') ? { text: '', binary: true } : { text, binary: false }
    } catch {
      // Try once more without the last byte.
    }
  }
  return { text: '', binary: true }
}

