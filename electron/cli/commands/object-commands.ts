import type { SecondKey } from '../../../shared/contract/models-seals.ts'
import type { Encryption, ObjectRow } from '../../../shared/contract/models.ts'
import type { Transfer } from '../../../shared/contract/models-transfers.ts'
import { editableHeader, headerValue } from '../../../shared/contract/routes/shapes.ts'
import { bytes } from '../../../shared/contract/sentences/sentences-words.ts'
import { accountOf, bucketOf, type ProfileBucket } from '../connection.ts'
import type { CommonOptions, Context } from '../context.ts'
import { EXIT, exitCodeOf, Usage } from '../exit-codes.ts'
import { followTransfers } from '../follow.ts'
import { sessionKms } from '../kms.ts'

const STATES_AT_ONCE = 200

export interface ListOptions extends CommonOptions {
  readonly encryption?: boolean
}

/** Lists objects and folders under a prefix. Without a bucket, lists the buckets of the account. */
export async function list(
  context: Context,
  prefix: string,
  options: ListOptions,
): Promise<number> {
  const { profileId, bucket } = await accountOf(context)
  if (options.encryption === true) await sessionKms(context)
  if (bucket === null) return listBuckets(context, profileId)
  const place = { profileId, bucket }
  let cursor: string | null = null
  let found = prefix === ''
  do {
    const page: { readonly rows: readonly ObjectRow[]; readonly cursor: string | null } =
      await context.call('objects.list', { ...place, prefix, cursor })
    const states =
      options.encryption === true
        ? await encryptionOf(context, place, page.rows)
        : new Map<string, Encryption | null>()
    context.output.table(
      page.rows.map((row) => ({
        ...row,
        ...(states.has(row.key) && { encryption: states.get(row.key) }),
      })),
      page.rows.map((row) => [
        row.kind === 'folder' ? '' : bytes(row.size),
        time(row.modified),
        ...(options.encryption === true ? [stateWord(states.get(row.key))] : []),
        context.output.name(row.key),
      ]),
    )
    found ||= page.rows.length > 0
    cursor = page.cursor
  } while (cursor !== null)
  // A folder that is only a marker lists nothing and exists. This call throws when it does not
  // exist.
  if (!found) await context.call('objects.facts', { ...place, key: prefix })
  return 0
}

async function listBuckets({ call, output }: Context, profileId: string): Promise<number> {
  const buckets = await call('buckets.list', { profileId })
  output.table(
    buckets,
    buckets.map(({ name, region, created }) => [name, region, time(created)]),
  )
  return 0
}

async function encryptionOf(
  { call }: Context,
  place: ProfileBucket,
  rows: readonly ObjectRow[],
): Promise<ReadonlyMap<string, Encryption | null>> {
  const files = rows.filter((row) => row.kind === 'file')
  const states = new Map<string, Encryption | null>()
  for (let i = 0; i < files.length; i += STATES_AT_ONCE) {
    const some = files.slice(i, i + STATES_AT_ONCE)
    const found = await call('objects.encryption', {
      ...place,
      objects: some.map(({ key, etag, modified }) => ({ key, etag, modified })),
    })
    some.forEach((row, at) => states.set(row.key, found[at] ?? null))
  }
  return states
}

function secondWords(second: SecondKey | undefined): string {
  if (second === undefined) return ''
  const { fingerprint, keyName } = second
  if (fingerprint === '') return 'cannot be read'
  return keyName === null ? `${fingerprint}, not here` : `${keyName} (${fingerprint})`
}

function stateWord(encryption: Encryption | null | undefined): string {
  switch (encryption?.state) {
    case undefined:
      return ''
    case 'plain':
      return 'not encrypted'
    case 'encrypted':
      return `encrypted: ${encryption.keyName}`
    case 'nokey':
      return 'key missing'
    case 'broken':
      return 'damaged'
    case 'later':
      return `encrypted: ${encryption.format}, not readable`
  }
}

export interface HeadOptions extends CommonOptions {
  readonly versionId?: string
}

/** Shows the headers of an object, or of one of its versions. */
export async function head(
  context: Context,
  key: string,
  { versionId }: HeadOptions,
): Promise<number> {
  const object = { ...(await bucketOf(context)), key, versionId: versionId ?? null }
  const known = await sessionKms(context)
  const said = await context.call('objects.facts', object)
  // Only the bytes tell whether an object is a whole message. A user who names KMS wants to know.
  const inside =
    known !== null && said.encryption.state === 'plain'
      ? await context.call('objects.sniff', object)
      : null
  const facts = inside === null ? said : { ...said, encryption: inside }
  const { encryption } = facts
  const envelope =
    encryption.state === 'plain' || encryption.state === 'broken' ? null : encryption.facts
  const rows: (readonly [string, string])[] = [
    ['key', context.output.name(facts.key)],
    ['size', bytes(facts.size)],
    ['modified', facts.modified],
    ['etag', facts.etag],
    ['version', facts.versionId ?? ''],
    ['storage class', facts.storageClass],
    ['content type', facts.contentType],
    ...Object.entries(facts.headers),
    ['crc64', facts.crc64],
    ['encryption', stateWord(encryption)],
    ['second key', secondWords(facts.secondKey)],
    ...(encryption.state === 'broken'
      ? [['damage', `${encryption.header} ${encryption.problem}`] as const]
      : []),
    ...(envelope === null
      ? []
      : ([
          ['key description', envelope.description],
          ['content algorithm', envelope.contentAlgorithm],
          [
            'wrap algorithm',
            envelope.wrapAlgorithm === ''
              ? ''
              : `${envelope.wrapAlgorithm}, ${envelope.wrapBits} bits`,
          ],
          ['CMK', envelope.cmks.join(' ')],
          ['encryption context', contextText(envelope.context)],
          ['format', envelope.format],
        ] as const)),
    ...Object.entries(facts.metadata),
  ]
  context.output.table(
    [facts],
    rows
      .filter(([, value]) => value !== '')
      .map(([name, value]) => [name, context.output.name(value)]),
  )
  return 0
}

