// @vitest-environment happy-dom
import { fireEvent, screen, waitFor, within } from '@testing-library/react'
import { useState } from 'react'
import { describe, expect, test } from 'vitest'
import { fail } from '../../shared/contract/errors.ts'
import { KeyAccountDialog } from '../../renderer/features/keys/dialogs/key-account-dialog.tsx'
import { KeyAddKmsDialog } from '../../renderer/features/keys/dialogs/key-add-kms-dialog.tsx'
import { KeyAddProgramDialog } from '../../renderer/features/keys/dialogs/key-add-program-dialog.tsx'
import { KeyEditDialog } from '../../renderer/features/keys/dialogs/key-edit-dialog.tsx'
import { useWantedKey } from '../../renderer/state/wanted-key.ts'
import { KeysPage } from '../../renderer/features/keys/keys-page.tsx'
import { useProfiles } from '../../renderer/queries/profiles.ts'
import type { MasterKey } from '../../shared/contract/models.ts'
import { grant, type Fake } from './fake-bridge.ts'
import { keys, kmsFacts, remoteKeys } from './fake-data.ts'
import { called, choose, isOff, lastCall, mounted, press, type } from './mounted.tsx'

const [inKms, pipeline, hsm] = remoteKeys as readonly [MasterKey, MasterKey, MasterKey]
const both = (fake: Fake) => {
  fake.data.keys = [...keys, ...remoteKeys]
}
const page = async (id: string, prepare: (fake: Fake) => void = () => undefined) => {
  useWantedKey.setState({ id })
  const fake = mounted(<KeysPage />, (one) => {
    both(one)
    prepare(one)
  })
  await screen.findByRole('row', { name: /Studio in KMS/ })
  return { fake, details: within(screen.getByRole('complementary', { name: 'Key details' })) }
}
const facts = () =>
  Object.fromEntries(
    Array.from(document.querySelectorAll('aside .facts dt'), (dt) => [
      dt.textContent,
      dt.nextElementSibling?.textContent,
    ]),
  )
const alert = async () => (await screen.findByRole('alert')).textContent

