import { generateKeyPairSync } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll } from 'vitest'
import { commandMasterKey } from '../../electron/core/keys/command/command-master-key.ts'
import { openKmsClient, type KmsClient } from '../../electron/core/keys/kms/kms-client.ts'
import { kmsMasterKey } from '../../electron/core/keys/kms/kms-master-key.ts'
import type { MasterKeyHandle } from '../../electron/core/keys/master-key.ts'
import { recipientOf } from '../../electron/core/keys/second-envelope.ts'
import { rsaMasterKey } from '../../electron/core/keys/rsa-master-key.ts'
import { openHttpClient, type HttpClient } from '../../electron/core/net/http-client.ts'
import type { RewrapJob } from '../../electron/core/transfer/copy/rewrap-job.ts'
import { rewrapObject } from '../../electron/core/transfer/copy/rewrap-object.ts'
import { openTrial } from '../../electron/core/transfer/copy/rewrap-trial.ts'
import type { Running } from '../../electron/core/transfer/run/running.ts'
import type { RewrapOutcome } from '../../shared/contract/models-rewraps.ts'
import type { WriteFormat } from '../../shared/contract/models.ts'
import type { TransferOutcome } from '../../shared/contract/models-transfers.ts'
import { ok } from '../../shared/contract/errors.ts'
import { kit, PART, type Kit } from './transfer-kit.ts'

const PROGRAM = fileURLToPath(new URL('command-program.mjs', import.meta.url))
const pairs = new Map<string, ReturnType<typeof pairOf>>()
const pairOf = (bits: number) => generateKeyPairSync('rsa', { modulusLength: bits })

/** A key that a test names. Each call opens a handle of its own. */
export type KeyMaker = () => MasterKeyHandle

export interface RewrapKit extends Kit {
  /** An RSA key of this name. The same name is the same pair. */
  rsa(name: string, writes?: WriteFormat, bits?: number): KeyMaker
  /** A CMK of this name in the practice KMS. */
  kms(name: string, writes?: WriteFormat): KeyMaker
  /** A program. All of them unwrap the values of each other. */
  program(name: string): KeyMaker
  /** Stores an object under a key. */
  store(
    key: string,
    master: KeyMaker,
    body: Buffer,
    inParts?: boolean,
    isSealed?: boolean,
  ): Promise<void>
  rewrapJob(
    key: string,
    target: KeyMaker,
    ring: readonly KeyMaker[],
    change?: Partial<RewrapJob> & { readonly from?: readonly string[] },
  ): RewrapJob
  rewrap(job: RewrapJob, running?: Running): Promise<RewrapOutcome & { checksum: string }>
}

export function rewrapKit(): RewrapKit {
  const k = kit() as RewrapKit
  const cmks = new Map<string, { readonly id: string; readonly arn: string }>()
  let wire: HttpClient
  let client: KmsClient
  beforeAll(() => {
    wire = openHttpClient()
    const {
      accessKeyId,
      accessKeySecret,
      kms: { endpoint, region },
    } = k.practice
    const credentials = async () => ok({ accessKeyId, accessKeySecret, securityToken: null })
    client = openKmsClient({ endpoint, region, credentials }, wire)
  })
  afterAll(() => wire.close())
  k.rsa = (name, writes = 'v2', bits = 2048) => {
    const pair = pairs.get(name) ?? pairOf(bits)
    pairs.set(name, pair)
    const description = `{"key":"${name}"}`
    return () => rsaMasterKey({ id: name, name, description, writes, ...pair })
  }
  k.kms = (name, writes = 'v2') => {
    const cmk = cmks.get(name) ?? k.practice.kms.createKey()
    cmks.set(name, cmk)
    return () =>
      kmsMasterKey({
        id: name,
        name,
        description: `{"cmk":"${name}"}`,
        writes,
        cmkId: cmk.id,
        arn: '',
        region: k.practice.kms.region,
        context: null,
        client,
      })
  }
  k.program = (name) => () =>
    commandMasterKey({
      id: name,
      name,
      description: `{"hsm":"${name}"}`,
      program: process.execPath,
      args: [PROGRAM, 'good', k.dir],
      wrapAlgorithm: 'ACME/HSM',
      timeoutMs: 30_000,
    })
  k.store = async (key, master, body, inParts = false, isSealed = false) => {
    const path = join(k.dir, 'source')
    writeFileSync(path, body)
    const masterKey = async () => ok(master())
    const { writes } = master()
    const multipartFrom = inParts ? 1 : 1024 ** 3
    await k.up(path, {
      key,
      masterKey,
      format: writes,
      multipartFrom,
      replace: true,
      seals: () => isSealed,
      ...(isSealed && { partSize: 1024 ** 2 }),
    })
  }
  k.rewrapJob = (key, target, ring, { from = [], ...change } = {}) => ({
    kind: 'rewrap',
    name: key,
    target: '',
    profileId: null,
    keyName: null,
    size: null,
    parallel: 3,
    oss: async () => ok(k.oss),
    bucket: k.bucket,
    key,
    mode: 'relay',
    dryRun: false,
    partSize: PART,
    trial: openTrial(),
    sealMemory: async () => null,
    keys: {
      targetId: target().id,
      from,
      target: async () => ok(target()),
      named: ({ keyDescription }) =>
        [target, ...ring]
          .map((make) => make())
          .find(({ description }) => description === keyDescription)?.id ?? null,
      namedSecond: ({ recipient }) =>
        [target, ...ring]
          .map((make) => make())
          .find(
            ({ publicHalf }) =>
              publicHalf !== undefined &&
              Buffer.compare(recipientOf(publicHalf()), recipient) === 0,
          )?.id ?? null,
      candidates: async ({ wrapAlgorithm }, only) =>
        ok(
          [target, ...ring]
            .map((make) => make())
            .filter((one) => one.fits(wrapAlgorithm))
            .filter(({ id }) => only.length === 0 || only.includes(id)),
        ),
      old: async (id) => ring.map((make) => make()).find((one) => one.id === id) ?? null,
      refused: () => undefined,
    },
    ...change,
  })
  k.rewrap = async (job, running = k.running()) => {
    const { rewrap, checksum }: TransferOutcome = await rewrapObject(job, running)
    if (rewrap === undefined) throw new Error('an outcome of another kind')
    return { ...rewrap, checksum }
  }
  return k
}
