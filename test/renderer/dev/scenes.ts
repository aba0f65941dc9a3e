import { go, setFilter, setPanes } from '../../../renderer/state/ui.ts'
import { ask, notify } from '../../../renderer/state/work.ts'
import { dispatchSelection } from '../../../renderer/state/selection.ts'
import { chosenOf, chosenRows } from '../../../renderer/queries/chosen.ts'
import { showTab } from '../../../renderer/state/transfers-tab.ts'
import { recordSpeed } from '../../../renderer/state/speed.ts'
import { useDropTarget } from '../../../renderer/features/objects/upload/drop-target.ts'
import { setPaired } from '../../../renderer/state/offline.ts'
import { ok } from '../../../shared/contract/errors.ts'
import type { Encryption } from '../../../shared/contract/models.ts'
import type {
  OfflineItem,
  Transfer,
  UploadPlan,
} from '../../../shared/contract/models-transfers.ts'
import type { AppError } from '../../../shared/contract/errors.ts'
import { grant, type Fake } from '../fake-bridge.ts'
import {
  firstRunData,
  foreignKms,
  foreignProgram,
  kmsV2,
  leftovers,
  manyFiles,
  oldV1,
  payroll,
  remoteKeys,
  resplit,
  row,
  split,
  studio as studioState,
  studioData,
  today,
  transfer,
  transfers,
  whole,
  type FakeData,
} from '../fake-data.ts'

export interface Scene {
  readonly data: () => FakeData
  readonly before?: (fake: Fake) => void
  /** Runs once the window stands. */
  readonly after?: (fake: Fake) => void
}

const C = 'contracts/2026/'
const here = { profileId: 'p1', bucket: 'lanstone-archive', prefix: C }
const manyOf = (total: number, done: number, change = {}) => ({
  total,
  counting: false,
  done,
  skipped: 0,
  failed: 0,
  ...change,
})
/** Transfers over a selection, one of each kind. */
const bulk: readonly Transfer[] = [
  transfer({
    id: 'bulk1',
    kind: 'delete',
    name: 'site-survey-2026',
    target: 'lanstone-archive/contracts',
    total: 0,
    keyName: null,
    files: manyOf(200_000, 61_000, { counting: true }),
  }),
  transfer({
    id: 'bulk2',
    kind: 'move',
    name: '2025 + 311',
    target: 'lanstone-archive/old',
    order: 2,
    done: 1.1e12,
    total: 4.1e12,
    speed: 38.4e6,
    secondsLeft: 78_000,
    keyName: null,
    files: manyOf(184_220, 51_004, { skipped: 12 }),
  }),
  transfer({
    id: 'bulk3',
    kind: 'download',
    name: 'contracts',
    target: 'Downloads',
    order: 3,
    phase: 'paused',
    done: 2e9,
    total: 96e9,
    keyName: null,
    files: manyOf(12_040, 201),
  }),
  transfer({
    id: 'bulk4',
    kind: 'delete',
    name: 'tmp',
    target: 'lanstone-archive',
    order: 4,
    phase: 'failed',
    total: 0,
    keyName: null,
    error: { code: 'not-deleted', count: 3, of: 1000, key: 'tmp/legal-hold/a.pdf' },
    files: manyOf(2000, 1000, { failed: 3 }),
  }),
  transfer({
    id: 'bulk5',
    kind: 'count',
    name: 'lanstone-archive',
    target: 'lanstone-archive',
    order: 5,
    phase: 'done',
    total: 4.1e12,
    keyName: null,
    files: manyOf(1_204_220, 1_204_220),
    outcome: {
      encrypted: true,
      checksum: 'matches',
      tag: 'none',
      savedAs: null,
      skipped: false,
      many: { objects: 1_204_220, skipped: 0 },
    },
  }),
  transfer({
    id: 'bulk6',
    kind: 'delete',
    name: 'old-drafts',
    target: 'lanstone-archive',
    order: 6,
    phase: 'done',
    total: 0,
    keyName: null,
    files: manyOf(200_000, 200_000, { skipped: 2 }),
    outcome: {
      encrypted: true,
      checksum: 'matches',
      tag: 'none',
      savedAs: null,
      skipped: false,
      many: { objects: 200_000, skipped: 2 },
    },
  }),
]
const chosenKeys = (...keys: string[]) => {
  const rows = keys.map((key) => ({
    key,
    kind: key.endsWith('/') ? ('folder' as const) : ('file' as const),
    size: 0,
    modified: '',
    etag: '',
    storageClass: '',
  }))
  return chosenRows(here, rows)
}
/** Everything in the folder but these. */
const everything = (...except: string[]) =>
  chosenOf(
    here,
    { ...here, depth: 'level' },
    { keys: new Set(except), all: true },
    { total: 10, buckets: [] },
  )