describe('the page', () => {
  test('a row shows which key in KMS or which program it is, cut in the middle, and asks for no backup', async () => {
    await page('k1')
    const row = (name: RegExp) => screen.getByRole('row', { name }).textContent
    expect(row(/Studio in KMS/)).toMatch(
      /5c5c0…12ef5c5c0a9e-77d2-4f50-8e6b-03a4c9d712efNot needed$/,
    )
    expect(row(/Old pipeline/)).toMatch(/alias…linealias\/nightly-pipelineNot needed$/)
    expect(row(/HSM/)).toMatch(/wrap-…llarwrap-with-hsm-of-the-cellarNot needed$/)
    expect(
      Array.from(document.querySelectorAll('.kg .nm use'), (use) =>
        use.getAttribute('href')?.slice(3),
      ).slice(-3),
    ).toEqual(['cloud-key', 'cloud-key', 'program'])
  })

  test('an ARN for a key shows its end, and bidi characters of names are said', async () => {
    mounted(<KeysPage />, (fake) => {
      fake.data.keys = [{ ...inKms, name: '\u202eSMK', kms: { ...kmsFacts, cmkId: kmsFacts.arn } }]
    })
    expect((await screen.findByRole('row', { name: /RLO/ })).textContent).toMatch(
      /⟨RLO⟩SMK.*5c5c0…12ef/,
    )
  })

  test.each([
    [
      'k7',
      {
        'KMS key': kmsFacts.cmkId,
        ARN: kmsFacts.arn,
        Region: 'cn-hangzhou',
        Endpoint: 'Public',
        Account: 'Profile Studio, Hangzhou',
        Context: 'None',
        'Write format': 'V2, for the Go, Java and Python V2 SDKs',
      },
    ],
    [
      'k8',
      {
        'KMS key': 'alias/nightly-pipeline',
        Endpoint: 'https://kms-vpc.eu-central-1.aliyuncs.com',
        Account: 'AccessKey LTAI5tPipelineExample',
        Context: 'Passphrase (not shown)',
        'Write format': 'V1, for old Python readers',
      },
    ],
    [
      'k9',
      {
        Program: '/opt/studio/bin/wrap-with-hsm-of-the-cellar',
        Arguments: '--slot3',
        'Wrap algorithm': 'Studio/HSM',
        'Time limit': '30 seconds',
        'Write format': 'V2, wrapped by the program',
        'Last tested': 'Not tested yet',
      },
    ],
  ])('details of %s', async (id, wanted) => {
    await page(id)
    await waitFor(() => expect(facts()).toMatchObject(wanted))
    expect(facts()).not.toHaveProperty('Private key')
  })

  test('what can be done is what makes sense for the kind', async () => {
    const acts = (details: Pick<typeof screen, 'getAllByRole'>) =>
      details.getAllByRole('button').map((one) => one.textContent)
    expect(acts((await page('k7')).details)).toEqual([
      'Edit…',
      'Account and endpoint…',
      'Test key',
      'Make decrypt-only',
      'Delete…',
    ])
    fireEvent.click(screen.getByRole('row', { name: /HSM/ }))
    expect(acts(within(screen.getByRole('complementary')))).toEqual([
      'Edit…',
      'Test key',
      'Make decrypt-only',
      'Delete…',
    ])
  })

  test('the account of a profile that was removed, and a context of pairs, are said', async () => {
    await page('k7', (fake) => {
      fake.data.keys = [
        { ...inKms, kms: { ...kmsFacts, profileId: 'p99', context: { team: 'studio' } } },
      ]
    })
    await waitFor(() =>
      expect(facts()).toMatchObject({ Account: 'A removed profile', Context: '{"team":"studio"}' }),
    )
  })

  test('a trial that fails says why, and one that works says so', async () => {
    const { fake, details } = await page('k9', (one) =>
      one.refuse('keys.prove', {
        code: 'command-failed',
        name: 'HSM in the cellar',
        problem: 'timed-out',
        detail: '30',
      }),
    )
    fireEvent.click(details.getByRole('button', { name: 'Test key' }))
    expect(await alert()).toContain(
      'The program of HSM in the cellar did not answer within 30 seconds',
    )
    fake.handlers['keys.prove'] = async () => ({ ok: true, value: hsm })
    fireEvent.click(details.getByRole('button', { name: 'Test key' }))
    expect(await screen.findByText(/It works\./)).toBeTruthy()
  })

  test('a lost AccessKey is typed again, not imported from a file', async () => {
    const { details } = await page('k8', (fake) => {
      fake.data.keys = fake.data.keys.map((key) => ({
        ...key,
        unavailable: key.id === 'k8' ? 'secret-lost' : null,
      }))
    })
    expect(details.queryByRole('button', { name: 'Import…' })).toBeNull()
    fireEvent.click(
      details.getAllByRole('button', { name: 'Account and endpoint…' })[0] as HTMLElement,
    )
    expect(
      screen.getByRole('heading', { name: 'Account and endpoint of “Old pipeline 旧流水线”' }),
    ).toBeTruthy()
  })

  test.each([
    ['Key in KMS…', 'Add a key in KMS'],
    ['Custom program…', 'Add a program as master key'],
  ])('%s in the menu of the toolbar', async (entry, dialog) => {
    await page('k1')
    await choose('Add', entry, 'menuitem')
    expect(await screen.findByRole('dialog', { name: dialog })).toBeTruthy()
    press('Cancel')
    expect(screen.queryByRole('dialog')).toBeNull()
  })
})

