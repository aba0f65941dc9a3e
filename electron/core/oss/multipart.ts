import { Failure } from '../../../shared/contract/errors.ts'
import { bareEtag, isoTime, overwriteRule, storedOf, xmlOf, type PutResult } from './answers.ts'
import type { Oss, OssRequest } from './client.ts'
import { badAnswer, idlePages } from './list-pages.ts'
import { checkName } from './object-page.ts'
import { sendOnce } from './lost-answer.ts'
import { headIfThere, type ObjectHead } from './objects.ts'
import { all, numberAt, textAt, urlDecoded, xmlText, type XmlElement } from './oss-xml.ts'

/** One multipart upload that was started. */
export interface Upload {
  readonly bucket: string
  readonly key: string
  readonly uploadId: string
}

/** A part that OSS holds. */
export interface HeldPart {
  readonly number: number
  /** Bytes. */
  readonly size: number
  readonly etag: string
  /** CRC-64 of the stored bytes, decimal; null when OSS does not say. */
  readonly crc64: string | null
}

/** The envelope that OSS stores with an upload, in base64 as sent, without the key description. */
export interface HeldEnvelope {
  readonly wrappedDataKey: string
  readonly wrappedCounter: string
  readonly contentAlgorithm: string
  readonly wrapAlgorithm: string
  readonly dataSize: number | null
  readonly partSize: number | null
}

export interface HeldUpload {
  readonly parts: readonly HeldPart[]
  /** Null for an upload that is not encrypted. */
  readonly envelope: HeldEnvelope | null
}

/** The most parts of an upload. Source: OSS documentation, multipart upload. */
const MAX_PARTS = 10_000
/** Milliseconds for which OSS may be silent while it puts parts together. */
const COMPLETE_IDLE_MS = 2 * 60_000

/**
 * Starts an upload and returns its id. `headers`: those of the object, such as envelope and content
 * type.
 */
export async function initiate(
  oss: Oss,
  wanted: {
    readonly bucket: string
    readonly key: string
    readonly headers: Readonly<Record<string, string>>
    readonly forbidOverwrite: boolean
  },
  signal: AbortSignal,
): Promise<string> {
  const { bucket, key } = wanted
  const asked = { action: 'oss:PutObject', bucket, key }
  const headers = { ...wanted.headers, ...overwriteRule(wanted.forbidOverwrite) }
  const answer = await oss.call(
    { ...asked, method: 'POST', query: { uploads: '' }, headers, body: new Uint8Array(0) },
    signal,
  )
  const uploadId = textAt(xmlOf(answer, 'InitiateMultipartUploadResult', asked), 'UploadId')
  if (uploadId === '')
    throw new Failure({
      code: 'oss',
      status: answer.status,
      ossCode: '',
      ec: '',
      message: 'no upload id',
      requestId: '',
      retryAfterMs: 0,
    })
  return uploadId
}

/** Returns the query of an UploadPart request, which a worker thread sends. `number`: from 1. */
export function partQuery(uploadId: string, number: number): Record<string, string> {
  return { partNumber: String(number), uploadId }
}

/**
 * Lists all parts that OSS holds of an upload, in order, with the envelope of its start.
 * Errors: Failure 'bad-answer' for the parts of another upload, and for a list without end.
 */
