import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { mayReplace } from '../../electron/core/app/jobs/name-look.ts'
import { uploadUnderRule } from '../../electron/core/transfer/upload/upload-under-rule.ts'
import type { UploadJob } from '../../electron/core/transfer/run/jobs.ts'
import { ok } from '../../shared/contract/errors.ts'
import type { TransferOutcome } from '../../shared/contract/models-transfers.ts'
import { startLyingOss, type LyingOss } from './lying-oss.ts'
import { errorOf } from './oss-practice.ts'
import { kit, PART, plaintext } from './transfer-kit.ts'
import { fakeKms } from './transfer-message-kit.ts'

const k = kit()
let oss: LyingOss
beforeAll(async () => void (oss = await startLyingOss()))
beforeEach(() => {
  oss.objects.clear()
  oss.log.length = 0
  Object.assign(oss, {
    forgets: () => false,
    cuts: 0,
    givesCrc64: true,
    givesEtags: true,
    answersEarly: false,
  })
})
afterAll(() => oss.close())

const ENVELOPE = 'x-oss-meta-client-side-encryption-'
/** Every way that bytes go up: name, bytes of the file, how. */
const WAYS: readonly (readonly [string, number, Partial<UploadJob>])[] = [
  ['a small file', 1000, {}],
  ['an empty file', 0, {}],
  ['one request', PART + 7, { size: 1024 ** 2, multipartFrom: 10 * PART }],
  ['in parts', 3 * PART + 5, {}],
  ['the older format', 1000, { format: 'v1' }],
  ['a split message', 1000, { format: 'sdk-split', masterKey: async () => ok(fakeKms().key()) }],
]
const put = async (bytes: number, change: Partial<UploadJob>): Promise<TransferOutcome> => {
  const path = join(k.dir, 'file.bin')
  await writeFile(path, plaintext(bytes))
  const client = k.connect({}, { attempts: 1 }, { endpoint: oss.endpoint })
  return k.up(path, { size: bytes, oss: async () => ok(client), ...change })
}

describe.each(WAYS)('%s', (_name, bytes, how) => {
  test('all as it was sent: it is looked at once, and done', async () => {
    expect(await put(bytes, how)).toMatchObject({ encrypted: true, checksum: 'matches' })
    expect(oss.log.filter(({ method }) => method === 'HEAD')).toHaveLength(1)
  })

  test('every header of the envelope that gets lost is an error, and what nobody can decrypt is removed', async () => {
    await put(bytes, how)
    const names = Object.keys(oss.objects.get('file.bin')?.headers ?? {}).filter(
      (name) => name.startsWith('x-oss-meta-') && !/-(data|part)-size$/.test(name),
    )
    expect(names.length).toBeGreaterThan(2)
    for (const lost of names) {
      oss.objects.clear()
      oss.forgets = (name) => name === lost
      expect(await errorOf(put(bytes, how))).toMatchObject({
        code: 'envelope-lost',
        key: 'file.bin',
        removed: true,
      })
      expect(oss.objects.size, lost).toBe(0)
    }
  })

  test('no ETag and no CRC-64: what lost its envelope is an error, and nothing is deleted without a proof that it is ours', async () => {
    Object.assign(oss, {
      forgets: (name: string) => name.startsWith('x-oss-meta-'),
      givesCrc64: false,
      givesEtags: false,
    })
    expect(await errorOf(put(bytes, how))).toMatchObject({ code: 'envelope-lost', removed: false })
    expect(oss.objects.size).toBe(1)
  })

  test('no CRC-64: it is done, and says that nothing was compared', async () => {
    oss.givesCrc64 = false
    expect(await put(bytes, how)).toMatchObject({ encrypted: true, checksum: 'absent' })
  })
})

test.each(WAYS.filter(([, bytes]) => bytes > 0))(
  '%s: bytes that got lost, and no CRC-64 to tell',
  async (_name, bytes, how) => {
    Object.assign(oss, { cuts: 1, givesCrc64: false })
    expect(await errorOf(put(bytes, how))).toMatchObject({
      code: 'envelope-lost',
      what: 'content-length',
      removed: true,
    })
  },
)

