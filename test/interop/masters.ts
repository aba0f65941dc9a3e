import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Practice } from '../../electron/practice/start.ts'
import type { CustomMaster, Description, KmsMaster, RsaMaster } from './protocol.ts'

/** Every master key of the matrix. Each run makes new ones. */
export interface Masters {
  readonly rsa: RsaMaster
  /**
   * Described: one pair, two pairs that are not in alphabetical order, characters that writers
   * escape differently.
   */
  readonly rsaTeam: RsaMaster
  readonly rsaTwo: RsaMaster
  /** Ours writes its description as Python does. */
  readonly rsaPython: RsaMaster
  readonly rsaAwkward: RsaMaster
  /** Never encrypts anything: what a reader holds who has the wrong key. */
  readonly rsaWrong: RsaMaster
  readonly rsaWrongTeam: RsaMaster
  readonly oaep: RsaMaster
  /** Another pair in files. */
  readonly otherFiles: RsaMaster
  /** A pair that oss2 makes itself, under a passphrase, in a folder that is empty at first. */
  readonly localFiles: RsaMaster
  /** The same by oss2 2.9.1. */
  readonly oldLocalFiles: RsaMaster
  readonly kms: KmsMaster
  readonly kmsTeam: KmsMaster
  readonly kmsSecond: KmsMaster
  readonly kmsPassphrase: KmsMaster
  readonly custom: CustomMaster
  readonly customTeam: CustomMaster
  readonly customSecond: CustomMaster
}

/**
 * `folder`: for key files. `https`, `ca`: of the TLS front before the practice KMS, and the path of
 * its CA.
 */
export function makeMasters(
  practice: Practice,
  folder: string,
  https: string,
  ca: string,
): Masters {
  const rsa = (description: Description): RsaMaster => {
    const { publicKey, privateKey } = generateKeyPairSync('rsa', {
      modulusLength: 2048,
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    })
    return {
      kind: 'rsa',
      publicPem: publicKey,
      privatePem: privateKey,
      padding: 'pkcs1',
      files: null,
      passphrase: null,
      description,
    }
  }
  const { kms, accessKeyId, accessKeySecret } = practice
  const inKms = (
    cmk: { readonly id: string; readonly arn: string },
    description: Description,
    passphrase: string | null = null,
  ): KmsMaster => ({
    kind: 'kms',
    endpoint: kms.endpoint,
    httpsEndpoint: https,
    ca,
    region: kms.region,
    cmkId: cmk.id,
    cmkArn: cmk.arn,
    accessKeyId,
    accessKeySecret,
    passphrase,
    description,
  })
  const first = { id: kms.cmkId, arn: kms.cmkArn }
  const custom = (description: Description): CustomMaster => ({
    kind: 'custom',
    wrapAlgorithm: 'Example/AES',
    secret: randomBytes(32).toString('hex'),
    description,
  })
  return {
    rsa: rsa(null),
    rsaTeam: rsa({ team: 'studio' }),
    rsaTwo: rsa({ year: '2026', team: 'press' }),
    rsaPython: { ...rsa({ team: 'snakes' }), style: 'python' },
    rsaAwkward: rsa({ zone: '<1>&/é', a: 'b c' }),
    rsaWrong: rsa(null),
    rsaWrongTeam: rsa({ team: 'nobody' }),
    oaep: withFiles(rsa(null), join(folder, 'oaep')),
    otherFiles: withFiles(rsa(null), join(folder, 'other')),
    localFiles: unmade(join(folder, 'made by oss2')),
    oldLocalFiles: unmade(join(folder, 'made by old oss2')),
    kms: inKms(first, null),
    kmsTeam: inKms(kms.createKey(), { kms: 'studio' }),
    kmsSecond: inKms(kms.createKey(), { kms: 'second' }),
    kmsPassphrase: inKms(first, null, 'correct horse'),
    custom: custom(null),
    customTeam: custom({ box: 'studio' }),
    customSecond: custom({ box: 'second' }),
  }
}

/** An empty folder in which oss2 makes a pair under a passphrase. */
function unmade(files: string): RsaMaster {
  mkdirSync(files, { recursive: true })
  return {
    kind: 'rsa',
    publicPem: '',
    privatePem: '',
    padding: 'oaep',
    files,
    passphrase: 'correct horse',
    description: null,
  }
}

/** The same key in the files that LocalRsaProvider looks for. */
function withFiles(master: RsaMaster, files: string): RsaMaster {
  mkdirSync(files, { recursive: true })
  writeFileSync(join(files, '.private_key.pem'), master.privatePem, { mode: 0o600 })
  writeFileSync(join(files, '.public_key.pem'), master.publicPem)
  return { ...master, padding: 'oaep', files }
}