describe('add a key in KMS', () => {
  const fill = () => {
    type(screen.getByLabelText('KMS key'), ' alias/studio ')
    type(screen.getByLabelText('Name'), 'Studio in KMS')
    type(screen.getByLabelText('Key description'), '{"team":"kms"}')
  }
  /** The dialog opens over profiles that are known. */
  function Opened() {
    const [open, setOpen] = useState(true)
    return useProfiles().isSuccess && open ? (
      <KeyAddKmsDialog onClose={() => setOpen(false)} />
    ) : null
  }
  const opened = async (prepare?: (fake: Fake) => void) => {
    const fake = mounted(<Opened />, prepare)
    await screen.findByRole('dialog')
    return fake
  }

  test('a profile’s account, its region and no endpoint: what most people have is filled in, and what is missing keeps the button off', async () => {
    const fake = await opened()
    expect((screen.getByLabelText('Region') as HTMLInputElement).value).toBe('cn-hangzhou')
    expect(isOff(/^Add$/)).toBe(true)
    // Fields that few need are folded away, and have the right values.
    const folded = screen.getByText('Advanced').closest('details')
    expect([
      folded?.open,
      ...['Context', 'Text style', 'Write format'].map((label) =>
        folded?.textContent?.includes(label),
      ),
    ]).toEqual([false, true, true, true])
    expect(folded?.contains(screen.getByLabelText('Key description'))).toBe(false)
    fill()
    await waitFor(() => expect(isOff(/^Add$/)).toBe(false))
    press(/^Add$/)
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
    expect(lastCall(fake, 'keys.addKms')).toEqual({
      region: 'cn-hangzhou',
      endpoint: '',
      credential: { kind: 'profile', profileId: 'p1' },
      context: '',
      passphrase: null,
      cmkId: 'alias/studio',
      name: 'Studio in KMS',
      description: '{"team":"kms"}',
      style: 'compact',
      writes: 'v2',
    })
    expect(fake.data.keys.at(-1)).toMatchObject({ name: 'Studio in KMS', kind: 'kms' })
  })

  test('the region of a profile goes with it, one that was typed stays, and the practice bucket is no account', async () => {
    await opened()
    await choose(/^Account/, 'Profile Backups, Frankfurt')
    expect((screen.getByLabelText('Region') as HTMLInputElement).value).toBe('eu-central-1')
    type(screen.getByLabelText('Region'), 'cn-beijing')
    await choose(/^Account/, 'Profile Studio, Hangzhou')
    expect((screen.getByLabelText('Region') as HTMLInputElement).value).toBe('cn-beijing')
    fireEvent.keyDown(screen.getByRole('button', { name: /^Account/ }), { key: 'Enter' })
    expect((await screen.findAllByRole('menuitemradio')).map((one) => one.textContent)).toEqual([
      'Profile Studio, Hangzhou',
      'Profile Backups, Frankfurt',
      'A separate AccessKey',
    ])
  })

  test('keys that KMS lists are picked by alias or id; another place forgets the list', async () => {
    const fake = await opened()
    press('List keys')
    await called(fake, 'keys.listKms')
    await choose(/Keys in KMS/, /^alias\/studio/)
    expect((screen.getByLabelText('KMS key') as HTMLInputElement).value).toBe('alias/studio')
    type(screen.getByLabelText('Endpoint'), 'https://kms.example.com')
    expect(screen.queryByRole('button', { name: /Keys in KMS/ })).toBeNull()
  })

  test('an empty list says what to do, and a refused one says why', async () => {
    const fake = await opened((one) => {
      one.data.listed = []
    })
    press('List keys')
    expect(await screen.findByText(/KMS lists no keys/)).toBeTruthy()
    fake.refuse('keys.listKms', {
      code: 'bad-credentials',
      reason: 'unknown-key-id',
      requestId: '',
      service: 'kms',
    })
    press('List keys')
    expect(await screen.findByText(/KMS does not know this AccessKey ID/)).toBeTruthy()
  })

  test.each([
    ['{"team": 4}', true],
    ['["a"]', true],
    ['{"a":"b"', true],
    ['', true],
    ['{"team":"x"}', false],
  ])('a context of %s: off is %s', async (context, off) => {
    const fake = await opened()
    fill()
    fireEvent.click(screen.getByRole('radio', { name: 'Pairs' }))
    type(screen.getByRole('textbox', { name: 'Pairs' }), context)
    await waitFor(() => expect(isOff(/^Add$/)).toBe(off))
    if (off) return
    expect(
      screen.getByText(/^Only this app can read it: the OSS SDKs do not send this context to KMS/),
    ).toBeTruthy()
    press(/^Add$/)
    await called(fake, 'keys.addKms')
    expect(lastCall(fake, 'keys.addKms')).toMatchObject({ context, passphrase: null })
  })

  test('an own AccessKey and a passphrase reach the core once, and nothing of them stays in the page', async () => {
    const fake = await opened()
    fill()
    await choose(/^Account/, 'A separate AccessKey')
    expect(isOff(/^Add$/)).toBe(true)
    type(screen.getByLabelText('AccessKey ID'), 'LTAIown')
    type(screen.getByLabelText('AccessKey secret'), 'very-secret')
    type(screen.getByLabelText('STS token'), 'sts-secret')
    fireEvent.click(screen.getByRole('radio', { name: 'Passphrase' }))
    expect(isOff(/^Add$/)).toBe(true)
    const phrase = document.querySelector<HTMLInputElement>(
      'input[aria-label="Passphrase"]',
    ) as HTMLInputElement
    expect(phrase.type).toBe('password')
    type(phrase, 'oss2-secret')
    expect(screen.getByText(/choose “V2 as oss2 writes it”/)).toBeTruthy()
    press('List keys')
    await called(fake, 'keys.listKms')
    expect(lastCall(fake, 'keys.listKms')).toMatchObject({
      credential: {
        kind: 'own',
        accessKeyId: 'LTAIown',
        accessKeySecret: 'very-secret',
        securityToken: 'sts-secret',
      },
    })
    await waitFor(() => expect(isOff(/^Add$/)).toBe(false))
    press(/^Add$/)
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
    expect(lastCall(fake, 'keys.addKms')).toMatchObject({
      credential: { kind: 'own' },
      context: '',
      passphrase: 'oss2-secret',
    })
    const kept = () =>
      JSON.stringify([
        fake.client
          .getQueryCache()
          .getAll()
          .map((one) => [one.queryKey, one.state.data]),
        fake.client
          .getMutationCache()
          .getAll()
          .map((one) => one.state),
      ]) + document.documentElement.outerHTML
    await waitFor(() => expect(kept()).not.toMatch(/very-secret|sts-secret|oss2-secret/))
  })

  test('what KMS refuses is said, and what was typed stays; Enter tries again', async () => {
    const fake = await opened((one) =>
      one.refuse('keys.addKms', {
        code: 'kms-key',
        name: 'alias/studio',
        problem: 'disabled',
        requestId: '',
      }),
    )
    fill()
    await waitFor(() => expect(isOff(/^Add$/)).toBe(false))
    press(/^Add$/)
    expect(await alert()).toContain('The KMS key of alias/studio is disabled')
    expect((screen.getByLabelText('Name') as HTMLInputElement).value).toBe('Studio in KMS')
    fireEvent.keyDown(screen.getByLabelText('Name'), { key: 'Enter' })
    await waitFor(() =>
      expect(fake.calls.filter(({ name }) => name === 'keys.addKms')).toHaveLength(2),
    )
  })

  test('while the key is tried, Esc ends the trial and keeps the form; the next Esc closes', async () => {
    const fake = await opened((one) => {
      one.handlers['keys.addKms'] = (_, signal) =>
        new Promise((resolve) =>
          signal.addEventListener('abort', () => resolve(fail({ code: 'cancelled' }))),
        )
    })
    fill()
    await waitFor(() => expect(isOff(/^Add$/)).toBe(false))
    press(/^Add$/)
    const busy = await screen.findByRole('button', { name: 'Testing the key…' })
    expect(busy.getAttribute('aria-busy')).toBe('true')
    fireEvent.keyDown(screen.getByRole('dialog'), { key: 'Escape' })
    await screen.findByRole('button', { name: 'Add' })
    expect(screen.queryByRole('alert')).toBeNull()
    expect((screen.getByLabelText('KMS key') as HTMLInputElement).value).toBe(' alias/studio ')
    fireEvent.keyDown(screen.getByRole('dialog'), { key: 'Escape' })
    expect(screen.queryByRole('dialog')).toBeNull()
    expect(fake.data.keys.some(({ kind }) => kind === 'kms')).toBe(false)
  })
})

