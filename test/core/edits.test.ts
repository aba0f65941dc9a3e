import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import type { Core } from '../../electron/core/app/core.ts'
import { openHttpClient } from '../../electron/core/net/http-client.ts'
import { openOss } from '../../electron/core/oss/client.ts'
import { headObject } from '../../electron/core/oss/objects.ts'
import { ok, valueOf, type Result } from '../../shared/contract/errors.ts'
import type { EditedCopy } from '../../shared/contract/models-edits.ts'
import type { Transfer } from '../../shared/contract/models-transfers.ts'
import type { In, Out, RouteName } from '../../shared/contract/routes/routes.ts'
import { ENDED } from '../../shared/contract/transfer-phases.ts'
import { startPractice, type Practice } from '../tools/practice.ts'
import { composeIn } from './core-fixture.ts'

/** An object that a program of the system edits, from its decryption to the next object. */

const never = new AbortController().signal
const WELCOME = 'welcome (encrypted).txt'
const at = { profileId: 'practice', bucket: 'practice-bucket' }
let home: string
let practice: Practice
let core: Core
/** The paths that the system was asked to open. */
let opened: string[]

const start = () =>
  composeIn(home, practice, async (path) => {
    opened.push(path)
    return ''
  })
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'edits-'))
  practice = await startPractice({ directory: join(home, 'practice') })
  opened = []
  core = await start()
  // The samples are made on the first look at the bucket.
  await call('objects.list', { ...at, prefix: '', cursor: null })
})
afterAll(async () => {
  await core.close()
  await practice.close()
  await rm(home, { recursive: true, force: true })
})
/** The objects of this test, which it may change: an encrypted text and a plain one. */
let [letter, note] = ['', '']
let tests = 0
beforeEach(async () => {
  tests += 1
  ;[letter, note] = [`${tests}/letter.txt`, `${tests}/note.txt`]
  await copy(WELCOME, letter)
  await copy('anyone-can-read-this.txt', note)
})
afterEach(async () => {
  for (const { id } of await call('edits.list', {})) await call('edits.discard', { id })
  await call('transfers.cancel', { ids: (await call('transfers.list', {})).map(({ id }) => id) })
})
const folder = () => join(home, 'data', 'edited')
const copies = async () => (await readdir(folder()).catch(() => [])).toSorted()
async function call<N extends RouteName>(name: N, input: In<N>): Promise<Out<N>> {
  const handler = core.handlers[name] as unknown as (
    input: In<N>,
    signal: AbortSignal,
  ) => Promise<Result<Out<N>>>
  return valueOf(await handler(input, never))
}

/** Opens an object to edit it; resolves with the path of the copy. */
async function edit(key: string): Promise<string> {
  const before = opened.length
  await call('edits.start', { ...at, key, keyIds: [] })
  await expect.poll(() => opened.length).toBe(before + 1)
  return opened.at(-1) ?? ''
}
async function only(): Promise<EditedCopy> {
  const all = await call('edits.list', {})
  expect(all).toHaveLength(1)
  return all[0] as EditedCopy
}
/** Resolves when the transfer goes no further. */
async function ended(id: string): Promise<Transfer> {
  let found: Transfer | undefined
  await expect
    .poll(async () => {
      found = (await call('transfers.list', {})).find((one) => one.id === id)
      return found !== undefined && ENDED.has(found.phase)
    })
    .toBe(true)
  return found as Transfer
}
const upload = async (): Promise<Transfer> =>
  ended(await call('edits.upload', { id: (await only()).id }))
