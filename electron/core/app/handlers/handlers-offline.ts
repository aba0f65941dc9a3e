import { join } from 'node:path'
import { fail, ok, type Result } from '../../../../shared/contract/errors.ts'
import type { GrantId } from '../../../../shared/contract/models.ts'
import type { OfflineItem } from '../../../../shared/contract/models-transfers.ts'
import { ENVELOPE_PREFIX } from '../../../../shared/format/envelope/envelope.ts'
import {
  ENVELOPE_FILE_SUFFIX,
  readEnvelopeFile,
  type ReadEnvelopeFile,
} from '../../../../shared/format/envelope/envelope-file.ts'
import { localName } from '../../../../shared/format/object-names.ts'
import { recognise } from '../../../../shared/format/recognise.ts'
import { identify } from '../../files/file-source.ts'
import { brokenMessageIn } from '../../transfer/download/find-message.ts'
import { storedFile } from '../../transfer/run/stored-bytes.ts'
import { FILE_SYSTEM } from '../local/file-system.ts'
import { attemptedResult } from '../../base/attempt.ts'
import { decryptKind, type DecryptRecord } from '../kinds/decrypt.ts'
import { RECORD_VERSION } from '../kinds/record-shapes.ts'
import { MAX_ENVELOPE_BYTES, envelopeAt, sizeOf } from '../offline/offline-files.ts'
import { pairByName } from '../offline/offline-pairs.ts'
import { sealOfFile } from '../offline/seal-of-file.ts'
import type { HandlersOf, Parts } from '../parts.ts'
import type { Granted } from '../local/path-grants.ts'
import { sniff } from '../objects/sniff.ts'

type Named = NonNullable<OfflineItem['envelope']>
/** An envelope and its source. */
interface Found {
  readonly named: Named
  readonly file: Result<ReadEnvelopeFile>
}

/**
 * Returns the handlers of the offline page. Nothing in this file, nor in the code that it calls,
 * opens a socket. A transfer opens a socket to KMS alone, when a key in KMS must decrypt the blob.
 */
