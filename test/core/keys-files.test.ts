import {
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
} from 'node:crypto'
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import forge from 'node-forge'
import { describe, expect, test } from 'vitest'
import type { KeyImportProblem } from '../../shared/contract/errors.ts'
import { inside, octets, readDer } from '../../electron/core/keys/files/der-view.ts'
import { allowedWork } from '../../electron/core/keys/files/passphrase.ts'
import { pkcs12Key } from '../../electron/core/keys/files/pkcs12-key.ts'
import { readKeyFile } from '../../electron/core/keys/files/key-file.ts'
import {
  der,
  derInteger,
  derNull,
  derOid,
  INTEGER,
  OCTET_STRING,
  SEQUENCE,
} from '../../shared/format/der.ts'
import { cpuMs } from '../tools/cpu.ts'

interface KeyFileVector {
  readonly name: string
  readonly source: string
  readonly text?: string
  readonly base64?: string
  readonly passphrase?: string
  readonly container?: string
  readonly hasPrivate?: boolean
  readonly key?: string
  readonly problem?: KeyImportProblem
}
const { keys, files } = JSON.parse(
  readFileSync(new URL('../vectors/key-files.json', import.meta.url), 'utf8'),
) as {
  readonly keys: Readonly<Record<string, { readonly bits: number; readonly fingerprint: string }>>
  readonly files: readonly KeyFileVector[]
}
const bytesOf = ({ text, base64 }: KeyFileVector): Buffer =>
  text === undefined ? Buffer.from(base64 ?? '', 'base64') : Buffer.from(text)
const named = (name: string): Buffer =>
  bytesOf(files.find((file) => file.name === name) ?? expect.fail(`no vector ${name}`))
const passphrase = files.find((file) => file.container === 'encrypted-pkcs8')?.passphrase ?? ''

/** Reads, and says what came out in the words of the vectors. */
async function outcome(bytes: Uint8Array, secret: string | null): Promise<unknown> {
  const read = await readKeyFile(bytes, secret)
  if (!read.ok) return read.error
  const { container, publicKey, privateKey } = read.value
  const spki = publicKey.export({ type: 'spki', format: 'der' })
  if (privateKey !== null) expect(createPublicKey(privateKey).equals(publicKey)).toBe(true)
  return {
    container,
    hasPrivate: privateKey !== null,
    bits: publicKey.asymmetricKeyDetails?.modulusLength,
    fingerprint: createHash('sha256').update(spki).digest('hex'),
  }
}
const refused = (problem: KeyImportProblem) => ({ code: 'key-import', problem })

/** Electron's BoringSSL computes with two primes only. */
const MANY_PRIMES = 'PKCS#1 with three primes'
const opensHere = ({ name }: { readonly name: string }) =>
  process.versions.electron === undefined || name !== MANY_PRIMES