describe('account and endpoint', () => {
  const open = (key: MasterKey) => {
    let closed = 0
    const fake = mounted(<KeyAccountDialog masterKey={key} onClose={() => closed++} />, both)
    return { fake, closed: () => closed }
  }

  test('what is there stays by itself: account, passphrase, endpoint', async () => {
    const { fake, closed } = open(pipeline)
    expect(
      await screen.findByRole('button', {
        name: /Account Unchanged: AccessKey LTAI5tPipelineExample/,
      }),
    ).toBeTruthy()
    expect(screen.getByText('Stored. Leave empty to keep it.')).toBeTruthy()
    press('Save')
    await waitFor(() => expect(closed()).toBe(1))
    expect(lastCall(fake, 'keys.updateKms')).toEqual({
      id: 'k8',
      region: 'eu-central-1',
      endpoint: 'https://kms-vpc.eu-central-1.aliyuncs.com',
      credential: { kind: 'keep' },
      context: '',
      passphrase: null,
      keepPassphrase: true,
    })
  })

  test.each([
    ['None', { passphrase: null, keepPassphrase: false, context: '' }],
    ['Pairs', { passphrase: null, keepPassphrase: false, context: '{"a":"b"}' }],
    ['Passphrase', { passphrase: 'new', keepPassphrase: false, context: '' }],
  ])('another context: %s', async (kind, wanted) => {
    const { fake } = open(pipeline)
    fireEvent.click(await screen.findByRole('radio', { name: kind }))
    if (kind === 'Pairs') type(screen.getByRole('textbox', { name: 'Pairs' }), '{"a":"b"}')
    if (kind === 'Passphrase')
      type(document.querySelector('input[aria-label="Passphrase"]') as HTMLElement, 'new')
    press('Save')
    await called(fake, 'keys.updateKms')
    expect(lastCall(fake, 'keys.updateKms')).toMatchObject(wanted)
  })

  test('secrets that are lost are not kept: both are typed anew', async () => {
    const { fake, closed } = open({ ...pipeline, unavailable: 'secret-lost' })
    expect(((await screen.findByLabelText('AccessKey ID')) as HTMLInputElement).value).toBe(
      'LTAI5tPipelineExample',
    )
    expect(screen.queryByText(/Unchanged/)).toBeNull()
    type(screen.getByLabelText('AccessKey secret'), 's')
    expect(isOff(/^Save$/)).toBe(true)
    type(document.querySelector('input[aria-label="Passphrase"]') as HTMLElement, 'again')
    press('Save')
    await waitFor(() => expect(closed()).toBe(1))
    expect(lastCall(fake, 'keys.updateKms')).toMatchObject({
      credential: { kind: 'own', accessKeySecret: 's' },
      passphrase: 'again',
      keepPassphrase: false,
    })
  })

  test('an own AccessKey begins at the ID it has, and needs its secret', async () => {
    open(pipeline)
    await screen.findByRole('button', { name: /^Account Unchanged/ })
    await choose(/^Account/, 'A separate AccessKey')
    expect((screen.getByLabelText('AccessKey ID') as HTMLInputElement).value).toBe(
      'LTAI5tPipelineExample',
    )
    expect(isOff(/^Save$/)).toBe(true)
    type(screen.getByLabelText('AccessKey secret'), 's')
    expect(isOff(/^Save$/)).toBe(false)
  })
})