export function offlineHandlers(parts: Parts): HandlersOf<'offline'> {
  const { grants, states, queue, needs } = parts

  const envelopeFor = async (
    blob: Granted,
    envelope: GrantId | null,
    text: string | null,
  ): Promise<Result<Found | null>> => {
    if (text !== null)
      return ok({
        named: { name: '', source: 'pasted', grant: null },
        file: readEnvelopeFile(text),
      })
    if (envelope !== null) {
      const granted = grants.readable(envelope)
      if (!granted.ok) return granted
      const file =
        (await envelopeAt(granted.value.path)) ??
        fail({ code: 'no-envelope', file: granted.value.name })
      return ok({ named: { name: granted.value.name, source: 'dropped', grant: envelope }, file })
    }
    const file = await envelopeAt(`${blob.path}${ENVELOPE_FILE_SUFFIX}`)
    return ok(
      file === null
        ? null
        : {
            named: { name: `${blob.name}${ENVELOPE_FILE_SUFFIX}`, source: 'beside', grant: null },
            file,
          },
    )
  }

  const messageInside = async (blob: Granted) =>
    sniff(storedFile(blob.path, await identify(blob.path)), states)
  const brokenInside = async (blob: Granted) =>
    brokenMessageIn(storedFile(blob.path, await identify(blob.path)))

  const inspect = async (
    blobId: GrantId,
    envelope: GrantId | null,
    text: string | null,
  ): Promise<Result<OfflineItem>> => {
    const blob = grants.readable(blobId)
    if (!blob.ok) return blob
    const size = await sizeOf(blob.value.path)
    if (!size.ok) return size
    const grant = { id: blobId, name: blob.value.name, kind: 'file' as const, size: size.value }
    const found = await envelopeFor(blob.value, envelope, text)
    if (!found.ok) return found
    const inside = saysNothing(found.value) ? await messageInside(blob.value) : null
    if (inside !== null)
      return ok({
        blob: grant,
        envelope: { name: '', source: 'inside', grant: null },
        encryption: inside.encryption,
        error: null,
        expectedSize: null,
      })
    if (found.value === null) {
      const error = await brokenInside(blob.value)
      return ok({
        blob: grant,
        envelope: error === null ? null : { name: '', source: 'inside', grant: null },
        encryption: null,
        error,
        expectedSize: null,
      })
    }
    const { named, file } = found.value
    if (!file.ok)
      return ok({
        blob: grant,
        envelope: named,
        encryption: null,
        error: file.error,
        expectedSize: null,
      })
    const expectedSize = bytesNamed(file.value)
    const differs = expectedSize !== null && expectedSize !== size.value
    return ok({
      blob: grant,
      envelope: named,
      encryption: states.describe(file.value.headers),
      expectedSize,
      error: differs ? { code: 'size-differs', expected: expectedSize, actual: size.value } : null,
    })
  }

  return {
    'offline.inspect': ({ blob, envelope, envelopeText }) =>
      attemptedResult(() => inspect(blob, envelope, envelopeText)),
    'offline.pair': async ({ grants: ids }) => {
      const files: {
        id: GrantId
        granted: Granted
        size: number
        envelope: ReadEnvelopeFile | null
      }[] = []
      for (const id of ids) {
        const granted = grants.readable(id)
        if (!granted.ok) return granted
        if (granted.value.kind === 'folder') continue
        const size = await sizeOf(granted.value.path)
        if (!size.ok) return size
        files.push({
          id,
          granted: granted.value,
          size: size.value,
          envelope: await envelopeAmong(granted.value, size.value),
        })
      }
      const blobs = files.filter((file) => file.envelope === null)
      const envelopes = files.flatMap(({ id, granted, envelope }) =>
        envelope === null
          ? []
          : [{ id, name: granted.name, bytes: bytesNamed(envelope) ?? envelope.likelySize }],
      )
      const pairs = pairByName(
        blobs.map(({ id, granted, size }) => ({ id, name: granted.name, bytes: size })),
        envelopes,
      )
      const items: OfflineItem[] = []
      for (const { id } of blobs) {
        const item = await inspect(id, pairs.get(id) ?? null, null)
        if (!item.ok) return item
        items.push(item.value)
      }
      const used = new Set(pairs.values())
      const alone = envelopes.filter(({ id }) => !used.has(id))
      return ok([
        ...items,
        ...alone.map(({ id, name }): OfflineItem => ({
          blob: null,
          envelope: { name, source: 'dropped', grant: id },
          encryption: null,
          error: null,
          expectedSize: null,
        })),
      ])
    },
    'offline.start': ({
      blob: blobId,
      envelope,
      envelopeText,
      keyIds,
      target: targetId,
      fileName,
      existing,
      repair,
    }) =>
      attemptedResult(async () => {
        const blob = grants.readable(blobId)
        if (!blob.ok) return blob
        const target = grants.writable(targetId)
        if (!target.ok) return target
        const size = await sizeOf(blob.value.path)
        if (!size.ok) return size
        const found = await envelopeFor(blob.value, envelope, envelopeText)
        if (!found.ok) return found
        const inside = saysNothing(found.value) ? await messageInside(blob.value) : null
        if (inside?.message === null)
          return fail({ code: 'unsupported-format', format: 'sdk-external' })
        const file = found.value?.file ?? fail({ code: 'no-envelope' })
        if (!file.ok && inside === null)
          return fail((found.value === null ? await brokenInside(blob.value) : null) ?? file.error)
        const {
          headers,
          size: expectedSize,
          crc64: expectedCrc64,
        } = file.ok ? file.value : NO_ENVELOPE
        const local = localName(fileName ?? blob.value.name, FILE_SYSTEM)
        if (!local.ok) return local
        const record: DecryptRecord = {
          version: RECORD_VERSION,
          kind: 'decrypt',
          name: blob.value.name,
          target: target.value.name,
          blob: blob.value.path,
          size: size.value,
          headers: [...headers],
          envelopeFile: found.value?.named.name ?? '',
          expectedSize,
          expectedCrc64,
          seal: file.ok ? sealOfFile(file.value) : null,
          repair,
          path: join(target.value.path, local.value),
          existing,
          keyIds,
          spooled: blob.value.spooled ? [blob.value.path] : [],
          whole: inside !== null,
        }
        const [id] = queue.add([decryptKind.make(needs, record)])
        grants.used(blobId)
        return id === undefined ? fail({ code: 'bad-request', detail: 'offline.start' }) : ok(id)
      }),
  }
}

/**
 * Returns the envelope in a dropped file, or null when the file is a blob. A JSON file with any
 * headers counts as an envelope, even when its headers cannot be used. Another text file counts as
 * an envelope when it holds a whole envelope.
 */
async function envelopeAmong(
  { path, name }: Granted,
  size: number,
): Promise<ReadEnvelopeFile | null> {
  const isJson = /\.json$/i.test(name)
  if (
    size > MAX_ENVELOPE_BYTES ||
    !(isJson || /\.(?:txt|har|headers?|log|ya?ml|xml|csv)$/i.test(name))
  )
    return null
  const read = await envelopeAt(path)
  if (read?.ok !== true) return isJson && read?.error.code === 'envelope-file' ? NO_ENVELOPE : null
  return isJson || recognise(read.value.headers).kind !== 'plain' ? read.value : null
}

const NO_ENVELOPE: ReadEnvelopeFile = {
  headers: new Map(),
  bucket: null,
  key: null,
  seal: null,
  second: null,
  size: null,
  likelySize: null,
  crc64: null,
}

/**
 * Says whether the blob itself may be a whole message. That is so without an envelope file, without
 * headers in it, or with the headers of an object that is not encrypted.
 */
const saysNothing = (found: Found | null): boolean =>
  found === null || !found.file.ok || recognise(found.file.value.headers).kind === 'plain'

/** Returns the bytes of the blob that the envelope file, or the envelope itself, declares. */
function bytesNamed({ size, headers }: ReadEnvelopeFile): number | null {
  if (size !== null) return size
  const named =
    headers.get(`${ENVELOPE_PREFIX}data-size`) ??
    headers.get(`${ENVELOPE_PREFIX}unencrypted-content-length`)
  return named !== undefined && /^\d{1,15}$/.test(named) ? Number(named) : null
}
