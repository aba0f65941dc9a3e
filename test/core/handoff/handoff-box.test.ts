import { constants, generateKeyPairSync, privateDecrypt } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { base32Bytes } from '../../../electron/core/escrow/base32.ts'
import {
  lockWithRsa,
  lockWithWords,
  makeHandoff,
  openHandoff,
  type Handoff,
} from '../../../electron/core/handoff/handoff-box.ts'

const hex = (text: string): Buffer => Buffer.from(text, 'hex')
/** Source  the specification of seals and what hangs on them, section 6. */
const { handoff: vector } = JSON.parse(
  readFileSync(new URL('../../vectors/handoff.json', import.meta.url), 'utf8'),
) as {
  readonly handoff: Record<
    | 'bucket'
    | 'key'
    | 'seal'
    | 'link'
    | 'secret'
    | 'salt'
    | 'commit'
    | 'box'
    | 'dataKey'
    | 'counter',
    string
  > & { readonly expires: number }
}
const { bucket, key, seal, link, expires } = vector
const facts = { bucket, key, seal, link, expires }
const keys = { dataKey: hex(vector.dataKey), counter: hex(vector.counter) }
const locked = () => ({
  secret: hex(vector.secret),
  salt: hex(vector.salt),
  lock: { kind: 'words', text: '' } as const,
})

test('the box of the vector is made byte for byte, and opens', () => {
  const made = makeHandoff(facts, locked(), keys)
  expect(made).toMatchObject({
    box: vector.box,
    commit: hex(vector.commit).toString('base64url'),
    salt: hex(vector.salt).toString('base64url'),
  })
  expect(openHandoff(made, hex(vector.secret))).toEqual(keys)
})

const changed: readonly (readonly [string, (one: Handoff) => Handoff])[] = [
  ['bucket', (one) => ({ ...one, bucket: 'examplebucke' })],
  [
    'bucket and key, moved by a letter',
    (one) => ({ ...one, bucket: `${one.bucket}n`, key: one.key.slice(1) }),
  ],
  ['key', (one) => ({ ...one, key: 'notes/hello.txT' })],
  ['seal', (one) => ({ ...one, seal: `${one.seal.slice(0, -2)}AA` })],
  ['link', (one) => ({ ...one, link: one.link.replace('hangzhou', 'shanghai') })],
  ['expires', (one) => ({ ...one, expires: one.expires + 1 })],
  ['salt', (one) => ({ ...one, salt: Buffer.alloc(32).toString('base64url') })],
  ['commit', (one) => ({ ...one, commit: Buffer.alloc(32).toString('base64url') })],
  ['box', (one) => ({ ...one, box: `A${one.box.slice(1)}` })],
  ['box, cut', (one) => ({ ...one, box: one.box.slice(0, -4) })],
  ['box, empty', (one) => ({ ...one, box: '' })],
]

test.each(changed)('a page with another %s does not open', (_, change) => {
  const made = makeHandoff(facts, locked(), keys)
  expect(openHandoff(change(made), hex(vector.secret))).toBeNull()
})

test('another secret does not open', () => {
  const made = makeHandoff(facts, locked(), keys)
  expect(openHandoff(made, hex(vector.salt))).toBeNull()
})

test('each page has a salt of its own, so no two boxes have one key', async () => {
  const [a, b] = [await lockWithWords('six words'), await lockWithWords('six words')]
  expect(a.salt.equals(b.salt)).toBe(false)
  expect(a.secret.equals(b.secret)).toBe(false)
})

test('the holder of the RSA key gets letters that give the secret', () => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const { secret, lock } = lockWithRsa(publicKey)
  const letters = privateDecrypt(
    { key: privateKey, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' },
    Buffer.from(lock.text, 'base64url'),
  ).toString()
  expect(letters).toMatch(/^[A-Z2-7]{52}$/)
  expect(Buffer.from(base32Bytes(letters) ?? [])).toEqual(secret)
})
