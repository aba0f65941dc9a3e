// @vitest-environment happy-dom
import { act, fireEvent, screen, waitFor, within } from '@testing-library/react'
import { beforeEach, describe, expect, test } from 'vitest'
import { fail, ok } from '../../shared/contract/errors.ts'
import type { Encryption } from '../../shared/contract/models.ts'
import { ObjectsPage } from '../../renderer/features/objects/objects-page.tsx'
import { resetSelection, useSelection } from '../../renderer/state/selection.ts'
import { setPanes, useUi } from '../../renderer/state/ui.ts'
import { ask, notify, useWork } from '../../renderer/state/work.ts'
import type { Fake } from './fake-bridge.ts'
import {
  facts,
  foreignKms,
  foreignProgram,
  keys as rsaKeys,
  kmsFacts,
  kmsV2,
  oldV1,
  remoteKeys,
  resplit,
  row,
  split,
  studioData,
  whole,
} from './fake-data.ts'
import { called, lastCall, mounted } from './mounted.tsx'

/**
 * Every format of the SDKs in the details of an object: what it is, what opens it, what it does not
 * promise.
 */

const place = { profileId: 'p1', bucket: 'lanstone-archive', prefix: 'f/' }
const { profiles } = studioData()
const keys = [...rsaKeys, ...remoteKeys]
const NAME = 'f/a.txt'

beforeEach(() =>
  act(() => {
    useUi.setState({ page: 'objects', place, filter: '', sort: { by: 'name', down: false } })
    resetSelection()
    ask(null)
    notify(null)
    useWork.setState({ target: null, taking: null })
    setPanes({ detailsOpen: true, panelOpen: false })
  }),
)

async function details(
  encryption: Encryption,
  {
    size = 4000,
    among = keys,
    prepare = () => undefined,
  }: { size?: number; among?: typeof keys; prepare?: (fake: Fake) => void } = {},
) {
  const fake = mounted(
    <ObjectsPage place={place} profile={profiles[0]} profiles={profiles} keys={among} />,
    (one) => {
      one.data.rows['lanstone-archive/f/'] = [row(NAME, size, '')]
      one.data.encryption[NAME] = encryption
      prepare(one)
    },
  )
  await screen.findByRole('row', { name: /a\.txt/ })
  act(() => useSelection.setState({ keys: new Set([NAME]), active: NAME, anchor: null }))
  const pane = within(await screen.findByRole('complementary', { name: 'Details' }))
  await pane.findByText('Type')
  return {
    fake,
    pane,
    text: () => screen.getByRole('complementary').textContent ?? '',
    press: (name: string) => fireEvent.click(pane.getByRole('button', { name })),
  }
}
const shown = () =>
  Object.fromEntries(
    Array.from(document.querySelectorAll('aside .facts dt'), (dt) => [
      dt.textContent,
      Array.from(
        dt.nextElementSibling?.querySelectorAll('.stack > *') ?? [],
        (one) => one.textContent,
      ).join(' | ') || dt.nextElementSibling?.textContent,
    ]),
  )

