import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { readKeyFile } from '../../electron/core/keys/files/key-file.ts'
import { derInteger, derOid } from '../../shared/format/der.ts'
import { slow } from '../faults/budget.ts'
import { cpuMs } from '../tools/cpu.ts'

interface KeyFileVector {
  readonly name: string
  readonly source: string
  readonly text?: string
  readonly base64?: string
  readonly passphrase?: string
  readonly container?: string
}
const { files } = JSON.parse(
  readFileSync(new URL('../vectors/key-files.json', import.meta.url), 'utf8'),
) as { readonly files: readonly KeyFileVector[] }
const byName = (name: string): KeyFileVector =>
  files.find((file) => file.name === name) ?? expect.fail(`no vector ${name}`)
const bytesOf = ({ text, base64 }: KeyFileVector): Buffer =>
  text === undefined ? Buffer.from(base64 ?? '', 'base64') : Buffer.from(text)
/** Returns the content of the first block. */
const bodyOf = (file: KeyFileVector): Buffer =>
  file.text === undefined
    ? bytesOf(file)
    : Buffer.from(
        (/-----\n(?:.*:.*\n)*\n?([^-]*)-----END/.exec(file.text)?.[1] ?? '').replace(/\s/g, ''),
        'base64',
      )

/** A body as PEM again, under the headers that say how the file's own is closed. */
function wrapped({ text = '' }: KeyFileVector, body: Uint8Array): Buffer {
  const headers = /Proc-Type[^]*?\n\n/.exec(text)?.[0] ?? ''
  return Buffer.from(
    `-----BEGIN PRIVATE KEY-----\n${headers}${Buffer.from(body).toString('base64')}\n-----END PRIVATE KEY-----`,
  )
}

/**
 * Files that oss2 wrote or would read. Where a passphrase costs much work, only what says so is
 * changed byte by byte.
 */
const readable = files.filter(
  ({ source, container }) =>
    container !== undefined && /^(oss2 |pycryptodome |OpenSSH |cryptography )/.test(source),
)
const isCostly = ({ name, text = '' }: KeyFileVector): boolean =>
  name.includes('scrypt') ||
  (text.includes('ENCRYPTED PRIVATE KEY') && !name.startsWith('PyCryptodome'))
const cheap = readable.filter((file) => !isCostly(file))
const costly = readable.filter(isCostly)

/**
 * One try each: the reader must end, and end in a key or an import problem; anything else rejects
 * or throws here.
 */
async function slowestOf(tries: Iterable<Uint8Array>, passphrase: string | null): Promise<number> {
  let slowest = 0
  for (const bytes of tries) {
    const before = cpuMs()
    const read = await readKeyFile(bytes, passphrase)
    slowest = Math.max(slowest, cpuMs() - before)
    if (!read.ok && read.error.code !== 'key-import')
      expect(read.error).toEqual({ code: 'key-import' })
  }
  return slowest
}

/** Every place with SLOW=1, else one in five: all of them are four minutes of one core. */
const STEP = slow ? 1 : 5

function* truncations(bytes: Uint8Array): Generator<Uint8Array> {
  for (let length = 0; length < bytes.length; length += STEP) yield bytes.subarray(0, length)
}

/** Each byte on its own: one bit, another one from place to place. */
function* mutations(bytes: Uint8Array, places = bytes.length): Generator<Uint8Array> {
  for (let at = 0; at < places; at += STEP) {
    const changed = Buffer.from(bytes)
    changed[at] = (changed[at] ?? 0) ^ (1 << (at % 8))
    yield changed
  }
}

describe('every truncation of what oss2 and PyCryptodome write and read', () => {
  test.each(readable)('$name', async (file) => {
    const bytes = bytesOf(file)
    const whole = isCostly(file) ? bytes.subarray(0, bytes.indexOf('-----END')) : bytes
    expect(await slowestOf(truncations(whole), file.passphrase ?? null)).toBeLessThan(5000)
    // Cut inside the structure, and whole outside.
    for (const body of truncations(bodyOf(file))) {
      expect(await readKeyFile(wrapped(file, body), file.passphrase ?? null)).toMatchObject({
        ok: false,
        error: { code: 'key-import' },
      })
    }
  })
})