const browsing = () => ({ ...studioData(), transfers })
const select = (...names: string[]) => {
  const keys = names.map((name) => C + name)
  dispatchSelection({ type: 'point', key: keys[0] ?? '', toggle: false })
  for (const key of keys.slice(1)) dispatchSelection({ type: 'point', key, toggle: true })
}
const open = (fake: Fake) => {
  go({ page: 'objects', place: here })
  setPanes({ panelOpen: true })
  for (let i = 60; i >= 0; i--)
    recordSpeed(
      44e6 + 5e6 * Math.sin(i / 3) - (Math.abs(i - 34) < 4 ? 26e6 : 0),
      Date.now() - i * 1000,
    )
  void fake
}
async function sheet(fake: Fake, change: Partial<UploadPlan> = {}): Promise<void> {
  const plan = await fake.shell.bridge.call('uploads.plan', { ...here, grants: ['g1', 'g2', 'g3'] })
  if (!plan.ok) return
  fake.emit('plan.changed', { ...plan.value, ...change })
  ask({ kind: 'upload', planId: plan.value.id, grants: [] })
}
const failing = (error: AppError): Scene => ({
  data: studioData,
  before: (fake) => fake.refuse('objects.list', error),
  after: () => go({ page: 'objects', place: here }),
})
const SIGNED =
  '2026-09-14_Master-Services-Agreement_Lanstone-Design_and_Hafenkontor-Logistik-GmbH_v7_signed.pdf'

/** A folder with objects in every format, and keys of every kind. */
const everyFormat = (): FakeData => {
  const data = studioData()
  const objects = {
    'kms.pdf': kmsV2,
    'old-python.csv': oldV1,
    'split.bin': split,
    'resplit.e57': resplit,
    'payroll-kms.xlsx': foreignKms,
    'attic.bin': foreignProgram,
    'message.dat': { state: 'plain' },
    'foreign-message.dat': { state: 'plain' },
  } as const
  for (const [name, state] of Object.entries(objects)) data.encryption[C + name] = state
  const rows = Object.keys(objects).map((name, i) =>
    row(C + name, 48_377 + i * 91_013, today('01:00')),
  )
  return {
    ...data,
    keys: [...data.keys, ...remoteKeys],
    rows: { ...data.rows, 'lanstone-archive/contracts/2026/': rows },
    messages: {
      [`${C}message.dat`]: whole,
      [`${C}foreign-message.dat`]: { state: 'nokey', facts: whole.facts },
    },
  }
}
const blob = (
  name: string,
  encryption: Encryption,
  over: Partial<OfflineItem> = {},
): OfflineItem => ({
  blob: grant(name, name, 'file', 48_377),
  envelope: { name: `${name}.ossenv.json`, source: 'beside', grant: null },
  encryption,
  error: null,
  expectedSize: 48_377,
  ...over,
})
const offlineItems = [
  blob('minutes-2026.pdf', studioState),
  blob('kms.pdf', kmsV2),
  blob('message.dat', whole, { envelope: { name: '', source: 'inside', grant: null } }),
  blob('resplit.e57', resplit),
  blob('payroll-kms.xlsx', foreignKms),
  blob('attic.bin', foreignProgram),
  blob('sm4.bin', { state: 'later', format: 'sdk-sm4', facts: null }),
]
const chosen = (name: string): Scene => ({
  data: everyFormat,
  after: (fake) => {
    open(fake)
    select(name)
  },
})

