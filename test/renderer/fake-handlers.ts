import { NO_SUMS } from '../../shared/contract/audit-sums.ts'
import { changedLists } from '../../electron/core/app/place-lists.ts'
import { NO_PLACES, type PlaceLists } from '../../shared/contract/models-places.ts'
import { fakeIndex } from './fake-index.ts'
import { fail, ok } from '../../shared/contract/errors.ts'
import type { KmsKeyFacts, MasterKey, ObjectRow } from '../../shared/contract/models.ts'
import type { UploadPlan } from '../../shared/contract/models-transfers.ts'
import type { EventName, Events } from '../../shared/contract/routes/events.ts'
import type { Handlers, In } from '../../shared/contract/routes/routes.ts'
import { key as makeKey, transfer, type FakeData } from './fake-data.ts'

const PAGE = 1000
type Binding = Pick<
  In<'keys.updateKms'>,
  'region' | 'endpoint' | 'credential' | 'context' | 'passphrase'
>

/** The description of a KMS key once it is reached with these settings. */
function kmsOf(
  cmkId: string,
  { region, endpoint, credential, context, passphrase }: Binding,
  before: KmsKeyFacts | null = null,
): KmsKeyFacts {
  const account = {
    profileId: credential.kind === 'profile' ? credential.profileId : null,
    accessKeyId: credential.kind === 'own' ? credential.accessKeyId : '',
  }
  return {
    cmkId,
    arn: '',
    region,
    endpoint,
    ...(credential.kind === 'keep' && before !== null
      ? { profileId: before.profileId, accessKeyId: before.accessKeyId }
      : account),
    context: context === '' ? {} : (JSON.parse(context) as Record<string, string>),
    hasPassphrase: passphrase !== null,
  }
}

type Emit = <E extends EventName>(event: E, value: Events[E]) => void

/**
 * The answers of the fake core. It changes `data` as the real core changes its stores, and sends
 * the events.
 */