describe('what opens, says what it is', () => {
  test.each<[string, Encryption, Record<string, string>, RegExp]>([
    [
      'V2 under KMS',
      kmsV2,
      {
        Description: '{"team":"studio","in":"kms"}',
        'Content algorithm': 'AES-256-CTR',
        'Wrap algorithm': 'KMS',
        'Encryption headers': 'V2, complete',
      },
      /Opening it takes 2 KMS calls\..*The format alone does not detect tampering/,
    ],
    [
      'V1',
      oldV1,
      {
        'Content algorithm': 'AES-256-CTR',
        'Wrap algorithm': 'RSA-2048, OAEP',
        'Encryption headers': 'V1, complete',
      },
      /unencrypted MD5 of the plaintext.*The format alone does not detect tampering/,
    ],
    [
      'a message, split',
      split,
      {
        'Content algorithm': 'AES-256-GCM',
        'Wrap algorithm': 'KMS',
        'KMS key': `${kmsFacts.arn} | acs:kms:cn-shanghai:1234567890123456:key/0f4d2c1b-9a8e-4b6c-8d7f-112233445566`,
        Context: '{"team":"studio"}',
        'Encryption headers': 'KMS Encryption SDK, in the metadata',
      },
      /takes 1 KMS call\..*A tag covers the whole content/,
    ],
    [
      'a program',
      {
        ...kmsV2,
        keyId: 'k9',
        keyName: 'HSM in the cellar',
        keyKind: 'command',
        facts: foreignProgram.facts,
      },
      { 'Wrap algorithm': 'Attic/HSM', 'Encryption headers': 'V2, complete' },
      /To open it, the program of its key is run/,
    ],
  ])('%s', async (_, encryption, wanted, hints) => {
    const { text } = await details(encryption)
    expect(shown()).toMatchObject(wanted)
    expect(text()).toMatch(hints)
    expect(text()).toContain('Encrypted.')
    expect('Fingerprint' in shown()).toBe(
      encryption.state === 'encrypted' && encryption.keyKind === 'rsa',
    )
  })

  test('a message has another size than its content, and says so by saying nothing', async () => {
    expect((await details(split)).text()).not.toContain('the same size')
  })

  test.each([
    ['parts', true],
    ['checksum', false],
    ['verified', false],
  ] as const)(
    'the first lines of a content with %s say that it is not verified: %s',
    async (integrity, said) => {
      const { pane } = await details(split, {
        prepare: (one) => {
          one.handlers['preview.open'] = async () =>
            ok({ id: 'p', size: 0, type: 'text/plain', encrypted: true, integrity, etag: '' })
        },
      })
      await pane.findByText('Preview')
      if (said) expect(await pane.findByText(/^Not verified: only parts/)).toBeTruthy()
      else await waitFor(() => expect(pane.queryByText(/^Not verified: only parts/)).toBeNull())
    },
  )

  test('what a Java SDK may have split anew can be downloaded repaired', async () => {
    const { press, fake, pane } = await details(resplit)
    expect(pane.getByText(/one Java SDK splits the file differently/)).toBeTruthy()
    press('Download repaired')
    await called(fake, 'downloads.start')
    expect(lastCall(fake, 'downloads.start')).toMatchObject({
      keys: [NAME],
      repair: true,
      message: false,
      raw: false,
    })
    press('Download')
    await waitFor(() => expect(lastCall(fake, 'downloads.start')).toMatchObject({ repair: false }))
  })

  test('a format that is not read is named in the language of the window', async () => {
    const { text, pane } = await details({
      state: 'later',
      format: 'sdk-sm4',
      facts: facts('', { format: 'sdk-sm4', contentAlgorithm: 'SM4-GCM', cmks: [kmsFacts.arn] }),
    })
    expect(text()).toContain(
      'Cannot be decrypted here. This object was encrypted with the KMS Encryption SDK with SM4',
    )
    expect(shown()).toMatchObject({ 'Content algorithm': 'SM4-GCM' })
    expect(pane.queryByRole('button', { name: /Decrypt|repaired/ })).toBeNull()
  })
})

describe('what does not open, says which kind of key it needs', () => {
  test('a key in KMS: add it, or try those that are here', async () => {
    const { fake, press, text, pane } = await details(foreignKms)
    expect(text()).toContain(
      'Its data key was wrapped by a key in KMS, and none of your keys matches.',
    )
    expect(shown()).toMatchObject({ Description: '{"team":"payroll"}' })
    expect(pane.queryByRole('button', { name: 'Import key…' })).toBeNull()
    fake.handlers['objects.tryKeys'] = async () =>
      fail({ code: 'kms', status: 503, kmsCode: 'ServiceUnavailableTemporary', requestId: '' })
    press('Try all my keys')
    expect(await pane.findByText(/KMS had an internal error/)).toBeTruthy()
    fake.handlers['objects.tryKeys'] = async () =>
      fail({ code: 'wrong-master-key', tried: ['Studio in KMS'] })
    press('Try all my keys')
    expect(await pane.findByText(/All your master keys were tried/)).toBeTruthy()
    press('Add key in KMS…')
    expect(useWork.getState().asked).toEqual({ kind: 'add-kms' })
  })

  test('without any key in KMS there is nothing to try', async () => {
    const { pane } = await details(foreignKms, { among: [...rsaKeys] })
    expect(pane.queryByRole('button', { name: 'Try all my keys' })).toBeNull()
  })

  test('a key file of the same description was not tried on what KMS wrapped', async () => {
    await details({
      state: 'nokey',
      facts: { ...foreignKms.facts, description: '{"team":"studio","year":"2026"}' },
    })
    expect(shown()).not.toHaveProperty('Tried')
  })

  const unnamed: Encryption = { state: 'nokey', facts: oldV1.facts }
  test('an envelope that names no key, as V1 does: all are tried, and the one that opens it decrypts', async () => {
    const { fake, press, pane, text } = await details(unnamed)
    expect(text()).toContain('The encryption headers do not say which master key is needed.')
    fake.refuse('objects.tryKeys', {
      code: 'unreachable',
      host: 'oss.example.com',
      reason: 'ENOTFOUND',
    })
    press('Try all my keys')
    expect(await pane.findByText(/oss\.example\.com did not answer/)).toBeTruthy()
    expect(text()).not.toContain('were tried')
    fake.handlers['objects.tryKeys'] = async () => ok({ keyId: 'k3', keyName: 'Studio 2023' })
    press('Try all my keys')
    expect(await pane.findByText('Studio 2023 opens it,')).toBeTruthy()
    press('Decrypt and download')
    await called(fake, 'downloads.start')
    expect(lastCall(fake, 'downloads.start')).toMatchObject({
      keys: [NAME],
      keyIds: ['k3'],
      message: false,
    })
  })

  test('a program, by the name it writes', async () => {
    const { press, text } = await details(foreignProgram)
    expect(text()).toContain('Its data key was wrapped by a program, as Attic/HSM.')
    press('Add program…')
    expect(useWork.getState().asked).toEqual({ kind: 'add-program' })
  })
})

