import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import type { KeyImportProblem } from '../../shared/contract/errors.ts'
import { fingerprintOf } from '../../electron/core/keys/public-key.ts'
import { readKeyFile } from '../../electron/core/keys/files/key-file.ts'

const pairs = [2048, 3072].map((modulusLength) => generateKeyPairSync('rsa', { modulusLength }))
const [{ privateKey, publicKey } = expect.fail()] = pairs
const pem = String(privateKey.export({ type: 'pkcs8', format: 'pem' }))
const pkcs1 = String(privateKey.export({ type: 'pkcs1', format: 'pem' }))
const legacy = String(
  privateKey.export({ type: 'pkcs1', format: 'pem', cipher: 'aes-128-cbc', passphrase: '' }),
)
const spki = String(publicKey.export({ type: 'spki', format: 'pem' }))
const der = privateKey.export({ type: 'pkcs8', format: 'der' })
const jwk = privateKey.export({ format: 'jwk' }) as Readonly<Record<string, string>>
const body = (text: string): string => text.replace(/-----[^-]+-----|\s/g, '')
const base64 = (text: string | Buffer): string => Buffer.from(text).toString('base64')
const broken = (text: string, width: number, join = '\n'): string =>
  text.replace(new RegExp(`(.{${width}})(?=.)`, 'g'), `$1${join}`)
const perLine = (text: string, line: (one: string, i: number) => string): string =>
  text.trim().split('\n').map(line).join('\n')
const hex = der.toString('hex')
const standard = (name: string): string =>
  Buffer.from(jwk[name] ?? '', 'base64url').toString('base64')
const xml = (names: Readonly<Record<string, string>>): string =>
  `<RSAKeyValue>${Object.entries(names)
    .map(([name, member]) => `<${name}>${standard(member)}</${name}>`)
    .join('')}</RSAKeyValue>`

