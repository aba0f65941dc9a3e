import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Bridge } from '../../shared/contract/routes/bridge.ts'
import { fail, type Result } from '../../shared/contract/errors.ts'
import type { Transfer, UploadPlan } from '../../shared/contract/models-transfers.ts'
import { isTemporaryName } from '../core/temporary-name.ts'
import { PART } from '../core/transfer-kit.ts'
import type { Random } from '../fuzz/random.ts'
import { seededBytes } from './seeded.ts'

const FOLDER_FILES = 8
const CHUNK = 1024 ** 2
/**
 * Name of the object that OSS is made to refuse to copy by itself, so that it passes through this
 * computer.
 */
export const RELAYED = 'relayed.bin'
const PLACE = { profileId: 'practice', bucket: 'practice-bucket' }

/** The expected end, and the rules that hold at any time. */
export interface World {
  /** Below the home folder: `here` what goes up, `there` what comes down. */
  readonly home: string
  readonly prefix: string
  /** Object key → what it must hold, decrypted, once it is there. */
  readonly objects: ReadonlyMap<string, Buffer>
  /** Absolute path → what it must hold, once it is there. */
  readonly files: ReadonlyMap<string, Buffer>
}

/** Something the user asks for. */
export interface Action {
  readonly name: string
  /** Asks; the answer may never come. */
  ask(bridge: Bridge): Promise<Result<unknown>>
  /** Is this row of the list one of it? */
  owns(transfer: Transfer): boolean
  /** Keys and paths that are there when it is done. */
  readonly makes: readonly string[]
  /** Keys that are gone when it is done. */
  readonly removes: readonly string[]
}

export interface Material {
  readonly world: World
  readonly actions: readonly Action[]
  /** Objects that are there from the beginning, and how they are stored. */
  readonly before: readonly {
    readonly key: string
    readonly bytes: Buffer
    readonly encrypted: boolean
  }[]
}

/**
 * A home folder with files to send, and what its user does. `keyId`: of the master key; null for
 * the practice key.
 */
export function material(
  home: string,
  prefix: string,
  keyId: string | null,
  random: Random,
): Material {
  const bytes = (length: number): Buffer => seededBytes(random, length)
  const [here, there] = [join(home, 'here'), join(home, 'there')]
  mkdirSync(there, { recursive: true })
  const objects = new Map<string, Buffer>()
  const files = new Map<string, Buffer>()
  const local = (name: string, content: Buffer): string => {
    const path = join(here, name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, content)
    objects.set(prefix + name, content)
    return path
  }
  const big = local('big.bin', bytes(5 * PART + random.int(3 * PART)))
  // A part of a sealed upload is at least a chunk.
  const long = local('long.bin', bytes(3 * CHUNK + random.int(3 * PART)))
  const small = local('small.bin', bytes(1 + random.int(2 * PART)))
  for (let i = 0; i < FOLDER_FILES; i++) local(`folder/${i}.bin`, bytes(1 + random.int(20_000)))
  for (let i = 0; i < FOLDER_FILES; i++) local(`many/${i}.bin`, bytes(1 + random.int(20_000)))
  const [down, plain, moved, far] = [
    bytes(4 * PART + random.int(3 * PART)),
    bytes(1 + random.int(3 * PART)),
    bytes(1 + random.int(2 * PART)),
    bytes(4 * PART + random.int(3 * PART)),
  ]
  files.set(join(there, 'down.bin'), down)
  files.set(join(there, 'plain.bin'), plain)
  for (const key of ['old.bin', 'new.bin']) objects.set(prefix + key, moved)
  for (const key of ['far.bin', RELAYED]) objects.set(prefix + key, far)

  /** Ids that the app said are off its list. */
  const told = new Set<string>()
  const upload = (name: string, path: string, keys: readonly string[]): Action => ({
    name,
    makes: keys,
    removes: [],
    owns: ({ kind, key }) =>
      kind === 'upload' &&
      key !== null &&
      (keys.includes(key) ||
        (keys.length > 1 && key.startsWith(`${prefix}${name}`)) ||
        key === `${prefix}${name}/`),
    ask: (bridge) => plannedUpload(bridge, path, prefix, keyId),
  })
  const actions: Action[] = [
    upload('big', big, [`${prefix}big.bin`]),
    upload('long', long, [`${prefix}long.bin`]),
    upload('small', small, [`${prefix}small.bin`]),
    upload(
      'folder',
      join(here, 'folder'),
      Array.from({ length: FOLDER_FILES }, (_, i) => `${prefix}folder/${i}.bin`),
    ),
    // This upload starts before it is counted: one row for all its files.
    {
      name: 'many',
      makes: Array.from({ length: FOLDER_FILES }, (_, i) => `${prefix}many/${i}.bin`),
      removes: [],
      owns: ({ kind, key, name }) =>
        kind === 'upload' &&
        key !== null &&
        ((key === prefix && name === 'many') || key.startsWith(`${prefix}many/`)),
      ask: (bridge) => plannedUpload(bridge, join(here, 'many'), prefix, keyId, false),
    },
    ...['down.bin', 'plain.bin'].map((name): Action => ({
      name,
      makes: [join(there, name)],
      removes: [],
      owns: ({ kind, key }) => kind === 'download' && key === prefix + name,
      ask: async (bridge) => {
        const target = await bridge.call('local.grant', { paths: [there], write: true })
        if (!target.ok) return target
        return bridge.call('downloads.start', {
          ...PLACE,
          keys: [prefix + name],
          target: target.value[0]?.id ?? '',
          fileName: null,
          existing: 'fail',
          raw: false,
          keyIds: [],
          range: null,
          message: false,
          repair: false,
        })
      },
    })),
    ...[
      ['old.bin', 'new.bin'],
      ['far.bin', RELAYED],
    ].map(([from = '', to = '']): Action => ({
      name: `move of ${from}`,
      makes: [prefix + to],
      removes: [prefix + from],
      owns: ({ kind, key }) => kind === 'move' && key === prefix + to,
      ask: (bridge) =>
        bridge.call('copies.start', {
          from: PLACE,
          keys: [prefix + from],
          to: PLACE,
          toPrefix: null,
          toKey: prefix + to,
          move: true,
          existing: 'fail',
        }),
    })),
  ]
  const gone = local('gone.bin', bytes(3 * CHUNK))
  actions.unshift({
    name: 'cancelled',
    makes: [],
    removes: [],
    owns: () => false,
    ask: (bridge) => cancelledUpload(bridge, gone, prefix, keyId, told),
  })
  const before = [
    { key: `${prefix}down.bin`, bytes: down, encrypted: true },
    { key: `${prefix}plain.bin`, bytes: plain, encrypted: false },
    { key: `${prefix}old.bin`, bytes: moved, encrypted: true },
    { key: `${prefix}far.bin`, bytes: far, encrypted: true },
  ]
  return { world: { home, prefix, objects, files }, actions, before }
}