describe('add a program', () => {
  const open = (prepare?: (fake: Fake) => void) => {
    let closed = 0
    const fake = mounted(<KeyAddProgramDialog onClose={() => closed++} />, (one) => {
      one.picks.files = [grant('g7', 'wrap\u202e.sh')]
      prepare?.(one)
    })
    return { fake, closed: () => closed }
  }
  const fill = async () => {
    press(/^Program /)
    await screen.findByText('wrap⟨RLO⟩.sh')
    type(screen.getByLabelText('Arguments'), '--slot\n3 of 4\n\n')
    type(screen.getByLabelText('Wrap algorithm'), 'Studio/HSM')
    type(screen.getByLabelText('Name'), 'HSM')
    type(screen.getByLabelText('Key description'), '{"hsm":"1"}')
  }

  test('arguments are lines, the limit is chosen, and the program is given by its grant', async () => {
    const { fake, closed } = open()
    expect(screen.getByText('The program runs with your permissions')).toBeTruthy()
    expect(isOff(/^Add$/)).toBe(true)
    await fill()
    await choose(/^Time limit/, '60 seconds')
    await waitFor(() => expect(isOff(/^Add$/)).toBe(false))
    press(/^Add$/)
    await waitFor(() => expect(closed()).toBe(1))
    expect(lastCall(fake, 'keys.addCommand')).toEqual({
      program: 'g7',
      args: ['--slot', '3 of 4'],
      wrapAlgorithm: 'Studio/HSM',
      timeoutSeconds: 60,
      name: 'HSM',
      description: '{"hsm":"1"}',
      style: 'compact',
    })
  })

  test.each([
    'RSA/NONE/PKCS1Padding',
    'rsa/none/oaepwithsha-1andmgf1padding',
    'kms/alicloud',
    '地窖',
  ])('the name %s is not for programs', async (name) => {
    open()
    await fill()
    type(screen.getByLabelText('Wrap algorithm'), name)
    expect(screen.getByText(/not a name of RSA or KMS/)).toBeTruthy()
    await waitFor(() => expect(isOff(/^Add$/)).toBe(true))
  })

  test('a name that is taken, a cancelled choice and a program that fails each leave the dialog as it was', async () => {
    const { fake, closed } = open((one) =>
      one.refuse('keys.addCommand', {
        code: 'command-failed',
        name: 'HSM',
        problem: 'not-json',
        detail: '',
      }),
    )
    await fill()
    fake.picks.files = null
    press(/^Program /)
    expect(screen.getByText('wrap⟨RLO⟩.sh')).toBeTruthy()
    type(screen.getByLabelText('Name'), 'Studio 2026')
    expect(await screen.findByText(/Another key is named Studio 2026/)).toBeTruthy()
    expect(isOff(/^Add$/)).toBe(true)
    type(screen.getByLabelText('Name'), 'HSM')
    await waitFor(() => expect(isOff(/^Add$/)).toBe(false))
    press(/^Add$/)
    expect(await alert()).toContain('did not answer with one JSON object')
    expect(closed()).toBe(0)
  })
})