const everyPhase = [
  ...manyFiles,
  transfer({
    id: 'b2',
    name: 'new folder',
    order: 21,
    done: 1.2e9,
    total: 5e9,
    speed: 12e6,
    files: { total: 20_412, counting: true, done: 311, skipped: 0, failed: 0 },
  }),
  transfer({
    id: 'p1',
    name: 'closed-key.bin',
    order: 22,
    kind: 'download',
    target: 'Downloads',
    phase: 'needs-master-key',
    done: 8e6,
    total: 90e6,
    error: { code: 'unknown-master-key', description: '{"team":"payroll"}' },
  }),
  transfer({
    id: 'p2',
    name: 'token-over.bin',
    order: 23,
    phase: 'needs-credentials',
    done: 41e6,
    total: 90e6,
    error: { code: 'bad-credentials', reason: 'expired', requestId: '' },
  }),
  transfer({
    id: 'p3',
    name: 'no-cable.bin',
    order: 24,
    phase: 'needs-network',
    done: 41e6,
    total: 90e6,
    retryAt: new Date(Date.now() + 48_000).toISOString(),
    error: { code: 'unreachable', host: 'oss-cn-hangzhou.aliyuncs.com', reason: 'ETIMEDOUT' },
  }),
  transfer({
    id: 'p4',
    name: 'full-disk.bin',
    order: 25,
    kind: 'download',
    target: 'Downloads',
    phase: 'needs-user',
    done: 41e6,
    total: 90e6,
    error: { code: 'disk-full', path: '/home/chenxi/Downloads/full-disk.bin', needed: 49e6 },
  }),
  transfer({
    id: 'p5',
    name: 'rewritten.bin',
    order: 26,
    done: 4e6,
    total: 90e6,
    restarted: 'source-changed',
    parts: 11,
    speed: 4e6,
    secondsLeft: 21,
  }),
  transfer({
    id: 'p6',
    name: 'name-taken.bin',
    order: 27,
    phase: 'needs-user',
    error: { code: 'object-exists', key: `${C}name-taken.bin` },
  }),
  ...transfers,
]
const many = (length: number) =>
  Array.from({ length }, (_, i) =>
    transfer({
      id: `f${i}`,
      name: `scan-${String(i).padStart(6, '0')} 扫描件.pdf`,
      order: i,
      phase: i < 4 ? 'running' : i % 5 === 0 ? 'done' : 'waiting',
      total: 4_100_000,
      ...(i % 5 === 0 &&
        i > 3 && {
          outcome: {
            encrypted: true,
            checksum: 'matches' as const,
            tag: 'none' as const,
            savedAs: null,
            skipped: false,
          },
        }),
    }),
  )

