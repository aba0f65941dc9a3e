import { openHttpClient } from '../../electron/core/net/http-client.ts'
import { openOss, type Oss } from '../../electron/core/oss/client.ts'
import {
  abortUpload,
  initiate,
  listParts,
  listUploads,
  partQuery,
  type HeldEnvelope,
} from '../../electron/core/oss/multipart.ts'
import { headObject } from '../../electron/core/oss/objects.ts'
import type { Practice } from '../../electron/practice/start.ts'
import { ok } from '../../shared/contract/errors.ts'
import { PART, type Cell } from './cases.ts'
import { cellResult, type CellResult, type Tried } from './cells.ts'
import { claimsOf } from './claims.ts'
import type { Masters } from './masters.ts'
import type { Answer, Fields, Op, Peer, Signature } from './protocol.ts'

const ENVELOPE = 'x-oss-meta-client-side-encryption-'
const never = new AbortController().signal

/** A client of OSS without encryption, as the core has one. */
export function plainOss({ endpoint, region, accessKeyId, accessKeySecret }: Practice): {
  readonly oss: Oss
  close(): void
} {
  const wire = openHttpClient()
  return {
    oss: openOss(
      {
        endpoint,
        region,
        credentials: async () => ok({ accessKeyId, accessKeySecret, securityToken: null }),
      },
      wire,
    ),
    close: () => wire.close(),
  }
}

/**
 * Tries our objects and unfinished uploads with the SDKs, and theirs with us. `file`: 1,000 bytes.
 */
export async function uploadCells(
  practice: Practice,
  ours: Peer,
  peers: readonly Peer[],
  masters: Masters,
  file: string,
): Promise<readonly CellResult[]> {
  const { oss, close } = plainOss(practice)
  const { bucket } = practice
  const cells: CellResult[] = []
  const key = 'interop/cipherbucket/uploads and metadata'
  const put = await ours.run('put', { master: masters.rsaTeam, signature: 'v4', key, file })
  if (!put.ok)
    return [
      cellResult(cellOf('cipherbucket', '', 'an object to look at'), {
        ok: false,
        error: put.error,
        unsupported: false,
      }),
    ]
  const head = await headObject(oss, bucket, key, never)
  const envelope = Object.fromEntries(
    [...head.headers].filter(([name]) => name.startsWith(ENVELOPE)),
  )

  async function look(peer: Peer, signature: Signature): Promise<void> {
    const { name } = peer.hello
    const told = signature === 'v4' ? '' : ', signature V1'
    const ask = (op: Op, more: Partial<Fields>) =>
      peer.run(op, { master: null, signature, key, ...more })
    const note = async (
      what: string,
      answer: Answer,
      problem: (found: Extract<Answer, { ok: true }>) => string | Promise<string>,
    ) =>
      void cells.push(
        cellResult(cellOf('cipherbucket', name, what + told), await triedOf(answer, problem)),
      )

    await note('head', await ask('head', {}), ({ headers }) =>
      differing(envelope, headers as Record<string, string>),
    )
    await note('object meta', await ask('meta', {}), ({ size, etag }) =>
      size === 1000 && bare(etag) === bare(head.etag)
        ? ''
        : `${String(size)} bytes, ${String(etag)}`,
    )

    const upload = { bucket, key: `interop/cipherbucket/upload for ${name}${told}`, uploadId: '' }
    const headers = {
      ...envelope,
      [`${ENVELOPE}data-size`]: String(PART + 1),
      [`${ENVELOPE}part-size`]: String(PART),
    }
    upload.uploadId = await initiate(oss, { ...upload, headers, forbidOverwrite: false }, never)
    await oss.call(
      {
        action: 'oss:PutObject',
        method: 'PUT',
        bucket,
        key: upload.key,
        query: partQuery(upload.uploadId, 1),
        body: new Uint8Array(PART),
      },
      never,
    )
    const held = await listParts(oss, upload, never)
    await note('list parts', await ask('listParts', upload), (found) => sameParts(held, found))
    await note('abort', await ask('abort', upload), async () =>
      (await stillThere(oss, upload)) ? 'the upload is still there' : '',
    )
  }

  async function begin(peer: Peer): Promise<void> {
    const { name, ops } = peer.hello
    if (!ops.includes('initiate') || !claimsOf(name).writes.includes('v2-rsa')) return
    const place = { bucket, key: `interop/${name}/begun` }
    const answer = await peer.run('initiate', {
      master: masters.rsaTeam,
      signature: 'v4',
      key: place.key,
      partSize: PART,
      dataSize: PART + 1,
    })
    const tried = await triedOf(answer, async ({ uploadId }) => {
      const upload = { ...place, uploadId: String(uploadId) }
      const { envelope: found } = await listParts(oss, upload, never)
      await abortUpload(oss, upload, never)
      if (await stillThere(oss, upload)) return 'the upload is still there after our abort'
      return found?.dataSize === PART + 1 &&
        found.partSize === PART &&
        found.wrapAlgorithm === 'RSA/NONE/PKCS1Padding'
        ? ''
        : JSON.stringify(found)
    })
    cells.push(cellResult(cellOf(name, 'cipherbucket', 'list parts, abort'), tried))
  }

  await Promise.all(
    peers
      .filter(({ hello }) => hello.ops.includes('head'))
      .map(async (peer) => {
        for (const signature of peer.hello.signatures) await look(peer, signature)
        await begin(peer)
      }),
  )
  close()
  return cells
}