describe('every byte changed', () => {
  test.each(cheap)('$name', async (file) => {
    expect(await slowestOf(mutations(bytesOf(file)), file.passphrase ?? null)).toBeLessThan(10_000)
    expect(
      await slowestOf(
        [...mutations(bodyOf(file))].map((body) => wrapped(file, body)),
        file.passphrase ?? null,
      ),
    ).toBeLessThan(10_000)
  })
  test.each(costly)('$name: what says how it is closed', async (file) => {
    expect(await slowestOf(mutations(bodyOf(file), 100), 'ASCII is tried once')).toBeLessThan(
      10_000,
    )
  })
})

describe('work that a file asks for', () => {
  const pbkdf2 = byName('PyCryptodome, PBKDF2WithHMAC-SHA512AndAES256-GCM')
  const scrypt = byName('PyCryptodome, scryptAndAES256-GCM')
  const replaced = (bytes: Buffer, before: Uint8Array, after: Uint8Array): Buffer => {
    expect(after.length).toBe(before.length)
    const at = bytes.indexOf(before)
    expect(at).toBeGreaterThan(0)
    return Buffer.concat([bytes.subarray(0, at), after, bytes.subarray(at + after.length)])
  }
  test.each([
    ['PBKDF2', pbkdf2, derInteger(1000), 0x7fff],
    ['scrypt', scrypt, derInteger(1024), 0x4000],
  ] as const)(
    '%s: two bytes of rounds are all that fits, and soon read',
    async (_, file, before, most) => {
      const asking = replaced(bodyOf(file), before, derInteger(most))
      expect(await slowestOf([asking], file.passphrase ?? null)).toBeLessThan(3000)
    },
  )
  test('scrypt: block size and parallel flows count as well', async () => {
    const body = bodyOf(scrypt)
    for (const [r, p] of [
      [127, 127],
      [8, 127],
      [127, 1],
    ] as const) {
      const asking = replaced(
        body,
        Buffer.concat([derInteger(1024), derInteger(8), derInteger(1)]),
        Buffer.concat([derInteger(0x4000), derInteger(r), derInteger(p)]),
      )
      const read = await readKeyFile(asking, scrypt.passphrase ?? null)
      expect(read).toEqual({
        ok: false,
        error: {
          code: 'key-import',
          problem: r * p * 0x4000 * 2 > 10_000_000 ? 'too-large' : 'wrong-passphrase',
        },
      })
    }
  })
  test('AES-GCM opens nothing whose tag is another', async () => {
    // Behind all content: only the tag tells.
    const body = bodyOf(pbkdf2)
    const tampered = Buffer.concat([body.subarray(0, -1), Buffer.of((body.at(-1) ?? 0) ^ 1)])
    expect(await readKeyFile(tampered, pbkdf2.passphrase ?? null)).toEqual({
      ok: false,
      error: { code: 'key-import', problem: 'wrong-passphrase' },
    })
  })
  test('a scheme nobody knows is no matter of the passphrase', async () => {
    const unknown = replaced(
      bodyOf(pbkdf2),
      derOid('2.16.840.1.101.3.4.1.46'),
      derOid('2.16.840.1.101.3.4.1.45'),
    )
    expect(await readKeyFile(unknown, pbkdf2.passphrase ?? null)).toEqual({
      ok: false,
      error: { code: 'key-import', problem: 'not-a-key' },
    })
  })
})