export async function listParts(
  oss: Oss,
  upload: Upload,
  signal: AbortSignal,
): Promise<HeldUpload> {
  const { bucket, key, uploadId } = upload
  const asked = { action: 'oss:ListParts', bucket, key }
  const parts: HeldPart[] = []
  let envelope: HeldEnvelope | null = null
  let marker = 0
  let idle = 0
  for (;;) {
    const query = {
      uploadId,
      'max-parts': '1000',
      'encoding-type': 'url',
      ...(marker === 0 ? {} : { 'part-number-marker': String(marker) }),
    }
    const xml = xmlOf(
      await oss.call({ ...asked, method: 'GET', query }, signal),
      'ListPartsResult',
      asked,
    )
    const said = { key: nameIn(xml)(textAt(xml, 'Key')), uploadId: textAt(xml, 'UploadId') }
    if (
      (said.key !== '' && said.key !== key) ||
      (said.uploadId !== '' && said.uploadId !== uploadId)
    )
      throw badAnswer('outside', said.key, key)
    envelope ??= envelopeOf(xml)
    const before = parts.length
    // Similar servers list the parts of a page in order of arrival. That does no harm, and is no
    // reason to start an upload again.
    const page = all(xml, 'Part')
      .map((part) => ({ part, number: numberAt(part, 'PartNumber') ?? 0 }))
      .sort((a, b) => a.number - b.number)
    for (const { part, number } of page) {
      if (number <= (parts.at(-1)?.number ?? 0) || number > MAX_PARTS)
        throw badAnswer('order', String(number), key)
      parts.push({
        number,
        size: numberAt(part, 'Size') ?? 0,
        etag: bareEtag(textAt(part, 'ETag')),
        crc64: textAt(part, 'HashCrc64ecma') || null,
      })
    }
    if (textAt(xml, 'IsTruncated') !== 'true') return { parts, envelope }
    const next = numberAt(xml, 'NextPartNumberMarker') ?? 0
    idle = idlePages(idle, parts.length - before, key)
    // Half a list of parts that looks whole would have parts sent again that are there.
    if (next <= marker) throw badAnswer('endless', '', key)
    marker = next
  }
}

/** Returns a function that reads names of this answer. */
const nameIn = (xml: XmlElement): ((text: string) => string) =>
  textAt(xml, 'EncodingType') === 'url' ? urlDecoded : (text) => text

function envelopeOf(xml: XmlElement): HeldEnvelope | null {
  const wrappedDataKey = textAt(xml, 'ClientEncryptionKey')
  if (wrappedDataKey === '') return null
  return {
    wrappedDataKey,
    wrappedCounter: textAt(xml, 'ClientEncryptionStart'),
    contentAlgorithm: textAt(xml, 'ClientEncryptionCekAlg'),
    wrapAlgorithm: textAt(xml, 'ClientEncryptionWrapAlg'),
    dataSize: numberAt(xml, 'ClientEncryptionDataSize'),
    partSize: numberAt(xml, 'ClientEncryptionPartSize'),
  }
}

/**
 * Lists uploads below a prefix that were neither completed nor aborted. `begun`: ISO 8601.
 * Errors: Failure 'bad-answer', as for lists of objects.
 */
export async function listUploads(
  oss: Oss,
  { bucket, prefix }: { readonly bucket: string; readonly prefix: string },
  signal: AbortSignal,
): Promise<readonly (Upload & { readonly begun: string })[]> {
  const asked = { action: 'oss:ListMultipartUploads', bucket, key: null }
  const found = new Map<string, Upload & { readonly begun: string }>()
  let from: Record<string, string> = {}
  let idle = 0
  for (;;) {
    const query = {
      uploads: '',
      'max-uploads': '1000',
      'encoding-type': 'url',
      ...(prefix === '' ? {} : { prefix }),
      ...from,
    }
    const xml = xmlOf(
      await oss.call({ ...asked, method: 'GET', query }, signal),
      'ListMultipartUploadsResult',
      asked,
    )
    const name = nameIn(xml)
    const before = found.size
    for (const one of all(xml, 'Upload')) {
      const upload = {
        bucket,
        key: name(textAt(one, 'Key')),
        uploadId: textAt(one, 'UploadId'),
        begun: isoTime(textAt(one, 'Initiated')),
      }
      checkName(upload.key, { prefix, delimiter: '' })
      if (upload.uploadId === '' || found.has(`${upload.key}\0${upload.uploadId}`))
        throw badAnswer('order', upload.key, prefix)
      found.set(`${upload.key}\0${upload.uploadId}`, upload)
    }
    if (textAt(xml, 'IsTruncated') !== 'true') return [...found.values()]
    const [key, id] = [name(textAt(xml, 'NextKeyMarker')), textAt(xml, 'NextUploadIdMarker')]
    idle = idlePages(idle, found.size - before, prefix)
    if (key === '' || (key === from['key-marker'] && id === (from['upload-id-marker'] ?? '')))
      throw badAnswer('endless', '', prefix)
    from = { 'key-marker': key, ...(id === '' ? {} : { 'upload-id-marker': id }) }
  }
}