const cellOf = (writer: string, reader: string, name: string): Cell => ({
  writer,
  reader,
  format: 'v2-rsa',
  group: 'uploads and metadata',
  name,
})

async function triedOf(
  answer: Answer,
  problem: (found: Extract<Answer, { ok: true }>) => string | Promise<string>,
): Promise<Tried> {
  if (!answer.ok)
    return { ok: false, error: answer.error, unsupported: answer.unsupported === true }
  const said = await problem(answer)
  return said === '' ? { ok: true } : { ok: false, error: said, unsupported: false }
}

const bare = (etag: unknown): string => String(etag).replaceAll('"', '').toUpperCase()

function differing(
  expected: Readonly<Record<string, string>>,
  found: Readonly<Record<string, string>>,
): string {
  // Some SDKs show user metadata without its prefix.
  const names = Object.keys(expected).filter(
    (name) => (found[name] ?? found[name.slice('x-oss-meta-'.length)]) !== expected[name],
  )
  return names.length === 0 ? '' : `differ or lack: ${names.join(', ')}`
}

function sameParts(
  { parts, envelope }: Awaited<ReturnType<typeof listParts>>,
  answer: Readonly<Record<string, unknown>>,
): string {
  const found = answer['parts'] as readonly { number: number; size: number; etag: string }[]
  const same =
    found.length === parts.length &&
    parts.every(
      ({ number, size, etag }, at) =>
        found[at]?.number === number &&
        found[at].size === size &&
        bare(found[at].etag) === bare(etag),
    )
  if (!same) return `parts ${JSON.stringify(found)}`
  const told = answer['envelope'] as Readonly<Record<string, unknown>> | null
  return told === null || sameEnvelope(envelope, Object.values(told).map(String))
    ? ''
    : `envelope ${JSON.stringify(told)}`
}

/** All values that OSS holds are among those that the SDK read, whatever it calls them. */
function sameEnvelope(held: HeldEnvelope | null, told: readonly string[]): boolean {
  return held !== null && Object.values(held).every((value) => told.includes(String(value)))
}

async function stillThere(
  oss: Oss,
  {
    bucket,
    key,
    uploadId,
  }: { readonly bucket: string; readonly key: string; readonly uploadId: string },
): Promise<boolean> {
  return (await listUploads(oss, { bucket, prefix: key }, never)).some(
    (one) => one.uploadId === uploadId,
  )
}
