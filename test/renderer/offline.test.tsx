// @vitest-environment happy-dom
import { act, screen, waitFor } from '@testing-library/react'
import { beforeEach, describe, expect, test } from 'vitest'
import { ok, type AppError } from '../../shared/contract/errors.ts'
import type { Encryption } from '../../shared/contract/models.ts'
import type { OfflineItem, Transfer } from '../../shared/contract/models-transfers.ts'
import { OfflinePage } from '../../renderer/features/offline/offline-page.tsx'
import { rowStateOf } from '../../renderer/features/offline/offline-state.ts'
import { useOffline } from '../../renderer/state/offline.ts'
import {
  facts,
  foreignKms,
  foreignProgram,
  kmsV2,
  oldV1,
  remoteKeys,
  resplit,
  transfer,
  whole,
} from './fake-data.ts'
import { grant, type Fake } from './fake-bridge.ts'
import { called, choose, lastCall, mounted, press, type } from './mounted.tsx'

const payrollFacts = facts('{"team":"payroll"}')
const encrypted: Encryption = {
  state: 'encrypted',
  keyId: 'k1',
  keyName: 'Studio 2026',
  keyKind: 'rsa',
  facts: payrollFacts,
}
const nokey: Encryption = { state: 'nokey', facts: payrollFacts }
const item = (name: string, over: Partial<OfflineItem> = {}): OfflineItem => ({
  blob: grant(name, name, 'file', 1000),
  envelope: { name: `${name}.ossenv.json`, source: 'beside', grant: null },
  encryption: encrypted,
  error: null,
  expectedSize: 1000,
  ...over,
})
const moved = (over: Partial<Transfer>) =>
  transfer({
    id: 't1',
    name: 'a.pdf',
    kind: 'decrypt',
    phase: 'running',
    total: 1000,
    order: 1,
    ...over,
  })

/** The core pairs what is given and answers the same when it is looked at again. */
const serve = (fake: Fake, items: readonly OfflineItem[]) => {
  fake.handlers['offline.pair'] = async () => ok(items)
  fake.handlers['offline.inspect'] = async ({ blob }) =>
    ok(items.find((one) => one.blob?.id === blob) ?? item('?'))
}

beforeEach(() => useOffline.setState({ rows: [], target: null, keyId: '' }))

const wrong: AppError = { code: 'wrong-master-key', tried: ['Studio 2026'] }
describe('what a row says', () => {
  test.each<[string, OfflineItem, Transfer | undefined, AppError | null, boolean, string]>([
    ['whole', item('a'), undefined, null, false, 'ready'],
    [
      'no envelope',
      item('a', { envelope: null, encryption: null }),
      undefined,
      null,
      false,
      'no-envelope',
    ],
    [
      'an envelope alone',
      item('a', { blob: null, encryption: null }),
      undefined,
      null,
      false,
      'no-blob',
    ],
    ['unknown description', item('a', { encryption: nokey }), undefined, null, false, 'no-key'],
    [
      'unknown description, key forced',
      item('a', { encryption: nokey }),
      undefined,
      null,
      true,
      'ready',
    ],
    [
      'torn envelope',
      item('a', {
        encryption: { state: 'broken', header: 'start', problem: 'invalid', present: [] },
      }),
      undefined,
      null,
      false,
      'broken',
    ],
    [
      'torn envelope, key forced',
      item('a', {
        encryption: { state: 'broken', header: 'start', problem: 'invalid', present: [] },
      }),
      undefined,
      null,
      true,
      'broken',
    ],
    [
      'envelope file that is none',
      item('a', {
        encryption: null,
        error: { code: 'not-an-envelope', header: 'key', problem: 'missing' },
      }),
      undefined,
      null,
      false,
      'broken',
    ],
    [
      'never encrypted',
      item('a', { encryption: { state: 'plain' } }),
      undefined,
      null,
      false,
      'plain',
    ],
    [
      'later format',
      item('a', { encryption: { state: 'later', format: 'v1', facts: null } }),
      undefined,
      null,
      false,
      'failed',
    ],
    [
      'short file',
      item('a', { error: { code: 'size-differs', expected: 10, actual: 5 } }),
      undefined,
      null,
      false,
      'failed',
    ],
    ['refused at the start', item('a'), undefined, wrong, false, 'failed'],
    ['running', item('a'), moved({}), null, false, 'moving'],
    ['paused', item('a'), moved({ phase: 'paused' }), null, false, 'paused'],
    ['done', item('a'), moved({ phase: 'done' }), null, false, 'done'],
    [
      'failed on the way',
      item('a'),
      moved({ phase: 'failed', error: wrong }),
      null,
      false,
      'failed',
    ],
    [
      'key unknown on the way',
      item('a'),
      moved({ phase: 'needs-user', error: { code: 'unknown-master-key', description: '' } }),
      null,
      false,
      'no-key',
    ],
  ])('%s', (_, one, moving, refused, forced, kind) => {
    expect(rowStateOf(one, moving, refused, forced).kind).toBe(kind)
  })
})