describe('files as other programs write them', () => {
  test.each(files)('$name ($source)', async (file) => {
    const expected = !opensHere(file)
      ? refused('many-primes')
      : file.problem === undefined
        ? { container: file.container, hasPrivate: file.hasPrivate, ...keys[file.key ?? ''] }
        : refused(file.problem)
    expect(await outcome(bytesOf(file), file.passphrase ?? null)).toEqual(expected)
  })

  test.each(
    files.filter(
      (file) => file.text !== undefined && file.problem === undefined && opensHere(file),
    ),
  )('$name, laid out oddly', async (file) => {
    const text = file.text ?? ''
    const expected = await outcome(bytesOf(file), file.passphrase ?? null)
    const layouts = {
      CRLF: text.replaceAll('\n', '\r\n'),
      CR: text.replaceAll('\n', '\r'),
      indented: text.replace(/^/gm, '    \t'),
      'blanks at line ends': text.replaceAll('\n', '  \n'),
      'byte order mark': `\ufeff${text}`,
      'no newline at the end': text.trimEnd(),
      'text around': `Hello: this is\nmy key\n${text}\nbye`,
    }
    for (const [layout, changed] of Object.entries(layouts))
      expect([layout, await outcome(Buffer.from(changed), file.passphrase ?? null)]).toEqual([
        layout,
        expected,
      ])
    expect(
      await outcome(
        Buffer.concat([Buffer.of(0xff, 0xfe), Buffer.from(text, 'utf16le')]),
        file.passphrase ?? null,
      ),
    ).toEqual(expected)
  })

  test.each([
    ['PKCS#1', 'PRIVATE KEY'],
    ['PKCS#8', 'RSA PRIVATE KEY'],
    ['SPKI', 'RSA PUBLIC KEY'],
    ['PKCS#1 public', 'PUBLIC KEY'],
    ['SPKI', 'CERTIFICATE'],
    ['X.509 certificate', 'PUBLIC KEY'],
    ['PKCS#8', 'PUBLIC KEY'],
    ['OpenSSH', 'RSA PRIVATE KEY'],
    ['OpenSSH', 'PRIVATE KEY'],
    ['PKCS#1', 'OPENSSH PRIVATE KEY'],
  ])('%s under the label %s', async (name, label) => {
    const file = files.find((one) => one.name === name)
    const lying = (file?.text ?? '').replace(/(BEGIN|END) [A-Z ]+/g, `$1 ${label}`)
    expect(lying).toContain(label)
    expect(await outcome(Buffer.from(lying), null)).toMatchObject({
      container: file?.container,
      fingerprint: keys['a']?.fingerprint,
    })
  })

  test('a passphrase nobody needed is no harm, an empty one is none', async () => {
    expect(await outcome(named('PKCS#8'), 'x')).toMatchObject({ container: 'pkcs8' })
    expect(await outcome(named('encrypted PKCS#8, DER'), '')).toEqual(refused('needs-passphrase'))
    expect(await outcome(named('PKCS#12'), '')).toEqual(refused('needs-passphrase'))
  })

  test('PKCS#12 with no passphrase at all, which is not the empty one', async () => {
    const [version, safe] = inside(readDer(named('PKCS#12, nothing encrypted')))
    const content = octets(inside(inside(safe ?? expect.fail())[1] ?? expect.fail())[0])
    for (const secret of [null, '']) {
      const key = await pkcs12Key(
        'sha256',
        secret,
        Buffer.from('saltsalt'),
        1000,
        'mac',
        32,
        allowedWork(),
      )
      const digest = der(
        SEQUENCE,
        der(SEQUENCE, derOid('2.16.840.1.101.3.4.2.1'), derNull()),
        der(OCTET_STRING, createHmac('sha256', key).update(content).digest()),
      )
      const file = der(
        SEQUENCE,
        version?.whole ?? derNull(),
        safe?.whole ?? derNull(),
        der(SEQUENCE, digest, der(OCTET_STRING, Buffer.from('saltsalt')), derInteger(1000)),
      )
      expect(await outcome(file, null)).toMatchObject({
        container: 'pkcs12',
        fingerprint: keys['a']?.fingerprint,
      })
      expect(await outcome(file, 'x')).toEqual(refused('wrong-passphrase'))
    }
  })

  test('wrong passphrases are told as such, whatever their padding happens to be', async () => {
    for (const name of [
      'encrypted PKCS#8, v2 aes-256-cbc',
      'legacy encrypted PEM, des3',
      'encrypted PKCS#8, v1 PBE-MD5-DES',
    ]) {
      // 600 wrong ones: by chance about two have padding that fits.
      for (let i = 0; i < 600; i++)
        expect([name, i, await outcome(named(name), `wrong ${i}`)]).toEqual([
          name,
          i,
          refused('wrong-passphrase'),
        ])
    }
  })
})