/** Copies a sample over an object, or to a new one. */
async function copy(from: string, to: string): Promise<void> {
  const [id = ''] = await call('copies.start', {
    from: at,
    to: at,
    keys: [from],
    toPrefix: null,
    toKey: to,
    move: false,
    existing: 'replace',
  })
  expect(await ended(id)).toMatchObject({ phase: 'done' })
}
/** Another computer replaces an object. */
const replace = (key: string) => copy('harbour-at-dawn.svg', key)
/** The wrapped data key of the letter. */
async function wrappedKey(): Promise<string | undefined> {
  const { endpoint, region, accessKeyId, accessKeySecret } = practice
  const http = openHttpClient()
  const credentials = async () => ok({ accessKeyId, accessKeySecret, securityToken: null })
  const oss = openOss({ endpoint, region, credentials }, http)
  const head = await headObject(oss, at.bucket, letter, never).finally(() => http.close())
  return head.headers.get('x-oss-meta-client-side-encryption-key')
}
const facts = (key: string) => call('objects.facts', { ...at, key })
/** The plaintext of an object, by a further copy of it. */
async function textOf(key: string): Promise<string> {
  const id = await call('files.open', { ...at, key, keyIds: [] })
  expect(await ended(id)).toMatchObject({ phase: 'done' })
  await expect.poll(() => opened.at(-1)).toContain('opened')
  return readFile(opened.at(-1) ?? '', 'utf8')
}

test('an edited copy becomes a new object under a new data key, and the end removes the copy', async () => {
  const path = await edit(letter)
  expect(path.startsWith(folder())).toBe(true)
  expect((await stat(path)).mode & 0o777).toBe(0o600)
  for (const one of [folder(), dirname(path), dirname(dirname(path))])
    expect((await stat(one)).mode & 0o777).toBe(0o700)
  expect(await only()).toMatchObject({ key: letter, state: 'unchanged', isLeftover: false })
  const [before, wrapped] = [await facts(letter), await wrappedKey()]
  expect(wrapped).toBeTruthy()
  const told = new Promise<readonly EditedCopy[]>((resolve) =>
    core.events.on('edits.changed', resolve),
  )
  await writeFile(path, 'edited')
  expect(await told).toMatchObject([{ key: letter, state: 'changed' }])

  expect(await upload()).toMatchObject({ phase: 'done', kind: 'upload', key: letter })
  expect(await only()).toMatchObject({ state: 'unchanged', transferId: null })
  const after = await facts(letter)
  expect(after.encryption).toMatchObject({ state: 'encrypted' })
  expect(after.etag).not.toBe(before.etag)
  expect(await wrappedKey()).not.toBe(wrapped)
  expect(await textOf(letter)).toBe('edited')

  // The program is still open, and saves again.
  await writeFile(path, 'edited again')
  expect(await upload()).toMatchObject({ phase: 'done' })
  await core.close()
  expect(await copies()).toEqual([])
  core = await start()
})

test.each([
  ['replace', { letter: 'edited' }],
  ['rename', { letter: '<svg', 'letter (2)': 'edited' }],
  ['skip', { letter: '<svg' }],
] as const)('an object that changed meanwhile is asked about: %s', async (existing, texts) => {
  const path = await edit(letter)
  await writeFile(path, 'edited')
  await replace(letter)
  const asked = await upload()
  expect(asked).toMatchObject({
    phase: 'needs-user',
    error: { code: 'object-exists', key: letter, why: 'changed' },
  })
  expect((await facts(letter)).contentType).toBe('image/svg+xml')
  await call('transfers.decide', { ids: [asked.id], existing })
  await expect.poll(async () => (await ended(asked.id)).phase).toBe('done')
  for (const [name, text] of Object.entries(texts))
    expect(await textOf(`${tests}/${name}.txt`)).toContain(text)
  const isKept = existing === 'skip'
  expect(await only()).toMatchObject({
    state: isKept ? 'changed' : 'unchanged',
    key: existing === 'rename' ? `${tests}/letter (2).txt` : letter,
  })
})

test('an object that was deleted meanwhile is asked about too', async () => {
  await writeFile(await edit(letter), 'edited')
  await call('objects.remove', { ...at, keys: [letter] })
  const asked = await upload()
  expect(asked).toMatchObject({ phase: 'needs-user', error: { why: 'changed' } })
  await call('transfers.decide', { ids: [asked.id], existing: 'replace' })
  await expect.poll(async () => (await ended(asked.id)).phase).toBe('done')
  expect(await textOf(letter)).toBe('edited')
})