test('chosen files are paired, decrypted into the picked folder, never over an existing file', async () => {
  const fake = mounted(<OfflinePage />, (one) => serve(one, [item('a.pdf')]))
  press('Choose files…')
  expect(await screen.findByText('Ready to decrypt')).toBeTruthy()
  press('Decrypt 1 file')
  await called(fake, 'offline.start')
  expect(lastCall(fake, 'offline.start')).toEqual({
    blob: 'a.pdf',
    envelope: null,
    envelopeText: null,
    keyIds: [],
    target: 'g3',
    fileName: null,
    existing: 'rename',
    repair: false,
  })
  fake.emit('transfers.changed', [
    moved({
      id: 'offline-1',
      phase: 'done',
      outcome: {
        encrypted: true,
        checksum: 'matches',
        tag: 'none',
        savedAs: '/x/a.pdf',
        skipped: false,
      },
    }),
  ])
  expect(await screen.findByText('Decrypted, checksum matches')).toBeTruthy()
  expect(document.body.textContent).not.toMatch(/verified|authentic/)
})

test('a cancelled folder question starts nothing', async () => {
  const fake = mounted(<OfflinePage />, (one) => {
    serve(one, [item('a.pdf')])
    one.picks.target = null
  })
  press('Choose files…')
  await screen.findByText('Ready to decrypt')
  press('Decrypt 1 file')
  await waitFor(() => expect(useOffline.getState().target).toBeNull())
  expect(lastCall(fake, 'offline.start')).toBeUndefined()
})

test('halves that are alone are paired again with what comes later', async () => {
  const fake = mounted(<OfflinePage />, (one) => {
    serve(one, [
      item('a.pdf', { envelope: null, encryption: null }),
      item('b', {
        blob: null,
        envelope: { name: 'b.ossenv.json', source: 'dropped', grant: 'e1' },
        encryption: null,
      }),
    ])
    one.picks.files = [grant('a.pdf', 'a.pdf')]
  })
  press('Choose files…')
  expect(await screen.findByText(/No encryption headers\. Drop the \.ossenv\.json/)).toBeTruthy()
  expect(screen.getByText(/Encryption headers without a file/)).toBeTruthy()
  fake.picks.files = [grant('g9', 'a.pdf.ossenv.json')]
  serve(fake, [item('a.pdf')])
  press('Choose files…')
  expect(await screen.findByText('Ready to decrypt')).toBeTruthy()
  expect(lastCall(fake, 'offline.pair')).toEqual({ grants: ['a.pdf', 'e1', 'g9'] })
  expect(screen.queryByText(/Encryption headers without a file/)).toBeNull()
})