/**
 * `counted`: waits until it is. Never resolves when the core is killed meanwhile, save with a
 * Result that says so.
 */
async function plannedUpload(
  bridge: Bridge,
  path: string,
  prefix: string,
  keyId: string | null,
  counted = true,
): Promise<Result<unknown>> {
  const grants = await bridge.call('local.grant', { paths: [path], write: false })
  if (!grants.ok) return grants
  const seen = new Map<string, UploadPlan>()
  let look = (): void => undefined
  const off = bridge.on('plan.changed', (plan) => {
    seen.set(plan.id, plan)
    look()
  })
  try {
    const begun = await bridge.call('uploads.plan', {
      ...PLACE,
      prefix,
      grants: grants.value.map(({ id }) => id),
    })
    if (!begun.ok) return begun
    const { id } = begun.value
    await new Promise<void>((resolve) => {
      look = () =>
        void ((!counted || (seen.get(id)?.phase ?? 'counting') !== 'counting') && resolve())
      look()
    })
    return await bridge.call('uploads.start', {
      planId: id,
      keyId,
      existing: 'replace',
      decisions: {},
      allowWeak: false,
      partSize: PART,
      parallel: null,
      toKey: null,
      format: null,
    })
  } finally {
    off()
  }
}

/**
 * Begins an upload and cancels it; one of before that is still there is cancelled only. `told`: see
 * {@link material}.
 */
async function cancelledUpload(
  bridge: Bridge,
  path: string,
  prefix: string,
  keyId: string | null,
  told: Set<string>,
): Promise<Result<unknown>> {
  const off = bridge.on('transfers.removed', (ids) => ids.forEach((id) => told.add(id)))
  try {
    const mine = async (): Promise<readonly Transfer[] | null> => {
      const rows = await bridge.call('transfers.list', {})
      return rows.ok
        ? rows.value.filter(({ key, phase }) => key === `${prefix}gone.bin` && phase !== 'done')
        : null
    }
    const left = await mine()
    if (left?.some(({ id }) => told.has(id)))
      return fail({
        code: 'bad-request',
        detail: 'what was cancelled, and told to be off the list, is back',
      })
    if (left?.length === 0) {
      const begun = await plannedUpload(bridge, path, prefix, keyId)
      if (!begun.ok) return begun
    }
    // In its middle, where there is something to be dropped.
    let now = await mine()
    for (
      ;
      now?.some(
        ({ phase, partsDone }) => phase === 'waiting' || (phase === 'running' && partsDone < 2),
      );
      now = await mine()
    )
      await sleep(5)
    return await bridge.call('transfers.cancel', { ids: (now ?? []).map(({ id }) => id) })
  } finally {
    off()
  }
}

/**
 * Files that are not as they must be, if they are there at all; `ended`: nothing else may be there
 * either.
 */
export function wrongFiles({ home, files }: World, ended: boolean): readonly string[] {
  const wrong = [...files].flatMap(([path, bytes]) =>
    existsSync(path) && !readFileSync(path).equals(bytes)
      ? [`damaged under its real name: ${path}`]
      : [],
  )
  const known = new Set(files.keys())
  for (const name of readdirSync(join(home, 'there'))) {
    if (known.has(join(home, 'there', name))) continue
    if (ended || !isTemporaryName(name)) wrong.push(`left on the disk: ${name}`)
  }
  return wrong
}

/** Names in the data folder that only a crash explains. */
export function leftInData(home: string): readonly string[] {
  return readdirSync(join(home, 'data'), { recursive: true })
    .map(String)
    .filter((name) => /\.new$|\.lock$|cipherbucket-part$/.test(name))
}

/**
 * An hour goes by: what a crash left is recognised by its age, where another process might still be
 * at work on it.
 */
export function anHourLater(home: string): void {
  const then = new Date(Date.now() - 3_600_000)
  for (const name of leftInData(home)) utimesSync(join(home, 'data', name), then, then)
}