test('an upload in parts looks at the object again before it is made', async () => {
  const MIB = 1024 ** 2
  const speedLimit = 8 * MIB
  await call('settings.update', { multipartFrom: 102_400, partSize: 102_400, speedLimit })
  const path = await edit(letter)
  await writeFile(path, Buffer.alloc(16 * MIB, 7))
  const id = await call('edits.upload', { id: (await only()).id })
  const partsDone = async () =>
    (await call('transfers.list', {})).find((one) => one.id === id)?.partsDone ?? 0
  await expect.poll(partsDone).toBeGreaterThan(0)
  await call('objects.remove', { ...at, keys: [letter] })
  await call('settings.update', { speedLimit: 0 })
  expect(await ended(id)).toMatchObject({ phase: 'needs-user', error: { why: 'changed' } })
  await call('transfers.decide', { ids: [id], existing: 'rename' })
  await expect.poll(async () => (await ended(id)).phase).toBe('done')
  expect(await call('leftovers.list', at)).toEqual([])
})

test('a plain object is encrypted when its copy is uploaded', async () => {
  const path = await edit(note)
  expect(await only()).toMatchObject({ keyId: null })
  await writeFile(path, 'edited')
  expect(await upload()).toMatchObject({ phase: 'done', outcome: { encrypted: true } })
  expect((await facts(note)).encryption).toMatchObject({ state: 'encrypted' })
  expect((await only()).keyId).not.toBeNull()
})

test('without a key that may encrypt, nothing is uploaded', async () => {
  await writeFile(await edit(note), 'edited')
  const keyId = (await call('profiles.list', {}))[0]?.defaultKey ?? null
  await call('profiles.setDefaultKey', { profileId: 'practice', bucket: null, keyId: null })
  expect(await core.handlers['edits.upload']({ id: (await only()).id }, never)).toEqual({
    ok: false,
    error: { code: 'no-master-key' },
  })
  await call('profiles.setDefaultKey', { profileId: 'practice', bucket: null, keyId })
  expect((await facts(note)).encryption).toMatchObject({ state: 'plain' })
})

test('a changed copy outlives the app, and nothing else does', async () => {
  await writeFile(await edit(letter), 'edited')
  await edit(note)
  await core.close()
  // A copy without a record was never opened by a program.
  await mkdir(join(folder(), 'cut-off', 'copy'), { recursive: true })
  await writeFile(join(folder(), 'cut-off', 'copy', 'secret.txt'), 'secret')
  // A record that nobody can read may belong to a changed copy.
  await mkdir(join(folder(), 'damaged'))
  await writeFile(join(folder(), 'damaged', 'record.json'), '{')
  core = await start()
  const copy = await only()
  expect(copy).toMatchObject({ key: letter, state: 'changed', isLeftover: true })
  expect(await copies()).toEqual([copy.id, 'damaged'].toSorted())
  expect(core.problems()).toMatchObject([{ code: 'file-damaged', kept: null }])
  expect(await upload()).toMatchObject({ phase: 'done' })
  expect(await textOf(letter)).toBe('edited')

  await writeFile(await edit(letter), 'edited once more')
  await call('edits.discard', { id: (await only()).id })
  expect(await call('edits.list', {})).toEqual([])
  expect(await copies()).toEqual(['damaged'])
  await rm(join(folder(), 'damaged'), { recursive: true })
})

test('an object that is edited already is not fetched twice', async () => {
  const path = await edit(letter)
  expect(await edit(letter)).toBe(path)
  await writeFile(path, 'edited')
  await replace(letter)
  expect(await edit(letter)).toBe(path)
  // An unchanged copy of an older object is no copy of this one.
  const before = await edit(note)
  await replace(note)
  expect(await edit(note)).not.toBe(before)
})

test('a copy that cannot be read says so, and stays', async () => {
  const path = await edit(letter)
  await writeFile(`${path}.new`, 'half a save')
  await rm(path)
  const { id } = await only()
  expect(await core.handlers['edits.upload']({ id }, never)).toMatchObject({
    ok: false,
    error: { code: 'source-unreadable' },
  })
  await core.close()
  expect(await copies()).toEqual([id])
  core = await start()
  expect(await only()).toMatchObject({ state: 'changed' })
})

test('a program is not edited', async () => {
  expect(
    await core.handlers['edits.start']({ ...at, key: 'a/setup.exe', keyIds: [] }, never),
  ).toMatchObject({ error: { code: 'would-run' } })
  expect(await copies()).toEqual([])
})