test('a missing key is asked for by its description, and a new key is noticed', async () => {
  const fake = mounted(<OfflinePage />, (one) =>
    serve(one, [item('payroll.xlsx', { encryption: nokey })]),
  )
  press('Choose files…')
  expect(await screen.findByText('No master key here has this description')).toBeTruthy()
  press('Import key…')
  expect(screen.getByRole('heading', { name: 'Import a master key' })).toBeTruthy()
  press('Cancel')
  serve(fake, [item('payroll.xlsx')])
  fake.emit('keys.changed', fake.data.keys.slice(1))
  expect(await screen.findByText('Ready to decrypt')).toBeTruthy()
})

test('pasted headers that are no envelope stay in the dialog; good ones become a row', async () => {
  const fake = mounted(<OfflinePage />, (one) => {
    one.handlers['offline.inspect'] = async () =>
      ok(
        item('g1', {
          encryption: null,
          error: { code: 'envelope-file', file: '', problem: 'missing', header: 'key', count: 1 },
        }),
      )
  })
  press('Paste headers…')
  type(screen.getByLabelText('Headers'), '{"x":')
  expect(screen.queryByText(/This is not JSON/)).toBeNull()
  type(screen.getByLabelText('Headers'), '{"x": "y"}')
  press(/Choose a file…/)
  await screen.findByText('签字页.pdf')
  press('Use these headers')
  expect(await screen.findByText(/The pasted text does not hold the wrapped data key/)).toBeTruthy()
  fake.handlers['offline.inspect'] = async () =>
    ok(item('g1', { envelope: { name: '', source: 'pasted', grant: null } }))
  type(screen.getByLabelText('Headers'), '{"x": "z"}')
  press('Use these headers')
  expect(await screen.findByText('Ready to decrypt')).toBeTruthy()
  expect(screen.getByText('pasted')).toBeTruthy()
})