describe('what a key writes', () => {
  const options = async (key: MasterKey) => {
    mounted(<KeyEditDialog masterKey={key} onClose={() => undefined} />, both)
    const field = screen.queryByRole('button', { name: /^Write format/ })
    if (field === null) return null
    fireEvent.keyDown(field, { key: 'Enter' })
    return (await screen.findAllByRole('menuitemradio')).map((one) => one.textContent)
  }

  test('RSA', async () => {
    expect(await options(keys[0] as MasterKey)).toEqual([
      'V2, for every OSS SDK',
      'V2 with OAEP, for oss2 only',
      'V1, for old Python readers',
    ])
  })
  test('KMS', async () => {
    expect(await options(inKms)).toEqual([
      'V2, for the Go, Java and Python V2 SDKs',
      'V2 as oss2 writes it',
      'V1, for old Python readers',
      'KMS Encryption SDK, header in the metadata',
      'KMS Encryption SDK, one whole message',
    ])
  })
  test('a program has no choice', async () => {
    expect(await options(hsm)).toBeNull()
  })

  test('anything but the usual says who can read it, and is saved', async () => {
    const fake = mounted(<KeyEditDialog masterKey={inKms} onClose={() => undefined} />, both)
    expect(screen.queryByText(/^Only /)).toBeNull()
    await choose(/^Write format/, /one whole message/)
    expect(screen.getByText(/The metadata does not say that the object is encrypted/)).toBeTruthy()
    await waitFor(() => expect(isOff(/^Save$/)).toBe(false))
    press('Save')
    await called(fake, 'keys.update')
    expect(lastCall(fake, 'keys.update')).toMatchObject({ id: 'k7', writes: 'sdk-message' })
  })
})

describe('delete', () => {
  test.each([
    [
      'k7',
      'Only the entry on this computer is deleted. The key stays in KMS, and can be added again.',
      0,
    ],
    ['k8', 'Its passphrase is deleted too and cannot be shown.', 1],
    ['k9', 'The program stays, and can be added again.', 0],
  ])('%s: only the entry goes, and still by its name', async (id, words, alerts) => {
    const { fake } = await page(id)
    const key = remoteKeys.find((one) => one.id === id) as MasterKey
    press('Delete…')
    const dialog = within(
      screen.getByRole('dialog', { name: `Delete “${key.name}” from this computer?` }),
    )
    expect(screen.getByRole('dialog').textContent).toContain(words)
    expect(dialog.queryAllByRole('alert')).toHaveLength(alerts)
    expect(dialog.queryByRole('button', { name: 'Back up first…' })).toBeNull()
    expect(isOff(/^Delete entry$/)).toBe(true)
    type(await dialog.findByLabelText('Enter the name of the key to confirm'), key.name)
    press('Delete entry')
    await called(fake, 'keys.remove')
    expect(lastCall(fake, 'keys.remove')).toEqual({ id, confirmName: key.name, successorId: null })
  })
})
