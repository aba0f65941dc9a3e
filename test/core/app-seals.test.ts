import { randomBytes } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { currentObject } from '../../electron/core/oss/object-ref.ts'
import { headObject } from '../../electron/core/oss/objects.ts'
import { readTags } from '../../electron/core/oss/tags.ts'
import { readSealText, SEAL_HEADER, SEAL_TAG } from '../../electron/core/seals/seal-text.ts'
import type { UploadPlan } from '../../shared/contract/models-transfers.ts'
import type { In } from '../../shared/contract/routes/routes.ts'
import { openAppKit, PLACE } from './app-kit.ts'
import { never } from './oss-practice.ts'

const kit = openAppKit()
const MIB = 1024 ** 2
/** One file for each way in which an object gets its seal. */
const SIZES = { small: 10, whole: 300 * 1024, parts: 2 * MIB }
let profileId = ''
let keyId = ''

beforeAll(async () => {
  for (const [name, bytes] of Object.entries(SIZES))
    await writeFile(join(kit.f.folder, name), randomBytes(bytes))
  const { call, practice } = kit.f
  const { endpoint, region, accessKeyId, accessKeySecret } = practice
  await call('settings.update', { multipartFrom: MIB, partSize: MIB })
  await call('secrets.unlock', { passphrase: 'correct horse' })
  const key = { name: 'Mine', bits: 2048, description: '', style: 'compact' } as const
  keyId = (await call('keys.generate', key)).id
  const profile = await call('profiles.session', {
    name: 'Mine',
    colour: 'blue',
    endpoint,
    region,
    accessKeyId,
    buckets: [PLACE.bucket],
    credential: { kind: 'typed', accessKeySecret, securityToken: '' },
  })
  profileId = profile.id
})

/** Uploads all files under a profile, and returns where each object has its seal. */
async function seals(
  prefix: string,
  profile: string,
  change: Partial<In<'uploads.start'>> = {},
): Promise<Record<string, string>> {
  const { f } = kit
  const paths = Object.keys(SIZES).map((name) => join(f.folder, name))
  const grants = await f.call('local.grant', { paths, write: false })
  const ready = new Promise<UploadPlan>((resolve) =>
    f.bridge.on('plan.changed', (one) => one.phase === 'ready' && resolve(one)),
  )
  const at = { profileId: profile, bucket: PLACE.bucket, prefix }
  const plan = await f.call('uploads.plan', { ...at, grants: grants.map(({ id }) => id) })
  await ready
  const ended = await f.ended(await kit.start(plan.id, { keyId, ...change }))
  expect(ended.map(({ phase }) => phase)).toEqual(['done', 'done', 'done'])
  const found: Record<string, string> = {}
  for (const name of Object.keys(SIZES)) {
    const key = `${prefix}${name}`
    const head = await headObject(kit.oss, PLACE.bucket, key, never)
    const tags = await readTags(kit.oss, currentObject(PLACE.bucket, key), never)
    const texts = [
      ['metadata', head.headers.get(SEAL_HEADER)],
      ...tags.map(([tag, text]) => [tag, text]),
    ].filter(([, text]) => text !== undefined && readSealText(text).kind === 'seal')
    found[name] = texts.map(([where]) => where).join()
  }
  return found
}
const ALL = { small: 'metadata', whole: 'metadata', parts: SEAL_TAG }
const NONE = { small: '', whole: '', parts: '' }

test('uploads are sealed, unless the profile or the user says no', async () => {
  expect(await seals('yes/', profileId)).toEqual(ALL)
  expect(await seals('format/', profileId, { format: 'v1' })).toEqual(ALL)
  expect(await seals('said/', profileId, { seal: false })).toEqual(NONE)
  expect(await seals('asked/', profileId, { seal: true })).toEqual(ALL)
})

test('after a refusal the same transfer goes on without a seal, when the profile says so', async () => {
  const { f } = kit
  f.practice.faults.add({ match: {}, do: { kind: 'no-tagging', names: false }, times: Infinity })
  const { endpoint, region, accessKeyId, accessKeySecret } = f.practice
  const fields: In<'profiles.add'> = {
    name: 'Denied',
    colour: 'blue',
    endpoint,
    region,
    accessKeyId,
    buckets: [PLACE.bucket],
    credential: { kind: 'typed', accessKeySecret, securityToken: '' },
  }
  const { id } = await f.call('profiles.add', fields)
  const grants = await f.call('local.grant', {
    paths: [join(f.folder, 'parts')],
    write: false,
  })
  const ready = new Promise<UploadPlan>((resolve) =>
    f.bridge.on('plan.changed', (one) => one.phase === 'ready' && resolve(one)),
  )
  const at = { profileId: id, bucket: PLACE.bucket, prefix: 'denied/' }
  const plan = await f.call('uploads.plan', { ...at, grants: grants.map((grant) => grant.id) })
  await ready
  const ids = await kit.start(plan.id, { keyId })
  expect(await f.ended(ids)).toMatchObject([
    { phase: 'failed', error: { code: 'seal-denied', why: 'permission' } },
  ])
  await f.call('profiles.update', { id, ...fields, sealsNew: false })
  await f.call('transfers.retry', { ids: [...ids] })
  await expect.poll(async () => (await f.ended(ids))[0]?.phase).toBe('done')
  const key = 'denied/parts'
  expect(await readTags(kit.oss, currentObject(PLACE.bucket, key), never)).toEqual([])
  f.practice.faults.clear()
})