describe('OpenSSH files that are put together wrongly', () => {
  const file = bodyOf(byName('OpenSSH'))
  const magic = 15
  /**
   * The strings of the file: cipher, kdf, its options, (count of keys), public half, private half.
   */
  const parts = (() => {
    const found: Buffer[] = []
    for (let at = magic; at < file.length;) {
      if (found.length === 3) at += 4
      const length = file.readUInt32BE(at)
      found.push(file.subarray(at + 4, at + 4 + length))
      at += 4 + length
    }
    return found
  })()
  const uint32 = (value: number): Buffer =>
    Buffer.from([value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255])
  const string = (bytes: Uint8Array | string): Buffer =>
    Buffer.concat([uint32(Buffer.from(bytes).length), Buffer.from(bytes)])
  const [cipher = file, kdf = file, options = file, publicHalf = file, secret = file] = parts
  const put = ({
    count = 1,
    ...changed
  }: {
    readonly cipher?: string
    readonly kdf?: string
    readonly count?: number
    readonly publicHalf?: Buffer
    readonly secret?: Buffer
    readonly after?: string
  }): Buffer =>
    Buffer.concat([
      file.subarray(0, magic),
      string(changed.cipher ?? cipher),
      string(changed.kdf ?? kdf),
      string(options),
      uint32(count),
      string(changed.publicHalf ?? publicHalf),
      string(changed.secret ?? secret),
      Buffer.from(changed.after ?? ''),
    ])
  const flipped = (bytes: Buffer, at: number): Buffer =>
    Buffer.concat([bytes.subarray(0, at), Buffer.of((bytes[at] ?? 0) ^ 1), bytes.subarray(at + 1)])
  const n = publicHalf.subarray(-129)

  test('as it was', async () => {
    expect(put({}).equals(file)).toBe(true)
    expect((await readKeyFile(put({}), null)).ok).toBe(true)
  })
  test.each([
    ['two keys', put({ count: 2 }), 'not-a-key'],
    ['something behind', put({ after: 'x' }), 'not-a-key'],
    ['a passphrase and no cipher', put({ kdf: 'bcrypt' }), 'not-a-key'],
    ['a cipher', put({ cipher: 'aes256-ctr', kdf: 'bcrypt' }), 'openssh-closed'],
    ['check numbers that differ', put({ secret: flipped(secret, 3) }), 'not-a-key'],
    ['padding of another kind', put({ secret: flipped(secret, secret.length - 1) }), 'not-a-key'],
    [
      'padding of a whole block more',
      put({ secret: Buffer.concat([secret, Buffer.of(5, 6, 7, 8, 9, 10, 11, 12)]) }),
      'not-a-key',
    ],
    [
      'a public half of another key',
      put({
        publicHalf: Buffer.concat([publicHalf.subarray(0, -1), Buffer.of((n.at(-1) ?? 0) ^ 2)]),
      }),
      'halves-differ',
    ],
    [
      'another kind of key inside',
      put({
        secret: Buffer.concat([secret.subarray(0, 8), string('ssh-dss'), secret.subarray(8 + 11)]),
      }),
      'not-a-key',
    ],
    [
      'another kind of key outside',
      put({ publicHalf: Buffer.concat([string('ssh-dss'), publicHalf.subarray(11)]) }),
      'not-rsa',
    ],
    [
      'a number of 16 KB',
      put({
        publicHalf: Buffer.concat([
          string('ssh-rsa'),
          string(Buffer.of(1, 0, 1)),
          string(Buffer.alloc(16384, 1)),
        ]),
      }),
      'too-large',
    ],
    [
      'a negative number',
      put({
        publicHalf: Buffer.concat([
          string('ssh-rsa'),
          string(Buffer.of(1, 0, 1)),
          string(Buffer.alloc(128, 0xff)),
        ]),
      }),
      'not-a-key',
    ],
    [
      'a private exponent that was changed',
      put({ secret: flipped(secret, secret.indexOf(n) + n.length + 7 + 40) }),
      'halves-differ',
    ],
  ])('%s', async (_, bytes, problem) => {
    expect(await readKeyFile(bytes, null)).toEqual({
      ok: false,
      error: { code: 'key-import', problem },
    })
  })
})