export function fakeHandlers(
  data: FakeData,
  emit: Emit,
): { -readonly [N in keyof Handlers]: Handlers[N] } {
  const notHere = async () => fail({ code: 'not-found', what: 'object', name: '' } as const)
  const encryptionOf = (key: string) =>
    key in data.encryption ? (data.encryption[key] ?? null) : ({ state: 'plain' } as const)
  const rowOf = (key: string): ObjectRow | undefined =>
    Object.values(data.rows)
      .flat()
      .find((row) => row.key === key)
  const changeKeys = (keys: readonly MasterKey[]) => {
    data.keys = keys
    emit('keys.changed', keys)
  }
  const setPhase = (ids: readonly string[], phase: 'paused' | 'running' | 'waiting') => {
    data.transfers = data.transfers.map((one) =>
      ids.includes(one.id) ? { ...one, phase, speed: null, error: null } : one,
    )
    emit(
      'transfers.changed',
      data.transfers.filter((one) => ids.includes(one.id)),
    )
    return Promise.resolve(ok(null))
  }
  const removeTransfers = (ids: readonly string[]) => {
    data.transfers = data.transfers.filter((one) => !ids.includes(one.id))
    emit('transfers.removed', ids)
    return Promise.resolve(ok(null))
  }
  const changeKey = async (id: string, change: Partial<MasterKey>) => {
    changeKeys(data.keys.map((one) => (one.id === id ? { ...one, ...change } : one)))
    const found = data.keys.find((one) => one.id === id)
    return found === undefined
      ? fail({ code: 'not-found', what: 'master-key', name: id } as const)
      : ok(found)
  }
  const plans = new Map<string, UploadPlan>()
  let places: PlaceLists = NO_PLACES

  return {
    'app.info': async () => ok(data.app),
    'view.get': async () => ok(null),
    'view.set': async () => ok(null),
    'drags.offer': async () => ok(null),
    'drags.take': async () => ok(true),
    'places.get': async () => ok(places),
    async 'places.change'(change) {
      places = changedLists(places, change)
      emit('places.changed', places)
      return ok(null)
    },
    'settings.get': async () => ok(data.settings),
    async 'settings.update'(change) {
      data.settings = { ...data.settings, ...(change as Partial<FakeData['settings']>) }
      emit('settings.changed', data.settings)
      return ok(data.settings)
    },
    'practice.reset': async () => ok(null),
    'seals.verify': async () =>
      ok({
        state: 'intact' as const,
        reason: 'read' as const,
        writer: null,
        judged: '2026-11-20T06:12:00.000Z',
        sealed: '2026-10-02T03:20:00.000Z',
      }),
    'seals.verifyStep': async () => ok({ objects: [], unopened: 0, after: null }),
    'seals.sealStep': async () => ok({ objects: [], unopened: 0, after: null }),
    'secrets.status': async () => ok(data.secrets),
    'secrets.check': async () => ok(data.secrets),
    async 'secrets.unlock'() {
      data.secrets = { ...data.secrets, state: 'working', exists: true }
      emit('secrets.changed', data.secrets)
      return ok(data.secrets)
    },
    'profiles.list': async () => ok(data.profiles),
    'profiles.find': async () =>
      ok([
        {
          source: 'ossutil',
          label: '~/.ossutilconfig',
          endpoint: 'https://oss-cn-shanghai.aliyuncs.com',
          region: 'cn-shanghai',
          accessKeyId: 'LTAI5tFoundFoundFoun',
          hasToken: false,
        },
      ]),
    async 'profiles.add'({ credential: _secret, sealsNew = true, sealedOnly = false, ...fields }) {
      const made = {
        ...fields,
        sealsNew,
        sealedOnly,
        id: `p${data.profiles.length + 1}`,
        hasToken: false,
        kind: 'stored' as const,
        defaultKey: null,
        bucketKeys: {},
      }
      data.profiles = [...data.profiles, made]
      emit('profiles.changed', data.profiles)
      return ok(made)
    },
    'profiles.session': notHere,
    'handoff.make': notHere,
    'recover.look': notHere,
    'drills.list': notHere,
    'drills.run': notHere,
    'drills.check': notHere,
    'vault.list': notHere,
    'vault.status': notHere,
    'vault.sync': notHere,
    async 'profiles.update'({ id, credential: _secret, sealsNew, sealedOnly, ...fields }) {
      data.profiles = data.profiles.map((one) =>
        one.id === id
          ? {
              ...one,
              ...fields,
              sealsNew: sealsNew ?? one.sealsNew,
              sealedOnly: sealedOnly ?? one.sealedOnly,
            }
          : one,
      )
      emit('profiles.changed', data.profiles)
      const found = data.profiles.find((one) => one.id === id)
      return found === undefined
        ? fail({ code: 'not-found', what: 'profile', name: id })
        : ok(found)
    },
    async 'profiles.remove'({ id }) {
      data.profiles = data.profiles.filter((one) => one.id !== id)
      emit('profiles.changed', data.profiles)
      return ok(null)
    },
    'profiles.test': async () => ok({ buckets: 3 }),
    'profiles.setDefaultKey': async () => ok(null),
    'buckets.list': async ({ profileId }) => ok(data.buckets[profileId] ?? []),

    async 'objects.list'({ bucket, prefix, cursor }) {
      const rows = data.rows[`${bucket}/${prefix}`] ?? []
      const from = Number(cursor ?? 0)
      return ok({
        rows: rows.slice(from, from + PAGE),
        cursor: from + PAGE < rows.length ? String(from + PAGE) : null,
      })
    },
    async 'objects.facts'({ key }) {
      const row = rowOf(key)
      const encryption = encryptionOf(key)
      if (row === undefined || encryption === null)
        return fail({ code: 'not-found', what: 'object', name: key })
      return ok({
        ...row,
        versionId: null,
        contentType: key.endsWith('.pdf') ? 'application/pdf' : 'application/octet-stream',
        crc64: '1234567890',
        metadata: key.endsWith('signed.pdf')
          ? { client: 'hafenkontor', 'reviewed-by': '陈曦' }
          : {},
        headers: key.endsWith('signed.pdf') ? { 'cache-control': 'no-store' } : {},
        encryption,
      })
    },
    'objects.encryption': async ({ objects }) => ok(objects.map(({ key }) => encryptionOf(key))),
    'objects.tryKeys': async ({ key }) =>
      key.includes('税务')
        ? fail({ code: 'wrong-master-key', tried: ['Studio 2026'] })
        : ok({ keyId: 'k3', keyName: 'Studio 2023' }),
    async 'objects.remove'({ profileId, bucket, keys }) {
      for (const [place, rows] of Object.entries(data.rows))
        data.rows[place] = rows.filter((row) => !keys.includes(row.key))
      emit('objects.changed', { profileId, bucket, prefix: '' })
      return ok({ removed: keys.length, missing: [], markers: [] })
    },
    'objects.restore': async ({ markers }) =>
      ok({ restored: markers.map(({ key }) => key), taken: [] }),
    'objects.sniff': async ({ key }) => ok(data.messages[key] ?? null),
    'objects.count': async ({ keys }) =>
      ok({
        objects: keys.length * (keys.some((key) => key.endsWith('/')) ? 12 : 1),
        bytes: keys.reduce((sum, key) => sum + (rowOf(key)?.size ?? 0), 0),
        cursor: null,
      }),
    'deletes.start': async () => ok({ ids: [], missing: [] }),
    ...fakeIndex(data),
    'counts.start': async () => ok([]),
    'copies.start': async () => ok([]),
    async 'objects.makeFolder'({ profileId, bucket, key }) {
      const place = `${bucket}/${key.slice(0, key.slice(0, -1).lastIndexOf('/') + 1)}`
      data.rows[place] = [
        { key, kind: 'folder', size: 0, modified: '', etag: '', storageClass: '' },
        ...(data.rows[place] ?? []),
      ]
      emit('objects.changed', { profileId, bucket, prefix: key })
      return ok(null)
    },
    'objects.editHeaders': async () => ok(null),
    'preview.open': async () =>
      ok({
        id: 'a-preview',
        size: 0,
        type: 'text/plain',
        encrypted: true,
        integrity: 'checksum',
        etag: 'e',
      }),
    'preview.problem': async () => ok(null),
    'preview.close': async () => ok(null),
    'files.open': async () => ok('an-opened-file'),
    'files.copy': async () => ok('a-copied-file'),
    'edits.start': async () => ok('an-edited-file'),
    'edits.list': async () => ok(data.edits),
    'edits.upload': async () => ok('an-edited-file'),
    async 'edits.discard'({ id }) {
      data.edits = data.edits.filter((one) => one.id !== id)
      emit('edits.changed', data.edits)
      return ok(null)
    },

    async 'uploads.plan'({ profileId, bucket, prefix, grants }) {
      const conflict = {
        key: `${prefix}签字页.pdf`,
        size: 1.2e6,
        modified: new Date().toISOString(),
        theirSize: 1.1e6,
        theirModified: '2026-11-02T08:00:00.000Z',
      }
      const plan: UploadPlan = {
        id: `plan-${grants.join('-')}`,
        phase: 'ready',
        compared: true,
        profileId,
        bucket,
        prefix,
        files: 1287,
        bytes: 8.42e9,
        error: null,
        items: [
          {
            name: 'Hafenkontor 交付包 2026-11',
            kind: 'folder',
            files: 1285,
            folders: 36,
            emptyFolders: 2,
            bytes: 6.31e9,
          },
          {
            name: '📦 final-renders_lossless_16bit_all-angles_client-copy.zip',
            kind: 'file',
            files: 1,
            folders: 0,
            emptyFolders: 0,
            bytes: 2.11e9,
          },
          { name: '签字页.pdf', kind: 'file', files: 1, folders: 0, emptyFolders: 0, bytes: 1.2e6 },
        ],
        leftOut: [],
        leftOutCount: 0,
        missing: 0,
        shared: [],
        sharedCount: 0,
        conflicts: [
          conflict,
          { ...conflict, key: `${prefix}cover-letter.docx` },
          { ...conflict, key: `${prefix}plan.dwg` },
        ],
        conflictCount: 3,
      }
      plans.set(plan.id, plan)
      return ok(plan)
    },
    async 'uploads.forget'({ planId }) {
      emit('plan.removed', planId)
      return ok(null)
    },
    async 'uploads.start'() {
      data.transfers = [
        ...data.transfers,
        transfer({ id: 'new', name: '签字页.pdf', phase: 'running', total: 1.2e6, order: 99 }),
      ]
      emit('transfers.changed', data.transfers.slice(-1))
      return ok(['new'])
    },
    async 'downloads.start'({ keys }) {
      data.transfers = [
        ...data.transfers,
        transfer({
          id: 'down',
          kind: 'download',
          name: keys[0]?.split('/').at(-1) ?? '',
          target: 'Downloads',
          total: 1e6,
          order: 100,
        }),
      ]
      emit('transfers.changed', data.transfers.slice(-1))
      return ok(['down'])
    },
    'transfers.list': async () => ok(data.transfers),
    'transfers.skipped': async ({ id, offset, count }) => {
      const skipped = data.transfers.find((one) => one.id === id)?.files?.skipped ?? 0
      const names = Array.from({ length: skipped }, (_, i) => `photos/2026/${i + 1}.jpg`)
      return ok(names.slice(offset, offset + count))
    },
    'transfers.pause': ({ ids }) => setPhase(ids, 'paused'),
    'transfers.resume': ({ ids }) => setPhase(ids, 'running'),
    'transfers.cancel': ({ ids }) => removeTransfers(ids),
    'transfers.retry': ({ ids }) => setPhase(ids, 'waiting'),
    'transfers.startOver': async () => ok(null),
    'transfers.decide': async () => ok(null),
    'transfers.withoutSeal': async () => ok(null),
    'leftovers.list': async () => ok(data.leftovers),
    async 'leftovers.abort'({ uploads }) {
      data.leftovers = data.leftovers.filter(
        (one) => !uploads.some(({ uploadId }) => uploadId === one.uploadId),
      )
      return ok({ aborted: uploads.length })
    },
    'leftovers.resume': async () => ok('t1'),
    'transfers.clear': ({ ids }) => removeTransfers(ids),

    'keys.list': async () => ok(data.keys),
    async 'keys.checkDescription'({ description, exceptId }) {
      const other = data.keys.find(
        (one) =>
          one.description === description.replace(/\s/g, '') &&
          one.id !== exceptId &&
          description !== '',
      )
      return other === undefined
        ? ok({ written: description.replace(/\s/g, '') })
        : fail({ code: 'key-description', problem: 'used-by', detail: other.name })
    },
    async 'keys.generate'({ name, bits, description }) {
      const made = makeKey({
        id: `k${data.keys.length + 1}`,
        name,
        bits,
        description,
        backedUp: null,
      })
      changeKeys([...data.keys, made])
      return ok(made)
    },
    'keys.inspect': async () =>
      ok({
        container: 'pkcs12',
        fileName: 'payroll-master_旧版-2024.p12',
        bits: 3072,
        hasPrivate: true,
        fingerprint: '5be290a1c7f43d680a1e44b9d85376cf'.repeat(2),
        alreadyHere: null,
      }),
    async 'keys.import'({ name, description, use }) {
      const made = makeKey({
        id: `k${data.keys.length + 1}`,
        name,
        description,
        state: use,
        origin: 'imported',
        backedUp: null,
      })
      changeKeys([...data.keys, made])
      return ok(made)
    },
    'keys.session': notHere,
    'keys.update': async ({ id, name, description, style, state, writes }) =>
      changeKey(id, { name, description, style, state, writes }),
    'keys.prove': async ({ id }) => changeKey(id, { proven: new Date().toISOString() }),
    'keys.listKms': async () => ok(data.listed),
    async 'keys.addKms'({ name, description, style, writes, cmkId, ...place }) {
      const made = makeKey({
        id: `k${data.keys.length + 1}`,
        name,
        description,
        style,
        writes,
        kind: 'kms',
        bits: 0,
        fingerprint: '',
        backedUp: null,
        origin: 'imported',
        kms: kmsOf(cmkId, place),
      })
      changeKeys([...data.keys, made])
      return ok(made)
    },
    'keys.sessionKms': notHere,
    async 'keys.updateKms'({ id, keepPassphrase, ...place }) {
      const before = data.keys.find((one) => one.id === id)?.kms ?? null
      return changeKey(id, {
        kms: {
          ...kmsOf(before?.cmkId ?? '', place, before),
          hasPassphrase: keepPassphrase || place.passphrase !== null,
        },
      })
    },
    async 'keys.addCommand'({
      name,
      description,
      style,
      program,
      args,
      wrapAlgorithm,
      timeoutSeconds,
    }) {
      const made = makeKey({
        id: `k${data.keys.length + 1}`,
        name,
        description,
        style,
        kind: 'command',
        bits: 0,
        fingerprint: '',
        backedUp: null,
        origin: 'imported',
        command: { program: `/opt/${program}`, args, wrapAlgorithm, timeoutSeconds },
      })
      changeKeys([...data.keys, made])
      return ok(made)
    },
    'keys.exportPublic': async ({ fileName }) => ok({ savedAs: `/home/chenxi/${fileName}` }),
    async 'keys.backup'({ id, fileName }) {
      await changeKey(id, { backedUp: new Date().toISOString() })
      return ok({ savedAs: `/home/chenxi/${fileName}` })
    },
    'keys.ledger': async ({ id }) =>
      ok(
        data.keys
          .filter((key) => id === null || key.id === id)
          .map(({ id: keyId, name: keyName, seen }) => ({
            keyId,
            keyName,
            objects: seen.reduce((sum, { objects }) => sum + objects, 0),
            bytes: seen.reduce((sum, { bytes }) => sum + bytes, 0),
            asOf: data.ledgerAsOf,
            buckets: seen.map((one) => ({
              ...one,
              asOf: data.ledgerAsOf,
              isWhole: data.ledgerAsOf !== null,
            })),
            uncounted: data.ledgerAsOf === null ? seen.map(({ bucket }) => bucket) : [],
          })),
      ),
    'rewraps.plan': async () =>
      ok({ objects: 0, bytes: 0, archived: 0, archivedBytes: 0, infrequent: 0, cursor: null }),
    'rewraps.start': async () => ok([]),
    'rewraps.versions': async () => ok({ versions: [], looked: 0, cursor: null }),
    'audit.look': async () =>
      ok({ objects: 0, requests: 0, unread: 0, isLimited: false, after: null }),
    'audit.page': async () => ok({ objects: [], sums: NO_SUMS, after: null }),
    'audit.export': async ({ fileName }) =>
      ok({ savedAs: `/home/chenxi/${fileName}`, sums: NO_SUMS }),
    'keys.escrow': async ({ fileName }) =>
      ok({ savedAs: [`/home/chenxi/${fileName}`], codes: 3, checkWords: ['a', 'b', 'c', 'd'] }),
    'keys.unescrow': async () => fail({ code: 'recovery-sheet', problem: 'no-code', detail: '' }),
    async 'keys.remove'({ id }) {
      changeKeys(data.keys.filter((one) => one.id !== id))
      return ok(null)
    },
    'offline.pair': async ({ grants }) =>
      ok(
        grants.map((id) => ({
          blob: { id, name: `${id}.bin`, kind: 'file' as const, size: 1000 },
          envelope: null,
          encryption: null,
          error: null,
          expectedSize: null,
        })),
      ),
    'offline.inspect': async ({ blob }) =>
      ok({
        blob: { id: blob, name: `${blob}.bin`, kind: 'file', size: 1000 },
        envelope: { name: 'headers-dump.json', source: 'pasted', grant: null },
        encryption: encryptionOf('welcome (encrypted).txt'),
        error: null,
        expectedSize: 1000,
      }),
    'offline.start': async () => ok('offline-1'),
    'local.list': async ({ path }) =>
      ok({
        path: path ?? '/home/chenxi',
        parent: '/home',
        entries: [
          { name: 'Documents', kind: 'folder', size: null, modified: new Date().toISOString() },
          { name: 'notes.txt', kind: 'file', size: 1200, modified: new Date().toISOString() },
        ],
      }),
    'local.grant': async ({ paths }) =>
      ok(
        paths.map((path, i) => ({
          id: `local-${i}`,
          name: path.split('/').at(-1) ?? '',
          kind: 'file' as const,
          size: 1200,
        })),
      ),
  }
}