/** How configuration files, secret stores, mails and web pages hold a key. */
const private_: readonly (readonly [string, string | Buffer])[] = [
  ['base64 of DER, one line', base64(der)],
  ['base64 of DER, wrapped', broken(base64(der), 76)],
  ['base64 of DER, wrapped at 64', broken(base64(der), 64, '\r\n')],
  ['base64 of PKCS#1, no label', body(pkcs1)],
  ['base64 of the URL alphabet', Buffer.from(der).toString('base64url')],
  ['line ends in letters', pem.trim().replaceAll('\n', '\\n')],
  ['CR and LF in letters', pem.trim().replaceAll('\n', '\\r\\n')],
  ['line ends in letters, escaped twice', pem.trim().replaceAll('\n', '\\\\n')],
  [
    'JSON of a service account',
    JSON.stringify({ type: 'service_account', private_key_id: 'ab12', private_key: pem }),
  ],
  ['deep in JSON', JSON.stringify({ a: [{ b: { c: pkcs1 } }] })],
  ['JSON with base64', JSON.stringify({ data: { 'tls.key': base64(pem) } })],
  ['JSON in JSON', JSON.stringify({ secret: JSON.stringify({ private_key: pem }) })],
  ['JSON that escapes slashes', JSON.stringify({ private_key: pem }).replaceAll('/', '\\/')],
  [
    'JSON that escapes plus and equals signs',
    JSON.stringify({ private_key: pem }).replaceAll('+', '\\u002b').replaceAll('=', '\\u003d'),
  ],
  ['a secret of Kubernetes', `apiVersion: v1\nkind: Secret\ndata:\n  tls.key: ${base64(pem)}\n`],
  ['base64 twice', base64(base64(pem))],
  ['base64 of a PEM, wrapped', broken(base64(pem), 76)],
  ['base64 of JSON', base64(JSON.stringify({ private_key: pem }))],
  ['.env, quoted', `PRIVATE_KEY="${pem.trim().replaceAll('\n', '\\n')}"\n`],
  ['.env, over lines', `A=b\nPRIVATE_KEY='${pem}'\nC=d\n`],
  ['.env, base64 of DER', `A=b\nPRIVATE_KEY=${base64(der)}\nC=d\n`],
  ['YAML block', `key: |\n${perLine(pem, (one) => `    ${one}`)}\nother: 1\n`],
  [
    'YAML block of base64',
    `key: |-\n${perLine(broken(base64(der), 64), (one) => `    ${one}`)}\nother: 1\n`,
  ],
  ['YAML, quoted', `key: "${pem.trim().replaceAll('\n', '\\n')}"\n`],
  ['Java properties', `key=${perLine(pem, (one) => `${one}\\n\\`)}`],
  ['one line with blanks', pem.trim().replaceAll('\n', ' ')],
  ['one line without anything', pem.replaceAll('\n', '')],
  [
    'docker-compose',
    `services:\n  app:\n    environment:\n      - PRIVATE_KEY=${pem.trim().replaceAll('\n', '\\n')}\n`,
  ],
  ['Terraform heredoc', `key = <<-EOT\n${perLine(pem, (one) => `  ${one}`)}\nEOT\n`],
  ['JSON in a YAML block', `config: |\n  ${JSON.stringify({ private_key: pem })}\n`],
  ['XML CDATA', `<key><![CDATA[${pem}]]></key>`],
  ['Windows line ends twice', pem.replaceAll('\n', '\r\r\n')],
  ['leading tabs', perLine(pem, (one) => `\t\t${one}`)],
  ['HTML pre', `<pre class="k">${pem}</pre>`],
  ['a terminal with colours', perLine(pem, (one) => `\x1b[32m${one}\x1b[0m`)],
  ['cat -A', perLine(pem.trim(), (one) => `${one}^M$`)],
  ['a SPKI label', pem.replaceAll(/(BEGIN|END) [A-Z ]+-/g, '$1 PUBLIC KEY-')],
  ['PHP var_export', `array (\n  'key' => '${pem}',\n)`],
  ['Go %q', JSON.stringify(pem)],
  ['Python repr of bytes', `b'${pem.replaceAll('\n', '\\n')}'`],
  ['a Java constant', perLine(pem.trim(), (one) => `    "${one}\\n" +`)],
  ['indented', perLine(pem, (one) => `\t    ${one}`)],
  ['a quoted mail', perLine(pem, (one) => `> ${one}`)],
  ['quoted twice', perLine(pem, (one) => `> > ${one}`)],
  ['line numbers', perLine(pem, (one, i) => `${i + 1}: ${one}`)],
  ['line numbers of cat -n', perLine(pem, (one, i) => `${String(i + 1).padStart(6)}\t${one}`)],
  ['comments of a shell', perLine(pem, (one) => `# ${one}`)],
  ['comments of C', perLine(pem, (one) => ` * ${one}`)],
  ['a patch', perLine(pem, (one) => `+${one}`)],
  ['JavaScript', `const k = ${perLine(pem, (one) => `  '${one}\\n' +`)}\n''`],
  ['Python', `k = (\n${perLine(pem, (one) => `  "${one}\\n"`)}\n)`],
  ['C', perLine(pem, (one) => `"${one}\\r\\n" \\`)],
  ['PHP', perLine(pem, (one) => `'${one}' . "\\n" .`)],
  ['lines in a list', JSON.stringify(pem.trim().split('\n'), null, 2)],
  ['CRLF', pem.replaceAll('\n', '\r\n')],
  ['CR', pem.replaceAll('\n', '\r')],
  ['a byte order mark', `\ufeff${pem}`],
  ['UTF-16 LE', Buffer.from(`\ufeff${pem}`, 'utf16le')],
  ['UTF-16 BE', Buffer.from(`\ufeff${pem}`, 'utf16le').swap16()],
  ['UTF-16 without a mark', Buffer.from(pem, 'utf16le')],
  ['base64 of DER in UTF-16', Buffer.from(`\ufeff${base64(der)}`, 'utf16le')],
  ['no-break spaces', pem.replaceAll(' ', '\u00a0')],
  ['zero-width spaces', broken(pem.replaceAll('\n', '\n\u200b'), 40, '\u200b')],
  ['long dashes', pem.replaceAll('-----', '\u2014\u2014-')],
  ['dashes of another kind', pem.replaceAll('-', '\u2010')],
  ['lines of U+2028', pem.replaceAll('\n', '\u2028')],
  [
    'HTML',
    `<pre>${pem.replaceAll('+', '&#43;').replaceAll('=', '&#x3D;').replaceAll('/', '&sol;').replaceAll('\n', '<br>\n')}</pre>`,
  ],
  ['HTML lines', perLine(pem, (one) => `<div class="line">${one}</div>`).replaceAll('\n', '')],
  ['percent-encoded', encodeURIComponent(pem)],
  ['percent-encoded, as a form', encodeURIComponent(pem).replaceAll('%20', '+')],
  ['plus signs made blanks', pem.replaceAll('+', ' ')],
  ['under the wrong label', pem.replaceAll('PRIVATE KEY', 'RSA PRIVATE KEY')],
  ['PKCS#1 under the wrong label', pkcs1.replaceAll('RSA PRIVATE KEY', 'PRIVATE KEY')],
  [
    'bag attributes',
    `Bag Attributes\n    friendlyName: x\n    localKeyID: 01 02\nKey Attributes: <No Attributes>\n${pem}`,
  ],
  ['with its public half', `${pem}\n${spki}`],
  ['closed with an empty passphrase, in one line', legacy.trim().replaceAll('\n', ' ')],
  ['hexadecimal', hex],
  ['hexadecimal, as xxd -p', broken(hex, 60)],
  ['hexadecimal with colons', broken(hex, 2, ':')],
  ['hexadecimal in C', `{ ${broken(hex, 2, ', ').replace(/[0-9a-f]{2}/g, '0x$&')} }`],
  ['hexadecimal, escaped', hex.replace(/../g, '\\x$&')],
  ['a JWK', JSON.stringify(jwk)],
  ['a JWK in a set', JSON.stringify({ keys: [{ ...jwk, kid: 'a', use: 'enc' }] })],
  ['base64 of a JWK', base64(JSON.stringify(jwk))],
  [
    'XML of .NET',
    xml({
      Modulus: 'n',
      Exponent: 'e',
      P: 'p',
      Q: 'q',
      DP: 'dp',
      DQ: 'dq',
      InverseQ: 'qi',
      D: 'd',
    }),
  ],
  [
    'XML of .NET in a text',
    `  <?xml version="1.0"?>\n${xml({ Modulus: 'n', Exponent: 'e', P: 'p', Q: 'q', DP: 'dp', DQ: 'dq', InverseQ: 'qi', D: 'd' }).replaceAll('><', '>\n  <')}`,
  ],
  [
    'XML of .NET in an attribute',
    `<add key="rsa" value="${xml({ Modulus: 'n', Exponent: 'e', P: 'p', Q: 'q', DP: 'dp', DQ: 'dq', InverseQ: 'qi', D: 'd' }).replaceAll('<', '&lt;').replaceAll('>', '&gt;')}"/>`,
  ],
  [
    'RSAParameters of .NET in JSON',
    JSON.stringify({
      Modulus: standard('n'),
      Exponent: standard('e'),
      P: standard('p'),
      Q: standard('q'),
      DP: standard('dp'),
      DQ: standard('dq'),
      InverseQ: standard('qi'),
      D: standard('d'),
    }),
  ],
  [
    'the same with small letters',
    JSON.stringify({
      key: {
        modulus: standard('n'),
        exponent: standard('e'),
        p: standard('p'),
        q: standard('q'),
        dp: standard('dp'),
        dq: standard('dq'),
        inverseQ: standard('qi'),
        d: standard('d'),
      },
    }),
  ],
  ['a JWK in a variable', `export JWK='${JSON.stringify(jwk)}'\n`],
  ['a Buffer of Node in JSON', JSON.stringify(der)],
  ['bytes of a PEM as a list of numbers', `[]byte{${[...Buffer.from(pem)].join(', ')}}`],
  ['a log with times', perLine(pem, (one) => `2026-09-01T10:11:12.1234567Z ${one}`)],
  ['a log with names', perLine(pem, (one) => `web_1  | ${one}`)],
  ['found by grep -n', perLine(pem, (one, i) => `key.pem:${i + 1}:${one}`)],
  ['a table of lines', perLine(pem, (one) => `│ ${one.padEnd(64)} │`)],
  ['a table of a database', perLine(pem, (one) => ` ${one.padEnd(64)} +`)],
  ['without its last line', pem.split('\n').slice(0, -2).join('\n')],
]