export interface Completion extends Upload {
  /** ETags without quotes, as the parts' answers gave them. */
  readonly parts: readonly { readonly number: number; readonly etag: string }[]
  readonly forbidOverwrite: boolean
  /**
   * CRC-64 of the whole object, decimal: how an object is known again when the answer to this call
   * is lost. Null: it is not.
   */
  readonly crc64: string | null
  /** Further headers of the request, such as the ACL. */
  readonly headers?: Readonly<Record<string, string>>
  /**
   * Tells whether a found object of this CRC-64 is ours. Left out: the CRC-64 alone tells it, which
   * is wrong where the object that is replaced has the same bytes.
   */
  readonly isOurs?: (head: ObjectHead) => boolean
}

/**
 * Puts the parts together. Where the answer was lost, an object of this CRC-64 is ours. The caller
 * must still compare OSS's CRC-64.
 */
export async function complete(
  oss: Oss,
  wanted: Completion,
  signal: AbortSignal,
): Promise<PutResult> {
  const { bucket, key, uploadId, parts, forbidOverwrite, crc64, isOurs } = wanted
  const asked = { action: 'oss:PutObject', bucket, key }
  const request: OssRequest = {
    ...asked,
    method: 'POST',
    query: { uploadId },
    headers: {
      'content-type': 'application/xml',
      ...overwriteRule(forbidOverwrite),
      ...wanted.headers,
    },
    body: completeBody(parts),
    idleMs: COMPLETE_IDLE_MS,
  }
  const send = async (): Promise<PutResult> => {
    const answer = await oss.call(request, signal)
    const etag = bareEtag(textAt(xmlOf(answer, 'CompleteMultipartUploadResult', asked), 'ETag'))
    return { ...storedOf(answer.headers), etag }
  }
  if (crc64 === null) return send()
  return sendOnce(send, {
    proof: 'unique',
    async find() {
      const head = await headIfThere(oss, bucket, key, signal)
      if (head?.crc64 !== crc64 || isOurs?.(head) === false) return null
      return { etag: head.etag, crc64: head.crc64, versionId: head.versionId }
    },
  })
}

function completeBody(parts: Completion['parts']): Uint8Array {
  const items = [...parts].sort((a, b) => a.number - b.number)
  const xml = items.map(
    ({ number, etag }) =>
      `<Part><PartNumber>${number}</PartNumber><ETag>"${xmlText(etag) ?? ''}"</ETag></Part>`,
  )
  return Buffer.from(
    `<?xml version="1.0" encoding="UTF-8"?><CompleteMultipartUpload>${xml.join('')}</CompleteMultipartUpload>`,
  )
}

/** Removes an upload and its parts. Resolves also when the upload does not exist any more. */
export async function abortUpload(
  oss: Oss,
  { bucket, key, uploadId }: Upload,
  signal: AbortSignal,
): Promise<void> {
  try {
    await oss.call(
      { method: 'DELETE', bucket, key, query: { uploadId }, action: 'oss:AbortMultipartUpload' },
      signal,
    )
  } catch (cause) {
    if (!(
      cause instanceof Failure &&
      cause.error.code === 'oss' &&
      cause.error.ossCode === 'NoSuchUpload'
    ))
      throw cause
  }
}