describe('keys elsewhere', () => {
  const shown = async (items: readonly OfflineItem[]) => {
    const fake = mounted(<OfflinePage />, (one) => {
      one.data.keys = [...one.data.keys, ...remoteKeys]
      serve(one, items)
    })
    press('Choose files…')
    await screen.findByRole('table')
    return fake
  }
  const program: Encryption = {
    ...kmsV2,
    keyId: 'k9',
    keyName: 'HSM in the cellar',
    keyKind: 'command',
    facts: foreignProgram.facts,
  }

  test('the badge says what is true of the rows, and goes on saying it when they are done', async () => {
    const fake = await shown([
      item('a.pdf'),
      item('kms.pdf', { encryption: kmsV2 }),
      item('kms2.pdf', { encryption: kmsV2 }),
    ])
    expect(screen.getByText('Network: KMS calls for 2 files, nothing else')).toBeTruthy()
    expect(screen.getAllByText('Ready. Needs the network for 2 KMS calls only.')).toHaveLength(2)
    expect(screen.queryByText('This page uses no network')).toBeNull()
    press('Decrypt 3 files')
    await called(fake, 'offline.start')
    act(() =>
      fake.emit('transfers.changed', [
        moved({
          id: 'offline-1',
          phase: 'done',
          outcome: {
            encrypted: true,
            checksum: 'matches',
            tag: 'none',
            savedAs: '/x',
            skipped: false,
          },
        }),
      ]),
    )
    await screen.findAllByText('Decrypted, checksum matches')
    expect(screen.getByText('Network: KMS calls for 2 files, nothing else')).toBeTruthy()
  })

  test('rows that need no key elsewhere leave the promise as it was', async () => {
    await shown([item('a.pdf'), item('payroll.xlsx', { encryption: foreignKms })])
    expect(screen.getByText('This page uses no network')).toBeTruthy()
  })

  test('a program may do as it likes, so the badge says that one runs', async () => {
    await shown([item('a.bin', { encryption: program })])
    expect(screen.getByText('No network, but your program runs')).toBeTruthy()
    expect(screen.getByText('Ready. The program of its key is run.')).toBeTruthy()
  })

  test('a forced key in KMS asks KMS for what KMS wrapped, and for nothing else', async () => {
    await shown([item('a.pdf'), item('payroll.xlsx', { encryption: foreignKms })])
    await choose(/^Master key /, /^Studio in KMS/)
    expect(await screen.findByText('Network: KMS calls for 1 file, nothing else')).toBeTruthy()
    await choose(/^Master key /, /^Studio 2026/)
    expect(await screen.findByText('This page uses no network')).toBeTruthy()
  })

  test('a whole message has its envelope inside, and its tag is told of', async () => {
    const fake = await shown([
      item('m.dat', { encryption: whole, envelope: { name: '', source: 'inside', grant: null } }),
    ])
    expect(screen.getByText('inside the file')).toBeTruthy()
    expect(screen.getByText('Ready. Needs the network for 1 KMS call only.')).toBeTruthy()
    press('Decrypt 1 file')
    await called(fake, 'offline.start')
    expect(lastCall(fake, 'offline.start')).toMatchObject({
      envelope: null,
      envelopeText: null,
      repair: false,
    })
    act(() =>
      fake.emit('transfers.changed', [
        moved({
          id: 'offline-1',
          phase: 'done',
          outcome: {
            encrypted: true,
            checksum: 'absent',
            tag: 'verified',
            savedAs: '/x',
            skipped: false,
          },
        }),
      ]),
    )
    expect(await screen.findByText('Decrypted, tag verified')).toBeTruthy()
  })

  test.each<[string, Encryption, string, string]>([
    ['a key in KMS', foreignKms, 'Add key in KMS…', 'Add a key in KMS'],
    ['a program', foreignProgram, 'Add program…', 'Add a program as master key'],
  ])('%s that is missing is added, not imported', async (_, encryption, act, title) => {
    await shown([item('x.bin', { encryption })])
    expect(screen.queryByRole('button', { name: 'Import key…' })).toBeNull()
    press(act)
    expect(await screen.findByRole('dialog', { name: title })).toBeTruthy()
  })

  test('what a Java SDK may have spoilt is decrypted repaired on request, before and after', async () => {
    const fake = await shown([item('scan.e57', { encryption: resplit })])
    press('decrypt it repaired')
    await called(fake, 'offline.start')
    expect(lastCall(fake, 'offline.start')).toMatchObject({ repair: true })
    act(() =>
      fake.emit('transfers.changed', [
        moved({
          id: 'offline-1',
          phase: 'done',
          outcome: {
            encrypted: true,
            checksum: 'matches',
            tag: 'none',
            savedAs: '/x',
            skipped: false,
          },
        }),
      ]),
    )
    await screen.findByText(/Decrypted, checksum matches/)
    expect(screen.getByRole('button', { name: 'decrypt it repaired' })).toBeTruthy()
  })

  test('an envelope that names no key is tried with all of them', async () => {
    const fake = await shown([
      item('old.csv', { encryption: { state: 'nokey', facts: oldV1.facts } }),
    ])
    expect(screen.getByText(/The encryption headers do not name a master key\./)).toBeTruthy()
    expect(screen.getByRole('button', { name: 'Import key…' })).toBeTruthy()
    press('Try all your keys')
    await called(fake, 'offline.start')
    expect(lastCall(fake, 'offline.start')).toMatchObject({ blob: 'old.csv', keyIds: [] })
  })

  test('KMS that refuses is said in the row, which can be tried again', async () => {
    const fake = await shown([item('kms.pdf', { encryption: kmsV2 })])
    fake.refuse('offline.start', {
      code: 'unreachable',
      host: 'kms.cn-hangzhou.aliyuncs.com',
      reason: 'ENOTFOUND',
    })
    press('Decrypt 1 file')
    expect(await screen.findByText(/kms\.cn-hangzhou\.aliyuncs\.com did not answer/)).toBeTruthy()
    expect(screen.getByRole('button', { name: 'Try again' })).toBeTruthy()
  })
})