export const scenes = {
  settings: {
    data: () => ({
      ...studioData(),
      settings: {
        ...studioData().settings,
        speedLimit: 2_000_000,
        window: { from: 22 * 60, to: 7 * 60 },
      },
    }),
    after: () => go({ page: 'settings' }),
  },
  'keys-none': { data: () => ({ ...studioData(), keys: [] }), after: () => go({ page: 'keys' }) },
  'keys-all': { data: everyFormat, after: () => go({ page: 'keys' }) },
  'keys-failing': {
    data: everyFormat,
    before: (fake) => {
      fake.refuse('keys.addKms', {
        code: 'kms-key',
        name: 'alias/studio',
        problem: 'cannot-open',
        requestId: '',
      })
      fake.refuse('keys.listKms', {
        code: 'bad-credentials',
        reason: 'wrong-secret',
        requestId: '',
        service: 'kms',
      })
    },
    after: () => go({ page: 'keys' }),
  },
  'format-kms': chosen('kms.pdf'),
  'format-v1': chosen('old-python.csv'),
  'format-split': chosen('split.bin'),
  'format-resplit': chosen('resplit.e57'),
  'format-nokey-kms': chosen('payroll-kms.xlsx'),
  'format-nokey-program': chosen('attic.bin'),
  'format-message': chosen('message.dat'),
  'format-message-nokey': chosen('foreign-message.dat'),
  'offline-formats': {
    data: everyFormat,
    before: (fake) => {
      fake.handlers['offline.inspect'] = async (input) =>
        ok(
          offlineItems.find((item) => item.blob?.id === input.blob) ??
            blob(input.blob, studioState),
        )
    },
    after: () => {
      go({ page: 'offline' })
      setPaired(offlineItems)
    },
  },
  'drop-kms': {
    data: () => ({
      ...everyFormat(),
      profiles: everyFormat().profiles.map((one) => ({ ...one, defaultKey: 'k8' })),
    }),
    after: (fake) => {
      open(fake)
      void sheet(fake, { conflicts: [], conflictCount: 0 })
    },
  },
  'first-run': { data: firstRunData },
  browse: {
    data: browsing,
    after: (fake) => {
      open(fake)
      select(SIGNED)
    },
  },
  folder: { data: browsing, after: open },
  several: {
    data: browsing,
    after: (fake) => {
      open(fake)
      select(SIGNED, '🎉 release party 照片.zip', 'NDA Müller & Søn, ελληνική μετάφραση.pdf')
    },
  },
  mixed: {
    data: browsing,
    after: (fake) => {
      open(fake)
      select(SIGNED, 'README.txt', 'payroll-2026-10.xlsx', 'Q3 附件/')
    },
  },
  drop: {
    data: browsing,
    after: (fake) => {
      open(fake)
      void sheet(fake)
    },
  },
  'drop-counting': {
    data: browsing,
    after: (fake) => {
      open(fake)
      void sheet(fake, {
        phase: 'counting',
        files: 412,
        bytes: 2.2e9,
        conflicts: [],
        conflictCount: 0,
      })
    },
  },
  'drop-no-key': {
    data: () => ({ ...studioData(), keys: [] }),
    after: (fake) => {
      open(fake)
      void sheet(fake, {
        leftOut: [{ path: 'Hafenkontor 交付包 2026-11/link', reason: 'symlink' }],
      })
    },
  },
  drag: {
    data: browsing,
    after: (fake) => {
      open(fake)
      useDropTarget.setState({ target: here, folder: null })
    },
  },
  'drag-folder': {
    data: browsing,
    after: (fake) => {
      open(fake)
      const over = { ...here, prefix: `${C}signed/` }
      useDropTarget.setState({ target: over, folder: over })
    },
  },
  transfers: {
    data: browsing,
    after: (fake) => {
      open(fake)
      go({ page: 'transfers' })
    },
  },
  'transfers-phases': {
    data: () => ({ ...studioData(), transfers: everyPhase }),
    after: (fake) => {
      open(fake)
      go({ page: 'transfers' })
    },
  },
  'panel-phases': {
    data: () => ({ ...studioData(), transfers: everyPhase }),
    after: (fake) => {
      open(fake)
      setPanes({ panel: 470 })
    },
  },
  'transfers-500': {
    data: () => ({ ...studioData(), transfers: many(500) }),
    after: (fake) => {
      open(fake)
      go({ page: 'transfers' })
    },
  },
  'transfers-50k': {
    data: () => ({ ...studioData(), transfers: many(50_000) }),
    after: (fake) => {
      open(fake)
      go({ page: 'transfers' })
    },
  },
  decide: {
    data: () => ({ ...studioData(), transfers: everyPhase }),
    after: (fake) => {
      open(fake)
      go({ page: 'transfers' })
      ask({ kind: 'decide-transfer', id: 'b1.7' })
    },
  },
  leftovers: {
    data: () => ({ ...browsing(), leftovers }),
    after: (fake) => {
      open(fake)
      go({ page: 'transfers' })
      showTab('leftovers')
    },
  },
  'leftovers-empty': {
    data: browsing,
    after: (fake) => {
      open(fake)
      go({ page: 'transfers' })
      showTab('leftovers')
    },
  },
  'leftovers-loading': {
    data: browsing,
    before: (fake) => {
      fake.handlers['leftovers.list'] = () => new Promise(() => undefined)
    },
    after: (fake) => {
      open(fake)
      go({ page: 'transfers' })
      showTab('leftovers')
    },
  },
  'leftovers-denied': {
    data: browsing,
    before: (fake) =>
      fake.refuse('leftovers.list', {
        code: 'access-denied',
        action: 'oss:ListMultipartUploads',
        ossCode: 'AccessDenied',
        ec: '',
        requestId: '6740F3B1A2C84E3937C1D20E',
      }),
    after: (fake) => {
      open(fake)
      go({ page: 'transfers' })
      showTab('leftovers')
    },
  },
  'transfers-empty': { data: studioData, after: () => go({ page: 'transfers' }) },
  'unknown-key': {
    data: browsing,
    after: (fake) => {
      open(fake)
      select('payroll-2026-10.xlsx')
    },
  },
  'wrong-key': {
    data: () => ({
      ...browsing(),
      encryption: {
        ...studioData().encryption,
        [`${C}税务申报表-2026-Q3.xlsx`]: {
          ...payroll,
          facts: { ...payroll.facts, description: '{"team":"studio","year":"2026"}' },
        },
      },
    }),
    after: (fake) => {
      open(fake)
      select('税务申报表-2026-Q3.xlsx')
      notify({
        about: '税务申报表-2026-Q3.xlsx',
        error: { code: 'wrong-master-key', tried: ['Studio 2026'] },
        text: null,
        object: { place: here, key: `${C}税务申报表-2026-Q3.xlsx` },
      })
    },
  },
  damaged: {
    data: browsing,
    after: (fake) => {
      open(fake)
      select('board-minutes-2026-08.pdf')
    },
  },
  later: {
    data: browsing,
    after: (fake) => {
      open(fake)
      select('lease-renewal-Unit-4B.pdf')
    },
  },
  plain: {
    data: browsing,
    after: (fake) => {
      open(fake)
      select('README.txt')
    },
  },
  connection: failing({
    code: 'unreachable',
    host: 'oss-cn-hangzhou.aliyuncs.com',
    reason: 'ETIMEDOUT',
  }),
  clock: failing({ code: 'clock', minutes: 22, requestId: '6740F3B1A2C84E3937C1D20E' }),
  keychain: {
    ...failing({ code: 'keychain-locked' }),
    data: () => ({
      ...studioData(),
      secrets: { ...studioData().secrets, state: 'locked' as const },
    }),
  },
  denied: failing({
    code: 'access-denied',
    action: 'oss:ListObjects',
    ossCode: 'AccessDenied',
    ec: '0003-00000001',
    requestId: '6740F3B1A2C84E3937C1D20E',
  }),
  'empty-folder': {
    data: studioData,
    after: () =>
      go({ page: 'objects', place: { profileId: 'p2', bucket: 'eu-nightly', prefix: '' } }),
  },
  'no-match': {
    data: studioData,
    after: () => {
      go({ page: 'objects', place: here })
      setFilter('Hafenkontrol')
    },
  },
  loading: {
    data: studioData,
    before: (fake) => {
      fake.handlers['objects.list'] = () => new Promise(() => undefined)
    },
    after: () => go({ page: 'objects', place: here }),
  },
  delete: {
    data: browsing,
    after: (fake) => {
      open(fake)
      select(SIGNED, 'README.txt', 'signed/')
      ask({ kind: 'delete', chosen: chosenKeys(C + SIGNED, `${C}README.txt`, `${C}signed/`) })
    },
  },
  'delete-all': {
    data: browsing,
    after: (fake) => {
      open(fake)
      fake.handlers['objects.count'] = ({ cursor }) =>
        cursor === 'next'
          ? new Promise(() => undefined)
          : Promise.resolve(ok({ objects: 180_000, bytes: 4.1e12, cursor: 'next' }))
      ask({ kind: 'delete', chosen: everything(`${C}signed/`) })
    },
  },
  'copy-all': {
    data: browsing,
    after: (fake) => {
      open(fake)
      ask({ kind: 'copy', chosen: everything() })
    },
  },
  bulk: {
    data: () => ({ ...studioData(), transfers: bulk }),
    after: (fake) => {
      open(fake)
      setPanes({ panel: 300 })
    },
  },
  'bulk-page': {
    data: () => ({ ...studioData(), transfers: bulk }),
    after: (fake) => {
      open(fake)
      go({ page: 'transfers' })
    },
  },
  'bulk-stop': {
    data: () => ({ ...studioData(), transfers: bulk }),
    after: (fake) => {
      open(fake)
      ask({ kind: 'cancel-transfer', id: 'bulk1' })
    },
  },
  rename: {
    data: browsing,
    after: (fake) => {
      open(fake)
      ask({ kind: 'rename', place: here, key: `${C}README.txt` })
    },
  },
  move: {
    data: browsing,
    after: (fake) => {
      open(fake)
      ask({ kind: 'move', chosen: chosenKeys(`${C}README.txt`, `${C}signed/`) })
    },
  },
  'new-folder': {
    data: browsing,
    after: (fake) => {
      open(fake)
      ask({ kind: 'new-folder', place: here })
    },
  },
  shortcuts: {
    data: browsing,
    after: (fake) => {
      open(fake)
      ask({ kind: 'shortcuts' })
    },
  },
  huge: {
    data: () => ({
      ...studioData(),
      rows: {
        ...studioData().rows,
        'lanstone-archive/contracts/2026/': Array.from({ length: 100_000 }, (_, i) =>
          row(
            `${C}scan-${String(i).padStart(6, '0')} 扫描件 block ${i % 97}.pdf`,
            (i * 7919) % 5_000_000,
            today('01:00'),
          ),
        ),
      },
    }),
    after: open,
  },
  names: {
    data: () => ({
      ...studioData(),
      rows: {
        ...studioData().rows,
        'lanstone-archive/contracts/2026/': [
          'a\nb\tc.txt',
          '  two spaces  ',
          '\u202egnp.exe',
          '<b>bold</b> & {{name}}.html',
          '👨‍👩‍👧‍👦'.repeat(30),
          'x'.repeat(1000),
          '../up.txt',
          'مرحبا بالعالم.txt',
        ].map((name) => row(C + name, 1, today('01:00'))),
      },
    }),
    after: open,
  },
} satisfies Record<string, Scene>

export type SceneName = keyof typeof scenes