const contextText = (context: Readonly<Record<string, string>>): string =>
  Object.keys(context).length === 0 ? '' : JSON.stringify(context)

export interface HeaderOptions extends CommonOptions {
  readonly set: readonly string[]
  readonly remove: readonly string[]
}

/** Changes headers of the current object. */
export async function setHeaders(
  { call, output, ...context }: Context,
  key: string,
  { set, remove: removed }: HeaderOptions,
): Promise<number> {
  const change: [string, string | null][] = removed.map((name) => [headerName(name), null])
  for (const text of set) {
    const [, name = '', value = ''] = /^([^=]+)=(.*)$/s.exec(text) ?? []
    if (!headerValue.safeParse(value).success)
      throw new Usage(`--set takes NAME=VALUE with a value in printable ASCII, not "${text}".`)
    change.push([headerName(name), value])
  }
  if (change.length === 0) throw new Usage('Name at least one header with --set or --remove.')
  const place = await bucketOf({ call, output, ...context })
  const { etag } = await call('objects.facts', { ...place, key })
  await call('objects.editHeaders', { ...place, key, etag, change: Object.fromEntries(change) })
  output.result({ key, changed: change.length }, `${output.name(key)}: headers changed`)
  return 0
}

function headerName(typed: string): string {
  const name = typed.trim().toLowerCase()
  if (editableHeader.safeParse(name).success) return name
  throw new Usage(
    `The header ${typed} cannot be changed. These can: content-type, content-disposition, content-encoding, content-language, cache-control, expires, and x-oss-meta-… besides those of the encryption.`,
  )
}

const WRITTEN_LATER = 'written after the start of the deletion'

export interface RemoveOptions extends CommonOptions {
  readonly recursive?: boolean
  readonly versionId?: string
}

/** Deletes objects, everything below folders, or one version for good. */
export async function remove(
  context: Context,
  keys: readonly string[],
  options: RemoveOptions,
): Promise<number> {
  const folder = keys.find((key) => key.endsWith('/'))
  if (options.versionId !== undefined && (folder !== undefined || keys.length !== 1))
    throw new Usage('--version-id goes with one object.')
  if (folder !== undefined && options.recursive !== true)
    throw new Usage(`${folder} is a folder. Use --recursive to delete everything in it.`)
  const place = await bucketOf(context)
  const single = keys.filter((key) => !key.endsWith('/'))
  const folders = keys.filter((key) => key.endsWith('/'))
  let removed = 0
  const missing: string[] = []
  if (single.length > 0) {
    const answer = await context.call('objects.remove', {
      ...place,
      keys: single,
      look: true,
      versionId: options.versionId ?? null,
    })
    removed += answer.removed
    missing.push(...answer.missing)
  }
  const failed: Transfer[] = []
  if (folders.length > 0) {
    context.unitEnded.hear = ({ kind, bucket, outcome }) => {
      for (const key of outcome?.deleted?.left ?? [])
        context.output.note({ kind, bucket, key, skipped: true, reason: WRITTEN_LATER }, null)
    }
    const started = await context.call('deletes.start', { ...place, keys: folders })
    missing.push(...started.missing)
    for (const transfer of await followTransfers(context, started.ids)) {
      const { done = 0, skipped = 0 } = transfer.files ?? {}
      removed += done - skipped
      if (skipped > 0)
        context.output.remark(`${skipped} were written after the start of the deletion, and stay.`)
      if (transfer.error !== null) failed.push(transfer)
    }
  }
  context.output.result({ removed }, `${removed} deleted`)
  for (const name of missing)
    context.output.failure({ code: 'not-found', what: 'object', name }, { key: name })
  for (const { error, key } of failed) if (error !== null) context.output.failure(error, { key })
  const [first] = failed
  if (first?.error != null) return exitCodeOf(first.error)
  return missing.length > 0 ? EXIT.network : EXIT.done
}

/** Formats an ISO 8601 time to the minute, in local time. '' stays ''. */
function time(iso: string): string {
  if (iso === '') return ''
  const at = new Date(iso)
  const two = (value: number) => String(value).padStart(2, '0')
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${two(at.getHours())}:${two(at.getMinutes())}`
}