describe('second opinion: node-forge', () => {
  const pem = named('PKCS#1').toString()
  const key = forge.pki.privateKeyFromPem(pem)
  const certificate = () => {
    const made = forge.pki.createCertificate()
    made.publicKey = forge.pki.setRsaPublicKey(key.n, key.e)
    made.serialNumber = '01'
    made.validity.notAfter = new Date('2099-01-01')
    made.sign(key)
    return made
  }
  test.each(['aes128', 'aes192', 'aes256', '3des'] as const)(
    'its PKCS#12 with %s',
    async (algorithm) => {
      // With its AES it takes a passphrase as Latin-1, which nobody else does: only ASCII can be
      // compared.
      const secret = algorithm === '3des' ? 'geheim ä' : 'geheim'
      const file = forge.pkcs12.toPkcs12Asn1(key, [certificate()], secret, {
        algorithm,
        count: 2048,
      })
      const bytes = Buffer.from(forge.asn1.toDer(file).getBytes(), 'latin1')
      expect(await outcome(bytes, secret)).toMatchObject({
        container: 'pkcs12',
        hasPrivate: true,
        fingerprint: keys['a']?.fingerprint,
      })
      expect(await outcome(bytes, 'falsch')).toEqual(refused('wrong-passphrase'))
    },
  )
  test.each(['aes128', 'aes192', 'aes256', '3des'] as const)(
    'its encrypted PKCS#8 with %s',
    async (algorithm) => {
      const info = forge.pki.encryptPrivateKeyInfo(
        forge.pki.wrapRsaPrivateKey(forge.pki.privateKeyToAsn1(key)),
        'geheim',
        { algorithm },
      )
      expect(
        await outcome(Buffer.from(forge.pki.encryptedPrivateKeyToPem(info)), 'geheim'),
      ).toMatchObject({ container: 'encrypted-pkcs8', fingerprint: keys['a']?.fingerprint })
    },
  )
  test.each(['aes128', 'aes192', 'aes256', '3des', 'des'] as const)(
    'its legacy PEM with %s',
    async (algorithm) => {
      const text = forge.pki.encryptRsaPrivateKey(key, 'geheim', {
        algorithm: algorithm as 'aes128',
        legacy: true,
      })
      expect(await outcome(Buffer.from(text), 'geheim')).toMatchObject({
        container: 'legacy-encrypted',
        fingerprint: keys['a']?.fingerprint,
      })
    },
  )
})

/** The numbers of a PKCS#1 key, so that they can be tampered with. */
const numbersOf = (name: string) =>
  inside(readDer(named(name))).map((element) => Buffer.from(element.whole))
const integer = (bytes: Uint8Array) => der(INTEGER, bytes)