test.each(private_)('a private key: %s', async (_name, file) => {
  const read = await readKeyFile(Buffer.from(file), null)
  expect(read.ok ? null : read.error).toBeNull()
  expect(read.ok && read.value.privateKey?.equals(privateKey)).toBe(true)
})

test.each<readonly [string, string]>([
  ['base64 of SPKI', body(spki)],
  ['JSON', JSON.stringify({ public_key: spki })],
  ['a JWK', JSON.stringify(publicKey.export({ format: 'jwk' }))],
  ['XML of .NET', xml({ Modulus: 'n', Exponent: 'e' })],
  ['one line', spki.replaceAll('\n', '\\n')],
  ['hexadecimal', publicKey.export({ type: 'pkcs1', format: 'der' }).toString('hex')],
])('a public key: %s', async (_name, file) => {
  const read = await readKeyFile(Buffer.from(file), null)
  expect(read.ok && [read.value.privateKey, fingerprintOf(read.value.publicKey)]).toEqual([
    null,
    fingerprintOf(publicKey),
  ])
})

describe('what does not open says why', () => {
  const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const other = String(pairs[1]?.privateKey.export({ type: 'pkcs8', format: 'pem' }))
  const { p: _p, q: _q, dp: _dp, dq: _dq, qi: _qi, ...short } = jwk
  test.each<readonly [string, string | Buffer, KeyImportProblem]>([
    [
      'PuTTY',
      'PuTTY-User-Key-File-3: ssh-rsa\nEncryption: none\nComment: a\nPublic-Lines: 1\nAAAA\n',
      'putty',
    ],
    [
      'OpenPGP',
      '-----BEGIN PGP PRIVATE KEY BLOCK-----\n\nlQOYBGAAAA\n=ABCD\n-----END PGP PRIVATE KEY BLOCK-----\n',
      'pgp',
    ],
    [
      'SSH2',
      '---- BEGIN SSH2 PUBLIC KEY ----\nComment: "a"\nAAAAB3NzaC1yc2E=\n---- END SSH2 PUBLIC KEY ----\n',
      'ssh2',
    ],
    ['PKCS#7', '-----BEGIN PKCS7-----\nMAsGCSqGSIb3DQEHAg==\n-----END PKCS7-----\n', 'pkcs7'],
    ['JKS', Buffer.from('feedfeed0000000200000001', 'hex'), 'java-keystore'],
    ['JCEKS', Buffer.from('cececece0000000200000001', 'hex'), 'java-keystore'],
    ['a blob of Windows', Buffer.from('0702000000a400005253413200080000', 'hex'), 'microsoft-blob'],
    ['PVK', Buffer.from('1ef1b5b000000000', 'hex'), 'microsoft-blob'],
    ['a JWK without primes', JSON.stringify(short), 'jwk-short'],
    [
      'a JWK of an elliptic curve',
      JSON.stringify(ec.privateKey.export({ format: 'jwk' })),
      'not-rsa',
    ],
    ['a secret JWK', JSON.stringify({ kty: 'oct', k: 'AAAA' }), 'not-rsa'],
    [
      'cut off before its last line, beside a public one',
      `${spki}\n${pem.split('\n').slice(0, -4).join('\n')}`,
      'not-a-key',
    ],
    ['two private keys', pem + other, 'several-keys'],
    ['two keys in JSON', JSON.stringify({ a: base64(pem), b: base64(other) }), 'several-keys'],
    ['JSON without a key', JSON.stringify({ a: 'x'.repeat(200) }), 'not-a-key'],
    ['a part of the base64', base64(der).slice(0, 800), 'not-a-key'],
    ['a part of the hexadecimal digits', hex.slice(0, 800), 'not-a-key'],
    [
      'closed with a passphrase, in JSON',
      JSON.stringify({
        k: String(
          privateKey.export({
            type: 'pkcs8',
            format: 'pem',
            cipher: 'aes-256-cbc',
            passphrase: 'x',
          }),
        ),
      }),
      'needs-passphrase',
    ],
    [
      'closed, beside an open public one',
      JSON.stringify({
        a: spki,
        k: base64(
          String(
            privateKey.export({
              type: 'pkcs8',
              format: 'pem',
              cipher: 'aes-256-cbc',
              passphrase: 'x',
            }),
          ),
        ),
      }),
      'needs-passphrase',
    ],
  ])('%s', async (_name, file, problem) => {
    expect(await readKeyFile(Buffer.from(file), null)).toEqual({
      ok: false,
      error: { code: 'key-import', problem },
    })
  })
})

test('an empty passphrase is a passphrase, and no other key opens with it', async () => {
  for (const type of ['pkcs8', 'pkcs1'] as const) {
    for (const [secret, problem] of [
      ['', null],
      ['x', 'needs-passphrase'],
    ] as const) {
      const closed = String(
        createPrivateKey(pem).export({
          type,
          format: 'pem',
          cipher: 'aes-256-cbc',
          passphrase: secret,
        }),
      )
      const read = await readKeyFile(Buffer.from(closed), null)
      expect(read.ok ? null : read.error).toEqual(
        problem === null ? null : { code: 'key-import', problem },
      )
      if (read.ok) expect(createPublicKey(privateKey).equals(read.value.publicKey)).toBe(true)
    }
  }
})