test('what another program put in its place meanwhile is not touched', async () => {
  // It takes what comes, and keeps something else.
  oss.forgets = (name) => name.startsWith('x-oss-meta-')
  oss.cuts = 3
  expect(await errorOf(put(1000, {}))).toEqual({ code: 'object-changed', key: 'file.bin' })
  expect(oss.objects.size).toBe(1)
})

test('the sizes of parts are hints: a server that forgets them is believed', async () => {
  oss.forgets = (name) => name === `${ENVELOPE}data-size` || name === `${ENVELOPE}part-size`
  expect(await put(3 * PART + 5, {})).toMatchObject({ checksum: 'matches' })
})

/**
 * The other content of an answer that came too soon: nothing, an ETag alone, or the CRC-64 of no
 * bytes.
 */
const TOO_SOON = [
  { givesCrc64: false, givesEtags: false },
  { givesCrc64: false, givesEtags: true },
  { givesCrc64: true, givesEtags: true },
] as const
describe.each(TOO_SOON)(
  'an answer that came before the body was read proves nothing (%j)',
  (says) => {
    test.each(WAYS)('%s: what is not there is not done', async (_name, bytes, how) => {
      Object.assign(oss, { answersEarly: true, ...says })
      expect(['cancelled', 'unexpected']).not.toContain((await errorOf(put(bytes, how))).code)
      expect([...oss.objects.values()].filter(({ body }) => body.length > 0)).toEqual([])
    })
  },
)

test.each([[true], [false], ['looked for']] as const)(
  'a server that replaces without a word: a name that is taken stays (known: %s)',
  async (how) => {
    await put(1000, {})
    const before = oss.objects.get('file.bin')
    const client = k.connect({}, { attempts: 1 }, { endpoint: oss.endpoint })
    const taken =
      how === 'looked for'
        ? (signal: AbortSignal) => mayReplace(client, 'bucket', 'file.bin', signal)
        : how
    const send = (change: Partial<UploadJob>): Promise<TransferOutcome> =>
      uploadUnderRule(
        k.uploadJob(join(k.dir, 'file.bin'), {
          size: 1000,
          oss: async () => ok(client),
          taken,
          ...change,
        }),
        k.running(),
      )
    if (how === false) return void expect(await send({})).toMatchObject({ skipped: false })
    expect(await errorOf(send({}))).toEqual({ code: 'object-exists', key: 'file.bin' })
    expect(await send({ onExisting: async () => 'skip' })).toMatchObject({ skipped: true })
    expect(oss.objects.get('file.bin')).toBe(before)
    oss.objects.clear()
    if (how === 'looked for') expect(await send({})).toMatchObject({ skipped: false })
  },
)

test('names that were not compared are looked for before they are sent', async () => {
  await put(1000, {})
  const at = (endpoint: string) => k.connect({}, { attempts: 1 }, { endpoint })
  const signal = new AbortController().signal
  expect(await mayReplace(at(oss.endpoint), 'bucket', 'file.bin', signal)).toBe(true)
  expect(await mayReplace(at(oss.endpoint), 'bucket', 'other', signal)).toBe(false)
})

const LARGE: Partial<UploadJob> = {
  size: 1024 ** 2,
  multipartFrom: Infinity,
  format: 'sdk-split',
  masterKey: async () => ok(fakeKms().key()),
}
/** Files whose size says nothing are to be had everywhere on Linux alone. */
const LONGER: readonly (readonly [string, string, Partial<UploadJob>])[] =
  process.platform === 'linux'
    ? [
        ['small', '/proc/version', {}],
        ['not small', '/proc/version', LARGE],
      ]
    : []
test.each(LONGER)(
  'a file that holds more than its size says, %s: nothing is stored',
  async (_name, path, how) => {
    const client = k.connect({}, {}, { endpoint: oss.endpoint })
    expect(await errorOf(k.up(path, { size: 0, oss: async () => ok(client), ...how }))).toEqual({
      code: 'source-longer',
      path,
      size: 0,
    })
    expect(oss.objects.size).toBe(0)
  },
)