describe('keys that are none', () => {
  test.each([
    ['nothing', Buffer.alloc(0)],
    ['text', Buffer.from('hello')],
    ['a sequence of nothing', Buffer.from('3000', 'hex')],
    ['a sequence that ends early', Buffer.from('308205', 'hex')],
    ['a length of four gigabytes', Buffer.from('3084ffffffff00', 'hex')],
    ['endless nesting', Buffer.from('30803080'.repeat(5000), 'hex')],
    ['deep nesting', Buffer.from('3080'.repeat(20) + '0000'.repeat(20), 'hex')],
    ['a block without an end', Buffer.from('-----BEGIN PRIVATE KEY-----\nMIIC')],
    [
      'a block without base64',
      Buffer.from('-----BEGIN PRIVATE KEY-----\n***\n-----END PRIVATE KEY-----'),
    ],
    ['a picture', Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex')],
    [
      'half a key beside a whole public one',
      Buffer.concat([
        named('SPKI'),
        Buffer.from(
          named('PKCS#8')
            .toString()
            .replace(/\n.{64}\n/, '\n'),
        ),
      ]),
    ],
    [
      'a public key with exponent 1',
      der(SEQUENCE, numbersOf('PKCS#1 public, DER')[0] ?? derNull(), derInteger(1)),
    ],
    [
      'a public key with an even exponent',
      der(SEQUENCE, numbersOf('PKCS#1 public, DER')[0] ?? derNull(), derInteger(65536)),
    ],
    [
      'a public key with an even modulus',
      der(
        SEQUENCE,
        integer(Buffer.concat([Buffer.of(0), Buffer.alloc(128, 0xfe)])),
        derInteger(65537),
      ),
    ],
    [
      'an OpenSSH key',
      Buffer.from(
        '-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAABG5vbmU=\n-----END OPENSSH PRIVATE KEY-----\n',
      ),
    ],
  ])('%s', async (_, bytes) => {
    expect(await outcome(bytes, null)).toEqual(refused('not-a-key'))
  })

  test('halves of two keys in one structure differ', async () => {
    const [version, modulus, exponent, ...rest] = numbersOf('PKCS#1, DER')
    const other = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey.export({
      type: 'pkcs1',
      format: 'der',
    })
    const [otherModulus] = inside(readDer(other))
    const mixed = der(
      SEQUENCE,
      version ?? derNull(),
      Buffer.from(otherModulus?.whole ?? []),
      exponent ?? derNull(),
      ...rest,
    )
    expect(modulus?.equals(otherModulus?.whole ?? Buffer.alloc(0))).toBe(false)
    expect(await outcome(mixed, null)).toEqual(refused('halves-differ'))
  })

  test.each([
    [3, 'private exponent'],
    [4, 'first prime'],
    [5, 'second prime'],
    [6, 'first remainder'],
    [7, 'second remainder'],
    [8, 'inverse'],
  ])('number %i, the %s, was changed', async (index) => {
    const numbers = numbersOf('PKCS#1, DER')
    const changed = Buffer.from(numbers[index] ?? [])
    changed[changed.length - 3] = (changed.at(-3) ?? 0) ^ 0x10
    const bytes = der(SEQUENCE, ...numbers.map((number, i) => (i === index ? changed : number)))
    expect(await outcome(bytes, null)).toEqual(refused('halves-differ'))
  })

  test.runIf(opensHere({ name: MANY_PRIMES }))(
    'three primes, whose numbers only the proof can test',
    async () => {
      const base64 = named(MANY_PRIMES)
        .toString()
        .replace(/-----[^-]+-----|\s/g, '')
      const numbers = inside(readDer(Buffer.from(base64, 'base64'))).map(({ whole }) =>
        Buffer.from(whole),
      )
      // The exponent and a remainder: with one of them right, OpenSSL still finds its way.
      for (const index of [3, 6]) {
        const number = numbers[index] ?? expect.fail()
        number[number.length - 3] = (number.at(-3) ?? 0) ^ 0x10
      }
      expect(await outcome(der(SEQUENCE, ...numbers), null)).toEqual(refused('halves-differ'))
    },
  )

  test('too large: the file, the numbers, the work it asks for', async () => {
    expect(await outcome(Buffer.alloc(1024 * 1024 + 1, 0x30), null)).toEqual(refused('too-large'))
    const huge = der(
      SEQUENCE,
      integer(Buffer.concat([Buffer.of(0), Buffer.alloc(2049, 0xff)])),
      derInteger(65537),
    )
    expect(await outcome(huge, null)).toEqual(refused('too-large'))
    expect(
      await outcome(Buffer.from('-----BEGIN A-----\nMAA=\n-----END A-----\n'.repeat(65)), null),
    ).toEqual(refused('too-large'))
    const rounds = (count: number) =>
      der(
        SEQUENCE,
        der(
          SEQUENCE,
          derOid('1.2.840.113549.1.5.13'),
          der(
            SEQUENCE,
            der(
              SEQUENCE,
              derOid('1.2.840.113549.1.5.12'),
              der(SEQUENCE, der(OCTET_STRING, Buffer.alloc(8)), derInteger(count)),
            ),
            der(SEQUENCE, derOid('2.16.840.1.101.3.4.1.42'), der(OCTET_STRING, Buffer.alloc(16))),
          ),
        ),
        der(OCTET_STRING, Buffer.alloc(32)),
      )
    // The work that these files ask for would not end within the time of a test.
    expect(await outcome(rounds(2 ** 31 - 1), 'x')).toEqual(refused('too-large'))
    expect(await outcome(Buffer.concat([Buffer.alloc(0), rounds(0)]), 'x')).toEqual(
      refused('not-a-key'),
    )
    const bag = (count: number) =>
      der(
        SEQUENCE,
        derInteger(3),
        der(SEQUENCE, derOid('1.2.840.113549.1.7.1'), der(0xa0, der(OCTET_STRING, der(SEQUENCE)))),
        der(
          SEQUENCE,
          der(
            SEQUENCE,
            der(SEQUENCE, derOid('1.3.14.3.2.26'), derNull()),
            der(OCTET_STRING, Buffer.alloc(20)),
          ),
          der(OCTET_STRING, Buffer.alloc(8)),
          derInteger(count),
        ),
      )
    expect(await outcome(bag(2 ** 31 - 1), 'x')).toEqual(refused('too-large'))
  })

  test('a text of nothing but beginnings is read in a moment', async () => {
    const costOf = async (beginnings: number): Promise<number> => {
      const text = Buffer.from('-----BEGIN A-----'.repeat(beginnings))
      const before = cpuMs()
      expect(await outcome(text, null)).toEqual(refused('not-a-key'))
      return cpuMs() - before
    }
    // The first one compiles.
    await costOf(6000)
    const [few, many] = [await costOf(6000), await costOf(60_000)]
    // Ten times as long a text costs ten times as much, and not a hundred times.
    expect(many, `${few} ms for a tenth of it`).toBeLessThan(Math.max(100, 40 * few))
  })
})

describe('garbage', () => {
  const seeds = [
    'PKCS#1',
    'PKCS#8, DER',
    'SPKI, DER',
    'X.509 certificate, DER',
    'PKCS#1 public',
    'encrypted PKCS#8, v2 aes-256-cbc',
    'legacy encrypted PEM, aes128',
    'PKCS#12',
    'PKCS#12, as before OpenSSL 3',
  ]
  const mutation = fc.record({
    seed: fc.constantFrom(...seeds),
    edits: fc.array(
      fc.record({
        at: fc.double({ min: 0, max: 0.999, noNaN: true }),
        kind: fc.constantFrom('set', 'cut', 'insert'),
        byte: fc.nat(255),
      }),
      { minLength: 1, maxLength: 6 },
    ),
  })
  const mutated = (
    bytes: Buffer,
    edits: readonly { readonly at: number; readonly kind: string; readonly byte: number }[],
  ): Buffer =>
    edits.reduce((now, { at, kind, byte }) => {
      const index = Math.floor(at * now.length)
      const [head, tail] = [
        now.subarray(0, index),
        now.subarray(index + (kind === 'insert' ? 0 : 1)),
      ]
      return Buffer.concat(kind === 'cut' ? [head, tail] : [head, Buffer.of(byte), tail])
    }, bytes)

  test('mutated files end in a key or in an import problem, never in a throw or a wait', async () => {
    const slowest = { ms: 0 }
    await fc.assert(
      fc.asyncProperty(mutation, async ({ seed, edits }) => {
        const before = cpuMs()
        const read = await readKeyFile(mutated(named(seed), edits), passphrase)
        slowest.ms = Math.max(slowest.ms, cpuMs() - before)
        if (!read.ok) expect(read.error.code).toBe('key-import')
        else expect(read.value.publicKey.asymmetricKeyType).toBe('rsa')
      }),
      { numRuns: 400 },
    )
    expect(slowest.ms).toBeLessThan(10_000)
  })

  test('random bytes and random texts', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.uint8Array({ maxLength: 400 }),
          fc.uint8Array({ maxLength: 400 }).map((bytes) => der(SEQUENCE, bytes)),
          fc
            .string()
            .map((text) => Buffer.from(`-----BEGIN ${text}-----\nMAA=\n-----END ${text}-----`)),
        ),
        async (bytes) => {
          expect((await readKeyFile(bytes, 'x')).ok).toBe(false)
        },
      ),
      { numRuns: 500 },
    )
  })
})