describe('an object without envelope', () => {
  const plain: Encryption = { state: 'plain' }

  test('that is a whole message is offered to be decrypted, with its facts', async () => {
    const { fake, press, pane } = await details(plain, {
      prepare: (one) => {
        one.data.messages[NAME] = whole
      },
    })
    expect(
      await pane.findByText('This looks like a whole message of the KMS Encryption SDK.'),
    ).toBeTruthy()
    expect(shown()).toMatchObject({
      'Content algorithm': 'AES-256-GCM',
      'KMS key': kmsFacts.arn,
      'Encryption headers': 'KMS Encryption SDK, at the start of the content',
    })
    press('Decrypt and download')
    await called(fake, 'downloads.start')
    expect(lastCall(fake, 'downloads.start')).toMatchObject({
      keys: [NAME],
      message: true,
      repair: false,
      raw: false,
    })
  })

  test('that is a message of another key asks for the key, and a new key is noticed', async () => {
    const { fake, press, pane } = await details(plain, {
      prepare: (one) => {
        one.data.messages[NAME] = { state: 'nokey', facts: whole.facts }
      },
    })
    expect(await pane.findByText(/None of your keys in KMS matches/)).toBeTruthy()
    press('Add key in KMS…')
    expect(useWork.getState().asked).toEqual({ kind: 'add-kms' })
    fake.data.messages[NAME] = whole
    act(() => fake.emit('keys.changed', [...fake.data.keys, ...remoteKeys]))
    expect(await pane.findByRole('button', { name: 'Decrypt and download' })).toBeTruthy()
  })

  test('that is a message under SM4 is named', async () => {
    const { pane } = await details(plain, {
      prepare: (one) => {
        one.data.messages[NAME] = { state: 'later', format: 'sdk-sm4', facts: null }
      },
    })
    expect(await pane.findByText(/KMS Encryption SDK with SM4/)).toBeTruthy()
  })

  test.each([99, 64 * 1024 ** 3 + 4097])(
    'of %d bytes cannot be one: nothing of it is read',
    async (size) => {
      const { fake, pane } = await details(plain, { size })
      expect(await pane.findByText(/Anyone who can read the bucket/)).toBeTruthy()
      expect(lastCall(fake, 'objects.sniff')).toBeUndefined()
    },
  )

  test('is looked at once, and only while its details are shown', async () => {
    const { fake } = await details(plain)
    await waitFor(() =>
      expect(fake.calls.filter(({ name }) => name === 'objects.sniff')).toHaveLength(1),
    )
    act(() => resetSelection())
    act(() => useSelection.setState({ keys: new Set([NAME]), active: NAME, anchor: null }))
    await screen.findAllByText(/^CRC-64/)
    expect(fake.calls.filter(({ name }) => name === 'objects.sniff')).toHaveLength(1)
  })

  test('whose bytes may not be read stays what its headers say', async () => {
    const { text } = await details(plain, {
      prepare: (one) =>
        one.refuse('objects.sniff', {
          code: 'access-denied',
          action: 'oss:GetObject',
          ossCode: 'AccessDenied',
          ec: '',
          requestId: '',
        }),
    })
    expect(text()).toContain('Anyone who can read the bucket')
  })

  test('of which the envelope is whole is never looked at', async () => {
    const { fake } = await details(kmsV2, {
      prepare: (one) => {
        one.handlers['objects.sniff'] = async () => ok(whole)
      },
    })
    expect(lastCall(fake, 'objects.sniff')).toBeUndefined()
  })
})
