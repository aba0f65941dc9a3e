import { copyFileSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { joinCodes, readCodes, writeCodes } from '../../electron/core/escrow/code-text.ts'
import { readKeyRecord } from '../../electron/core/keys/catalog/key-record.ts'
import type { In } from '../../shared/contract/routes/routes.ts'
import { openFixture, type Fixture } from './core-fixture.ts'
import { SHEETS } from './escrow-kit.ts'

/** Recovery sheets of the keys of a computer, from the sheet to the key and back. */

const PEM = fileURLToPath(new URL('../vectors/format-example.pem', import.meta.url))
const { sheet, shares } = SHEETS
const FIELDS = { name: 'Studio', description: '{"team":"studio"}', style: 'compact' } as const

let f: Fixture
beforeEach(async () => {
  f = await openFixture()
  await f.call('secrets.unlock', { passphrase: 'the secrets of this computer' })
})
afterEach(() => f.close())

const path = (name: string) => join(f.folder, name)
const grantOf = async (file: string) => {
  const grant = await f.core.grants.forReading(file)
  if (!grant.ok) throw new Error(grant.error.code)
  return grant.value.id
}
const importExample = async () =>
  f.call('keys.import', { ...FIELDS, grant: await grantOf(PEM), passphrase: null, use: 'active' })
/** The keys without the one of the practice bucket. */
const ownKeys = async () =>
  (await f.call('keys.list', {})).filter(({ origin }) => origin === 'imported')
/** Writes texts of codes into a file, and reads the file as a sheet. */
async function readTexts(texts: readonly string[], rest: Partial<In<'keys.unescrow'>> = {}) {
  writeFileSync(path('codes.txt'), texts.join('\n'))
  return read(['codes.txt'], rest)
}
async function read(files: readonly string[], rest: Partial<In<'keys.unescrow'>> = {}) {
  const pictures = await Promise.all(files.map((file) => grantOf(path(file))))
  return f.bridge.call('keys.unescrow', { pictures, passphrase: null, restore: null, ...rest })
}
async function write(fileName: string, rest: Partial<In<'keys.escrow'>>) {
  const [key] = await ownKeys()
  const target = await f.core.grants.forWriting(f.folder)
  if (!target.ok || key === undefined) throw new Error('nothing to write')
  return f.bridge.call('keys.escrow', {
    id: key.id,
    passphrase: null,
    shares: null,
    form: 'png',
    language: 'en',
    target: target.value.id,
    fileName,
    existing: 'fail',
    ...rest,
  })
}
const keyFacts = async () =>
  (await ownKeys()).map(
    ({ name, description, escrowed, sheets, backedUp, hasPrivate, unavailable }) => ({
      name,
      written: sheets?.count ?? 0,
      description,
      isEscrowed: escrowed !== null,
      backedUp,
      hasPrivate,
      unavailable,
    }),
  )
const STUDIO = {
  name: 'Studio',
  description: '{"team":"studio"}',
  written: 0,
  isEscrowed: false,
  backedUp: null,
  hasPrivate: true,
  unavailable: null,
}
const refused = (code: string, problem: string) => ({ ok: false, error: { code, problem } })

test('a key counts as escrowed once its sheet was read back, and not before', async () => {
  await importExample()
  const passphrase = 'falcon discard satisfied pointy capricorn capital'
  const sheets = await write('sheet.png', { passphrase })
  expect(sheets).toMatchObject({ ok: true, value: { savedAs: [path('sheet.png')], codes: 2 } })
  expect(statSync(path('sheet.png')).mode & 0o077).toBe(0)
  expect(await keyFacts()).toEqual([{ ...STUDIO, written: 1 }])

  expect(await read(['sheet.png'])).toMatchObject(refused('key-import', 'needs-passphrase'))
  expect(await read(['sheet.png'], { passphrase: 'falcon' })).toMatchObject(
    refused('key-import', 'wrong-passphrase'),
  )
  expect(await keyFacts()).toEqual([{ ...STUDIO, written: 1 }])

  const typed = ' Falcon discard  SATISFIED pointy capricorn capital\t'
  const back = await read(['sheet.png'], { passphrase: typed })
  expect(back).toMatchObject({ ok: true, value: { key: { name: 'Studio' } } })
  if (sheets.ok && back.ok) expect(back.value.checkWords).toEqual(sheets.value.checkWords)
  expect(await keyFacts()).toEqual([{ ...STUDIO, written: 1, isEscrowed: true }])
  f = await f.restart()
  await f.call('secrets.unlock', { passphrase: 'the secrets of this computer' })
  expect(await keyFacts()).toEqual([{ ...STUDIO, written: 1, isEscrowed: true }])
})

test('shares: every sheet is a file, any two open, one does not', async () => {
  await importExample()
  const lock = { count: 3, threshold: 2 }
  expect(await write('s.pdf', { form: 'pdf', shares: lock })).toMatchObject({
    ok: true,
    value: { savedAs: [1, 2, 3].map((n) => path(`s-${n}.pdf`)), codes: 4 },
  })
  expect(await read(['s-2.pdf'])).toMatchObject(refused('recovery-sheet', 'too-few-shares'))
  expect(await keyFacts()).toEqual([{ ...STUDIO, written: 3 }])
  expect(await read(['s-3.pdf', 's-1.pdf'])).toMatchObject({ ok: true })
  expect(await keyFacts()).toEqual([{ ...STUDIO, written: 3, isEscrowed: true }])
})

test('where one sheet of a set cannot be written, none of the set is left', async () => {
  await importExample()
  writeFileSync(path('s-2.html'), 'of somebody else')
  const lock = { count: 3, threshold: 3 }
  expect(await write('s.html', { form: 'html', shares: lock })).toMatchObject({
    ok: false,
    error: { code: 'target-exists' },
  })
  expect(readdirSync(f.folder).filter((name) => name.startsWith('s-'))).toEqual(['s-2.html'])
  for (const wrong of [
    {},
    { passphrase: 'abcdefgh', shares: lock },
    { shares: { count: 2, threshold: 3 } },
  ])
    expect(await write('s.html', wrong)).toMatchObject({
      ok: false,
      error: { code: 'bad-request' },
    })
  expect(await write('s.html', { passphrase: 'abc' })).toMatchObject({
    ok: false,
    error: { code: 'weak-passphrase' },
  })
})

describe('a sheet of a version before is read', () => {
  const { passphrase } = sheet

  test('on a computer that has the key', async () => {
    await importExample()
    expect(await readTexts(sheet.codes, { passphrase })).toMatchObject({
      ok: true,
      value: { checkWords: sheet.checkWords },
    })
    expect(
      await readTexts([...shares.codes, ...shares.shares.slice(1), ...shares.facts]),
    ).toMatchObject({
      ok: true,
      value: { checkWords: shares.checkWords },
    })
  })

  test('on a computer without the key: it restores the key once, and overwrites nothing', async () => {
    expect(await readTexts(sheet.codes, { passphrase })).toEqual({
      ok: false,
      error: {
        code: 'recovery-sheet',
        problem: 'other-key',
        detail: sheet.fingerprint.slice(0, 16),
      },
    })
    const restore = { ...FIELDS, use: 'active' } as const
    expect(await readTexts(sheet.codes, { passphrase, restore })).toMatchObject({
      ok: true,
      value: { key: { fingerprint: sheet.fingerprint } },
    })
    expect(await keyFacts()).toEqual([{ ...STUDIO, isEscrowed: true }])
    expect(await readTexts(sheet.codes, { passphrase, restore })).toMatchObject(
      refused('key-import', 'already-here'),
    )
    const [key] = await ownKeys()
    expect(await f.call('keys.prove', { id: key?.id ?? '' })).toMatchObject({ name: 'Studio' })
  })

  test('on a computer that lost the private half: the key gets it back, with its name', async () => {
    await importExample()
    const state = path('data/state')
    for (const name of readdirSync(state))
      if (name.startsWith('private-half.')) rmSync(join(state, name))
    f = await f.restart()
    await f.call('secrets.unlock', { passphrase: 'the secrets of this computer' })
    expect(await keyFacts()).toEqual([{ ...STUDIO, unavailable: 'secret-lost' }])
    // The sheet alone proves that it opens the key of the list.
    expect(await readTexts(sheet.codes, { passphrase })).toMatchObject({ ok: true })
    const restore = {
      name: 'other',
      description: '',
      style: 'compact',
      use: 'decrypt-only',
    } as const
    expect(await readTexts(sheet.codes, { passphrase, restore })).toMatchObject({
      ok: true,
      value: { key: { state: 'active' } },
    })
    expect(await keyFacts()).toEqual([{ ...STUDIO, isEscrowed: true }])
  })

  test('a changed sheet: the key does not count as escrowed', async () => {
    await importExample()
    const [set] = joinCodes('CB1', readCodes(sheet.codes.join('')).codes)
    const payload = Buffer.from(set?.content ?? [])
    for (const at of [200, payload.length - 3]) {
      const changed = Buffer.from(payload)
      changed[at] = (changed[at] ?? 0) ^ 1
      expect(await readTexts(writeCodes('CB1', changed), { passphrase })).toMatchObject({
        ok: false,
        error: { code: 'key-import' },
      })
    }
    const [, second = '', third = ''] = shares.shares
    const other = [...joinCodes('CBS1', readCodes(third).codes)][0]?.content?.map((byte, i) =>
      i === 4 ? byte ^ 1 : byte,
    )
    const forged = writeCodes('CBS1', other ?? new Uint8Array())
    const set2 = [...shares.codes, second, ...forged]
    expect(await readTexts([...set2, ...shares.facts])).toMatchObject(
      refused('recovery-sheet', 'false-share'),
    )
    // Without the check value, the key itself shows the false share.
    expect(await readTexts(set2)).toMatchObject(refused('recovery-sheet', 'false-share'))
    expect(await keyFacts()).toEqual([STUDIO])
  })
})

test('a picture of something else is named', async () => {
  await importExample()
  copyFileSync(PEM, path('key.pem'))
  expect(await read(['key.pem'])).toEqual({
    ok: false,
    error: { code: 'recovery-sheet', problem: 'no-code', detail: 'key.pem' },
  })
})

test('a record from before there were sheets is read, and none is escrowed', async () => {
  const folder = fileURLToPath(new URL('../vectors/data-folder-a93def8/state/', import.meta.url))
  const names = readdirSync(folder).filter((name) => name.startsWith('master-key.'))
  expect(names.length).toBeGreaterThan(0)
  for (const name of names) {
    const text = readFileSync(join(folder, name), 'utf8')
    const id = (JSON.parse(text) as { id: string }).id
    expect(readKeyRecord(id, text)?.record).toMatchObject({ escrowed: null, sheets: null })
    for (const wrong of ['"escrowed": 7', '"sheets": 7', '"sheets": {"count": 1}'])
      expect(readKeyRecord(id, text.replace('{', `{${wrong},`)), wrong).toBeNull()
  }
})