describe('DER', () => {
  test.each([0, 1, 127, 128, 255, 256, 65535, 2 ** 31 - 1])('whole number %i', (value) => {
    const [element] = inside(
      der(SEQUENCE, derInteger(value)) && readDer(der(SEQUENCE, derInteger(value))),
    )
    expect(Number(`0x${Buffer.from(element?.body ?? []).toString('hex')}`)).toBe(value)
    expect((element?.body[0] ?? 0) < 0x80).toBe(true)
  })
  test.each([0, 1, 127, 128, 255, 256, 70_000])('%i bytes', (length) => {
    expect(octets(readDer(der(OCTET_STRING, Buffer.alloc(length, 7)))).length).toBe(length)
  })
  test('octets in pieces and of unknown length (BER)', () => {
    expect(
      Buffer.from(octets(readDer(Buffer.from('24800401aa0402bbcc0000', 'hex')))).toString('hex'),
    ).toBe('aabbcc')
  })
  test('a key from OpenSSL is written as we read it', () => {
    const bytes = named('PKCS#1, DER')
    expect(
      Buffer.from(
        der(SEQUENCE, ...inside(readDer(bytes)).map((part) => der(part.tag, part.body))),
      ).equals(bytes),
    ).toBe(true)
    expect(createPrivateKey({ key: bytes, format: 'der', type: 'pkcs1' }).asymmetricKeyType).toBe(
      'rsa',
    )
  })
})
