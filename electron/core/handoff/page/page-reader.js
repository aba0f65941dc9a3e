// Opens the box of a hand-off page, and verifies the object by its seal before it is decrypted.
// Source FORMAT.md 11 (seals) and 13 (hand-off).

/**
 * @typedef {object} Facts The JSON of the page. Bytes are base64url.
 * @property {string} bucket
 * @property {string} key
 * @property {string} seal
 * @property {string} link
 * @property {number} expires Seconds since 1970.
 * @property {{ kind: 'words' | 'rsa', text: string }} lock
 * @property {string} salt
 * @property {string} commit
 * @property {string} box
 *
 * @typedef {object} Seal
 * @property {Bytes} head Bytes 0 to 59.
 * @property {number} chunkBytes
 * @property {Bytes} sealId
 * @property {number} length
 * @property {Bytes} root
 * @property {Bytes} content
 * @property {Bytes} time
 * @property {Bytes} place
 *
 * @typedef {Uint8Array<ArrayBuffer>} Bytes
 * @typedef {keyof typeof TEXTS.en} TextName
 */

const SEAL_BYTES = 148
const encoder = new TextEncoder()
const language = navigator.language.toLowerCase().startsWith('zh') ? 'zh-CN' : 'en'

/** The receiver's mistake, or an attack. Nothing is saved. `text`: what the page says. */
class Refused extends Error {
  /** @param {TextName} text @param {Record<string, string>} [values] */
  constructor(text, values = {}) {
    super(text)
    this.text = text
    this.values = values
  }
}

/** @param {TextName} name @param {Record<string, string>} [values] */
const textOf = (name, values = {}) =>
  TEXTS[language][name].replace(/\{(\w+)\}/g, (_, word) => values[word] ?? '')

/** @param {string} id @returns {HTMLElement} */
function element(id) {
  const found = document.getElementById(id)
  if (found === null) throw new Error(id)
  return found
}

/** @param {string} text @returns {Bytes} */
function bytesOf(text) {
  const plain = atob(text.replace(/-/g, '+').replace(/_/g, '/'))
  const bytes = Uint8Array.from(plain, (letter) => letter.charCodeAt(0))
  const back = btoa(plain).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '')
  if (back !== text) throw new Refused('broken')
  return bytes
}

/** @param {readonly Uint8Array[]} parts @returns {Bytes} */
function joined(...parts) {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}

/** @param {number} value */
const u32 = (value) => Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value)
/** @param {number} value */
const u64 = (value) => joined(u32(Math.floor(value / 2 ** 32)), u32(value % 2 ** 32))
/** @param {string} text */
function counted(text) {
  const bytes = encoder.encode(text)
  return joined(u32(bytes.length), bytes)
}

/** @param {Uint8Array} a @param {Uint8Array} b */
const isSame = (a, b) => a.length === b.length && a.every((byte, i) => byte === b[i])

/** @param {Bytes} secret @param {Bytes} salt @param {string} info @param {number} bytes */
async function derive(secret, salt, info, bytes) {
  const key = await crypto.subtle.importKey('raw', secret, 'HKDF', false, ['deriveBits'])
  const how = { name: 'HKDF', hash: 'SHA-256', salt, info: encoder.encode(info) }
  return new Uint8Array(await crypto.subtle.deriveBits(how, key, bytes * 8))
}

/** @param {Bytes} bytes */
const macKey = (bytes) =>
  crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign'])
/** @param {CryptoKey} key @param {readonly Uint8Array[]} parts */
const macOf = async (key, ...parts) =>
  new Uint8Array(await crypto.subtle.sign('HMAC', key, joined(...parts)))

/** @param {string} text @returns {Seal} */
function readSeal(text) {
  const bytes = bytesOf(text)
  const [version, suite, , exponent = 0] = bytes
  if (bytes.length !== SEAL_BYTES || version !== 1 || suite !== 1) throw new Refused('broken')
  if (exponent < 20 || exponent > 26) throw new Refused('broken')
  return {
    head: bytes.slice(0, 60),
    chunkBytes: 2 ** exponent,
    sealId: bytes.slice(4, 20),
    length: Number(new DataView(bytes.buffer).getBigUint64(20)),
    root: bytes.slice(28, 60),
    content: bytes.slice(60, 92),
    time: bytes.slice(92, 100),
    place: bytes.slice(100, 132),
  }
}

/**
 * Derives the 32 bytes that the page is locked with.
 * @param {Facts} facts @param {string} typed @returns {Promise<Bytes>}
 */
async function secretOf({ lock, salt }, typed) {
  if (lock.kind === 'words') {
    const words = encoder.encode(typed.trim().toLowerCase().replace(/\s+/g, ' '))
    const key = await crypto.subtle.importKey('raw', words, 'PBKDF2', false, ['deriveBits'])
    const how = { name: 'PBKDF2', hash: 'SHA-256', salt: bytesOf(salt), iterations: 1_000_000 }
    return new Uint8Array(await crypto.subtle.deriveBits(how, key, 256))
  }
  const letters = typed.toUpperCase().replace(/\s+/g, '')
  if (!/^[A-Z2-7]{52}$/.test(letters)) throw new Refused('wrongCode')
  const bits = Array.from(letters, (letter) =>
    'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0'),
  ).join('')
  return Uint8Array.from({ length: 32 }, (_, i) => parseInt(bits.slice(8 * i, 8 * i + 8), 2))
}

/**
 * Opens the box of the page: data key, then initial counter.
 * @param {Facts} facts @param {string} typed @returns {Promise<Bytes>}
 */
async function openBox(facts, typed) {
  const secret = await secretOf(facts, typed)
  const both = await derive(secret, bytesOf(facts.salt), 'handoff 1', 64)
  secret.fill(0)
  if (!isSame(both.slice(32), bytesOf(facts.commit)))
    throw new Refused(facts.lock.kind === 'words' ? 'wrongWords' : 'wrongCode')
  const key = await crypto.subtle.importKey('raw', both.slice(0, 32), 'AES-GCM', false, ['decrypt'])
  both.fill(0)
  const { bucket, key: name, seal, link, expires } = facts
  const bound = joined(counted(bucket), counted(name), counted(seal), counted(link), u64(expires))
  const how = { name: 'AES-GCM', iv: new Uint8Array(12), additionalData: bound }
  try {
    return new Uint8Array(await crypto.subtle.decrypt(how, key, bytesOf(facts.box)))
  } catch {
    throw new Refused('broken')
  }
}

/**
 * Checks the seal of the page against the key, before anything is read.
 * @param {Facts} facts @param {Seal} seal @param {Bytes} opened
 */
async function checkSeal(facts, seal, opened) {
  const dataKey = opened.slice(0, 32)
  const own = encoder.encode('cipherbucket')
  const mac = await macKey(await derive(dataKey, own, 'seal 1 mac', 32))
  const chunk = await crypto.subtle.importKey(
    'raw',
    await derive(dataKey, own, 'seal 1 chunk', 32),
    'AES-GCM',
    false,
    ['encrypt'],
  )
  const cipher = await crypto.subtle.importKey('raw', dataKey, 'AES-CTR', false, ['decrypt'])
  dataKey.fill(0)
  const counter = opened.slice(32, 48)
  if (!isSame(await macOf(mac, Uint8Array.of(3), seal.head, counter), seal.content))
    throw new Refused('changed', { reason: textOf('reasonKey') })
  const names = [counted(facts.bucket), counted(facts.key)]
  if (!isSame(await macOf(mac, Uint8Array.of(4), seal.content, seal.time, ...names), seal.place))
    throw new Refused('changed', { reason: textOf('reasonPlace') })
  return { mac, chunk, cipher, counter }
}

/**
 * Cuts a stream into pieces of `size` bytes; the last one has the rest.
 * @param {ReadableStream<Uint8Array>} stream @param {number} size
 */
async function* piecesOf(stream, size) {
  const reader = stream.getReader()
  let held = new Uint8Array(size)
  let filled = 0
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) break
      for (let at = 0; at < value.length;) {
        const part = value.subarray(at, at + size - filled)
        held.set(part, filled)
        filled += part.length
        at += part.length
        if (filled < size) continue
        yield held
        held = new Uint8Array(size)
        filled = 0
      }
    }
    if (filled > 0) yield held.slice(0, filled)
  } finally {
    void reader.cancel().catch(() => undefined)
  }
}

/** @param {Bytes} counter @param {number} blocks @returns {Bytes} */
function counterAt(counter, blocks) {
  const at = counter.slice()
  let carry = blocks
  for (let i = 15; i >= 0 && carry > 0; i--) {
    const sum = (at[i] ?? 0) + (carry % 256)
    at[i] = sum % 256
    carry = Math.floor(carry / 256) + Math.floor(sum / 256)
  }
  return at
}

/**
 * Reads all of the encrypted file and verifies it. Only then decrypts it.
 * @param {Seal} seal @param {Awaited<ReturnType<typeof checkSeal>>} keys
 * @param {ReadableStream<Uint8Array>} stream @param {(done: number) => void} tell
 */
async function verifiedPlain(seal, keys, stream, tell) {
  /** @type {Blob[]} */
  const stored = []
  /** @type {Bytes[]} */
  const leaves = []
  let read = 0
  for await (const piece of piecesOf(stream, seal.chunkBytes)) {
    read += piece.length
    if (read > seal.length) throw new Refused('changed', { reason: textOf('reasonLength') })
    const how = { name: 'AES-GCM', iv: new Uint8Array(12), additionalData: piece }
    const sum = new Uint8Array(await crypto.subtle.encrypt(how, keys.chunk, new Uint8Array(0)))
    const place = [u64(stored.length), u32(piece.length)]
    const leaf = await macOf(keys.mac, Uint8Array.of(1), seal.sealId, ...place, sum)
    leaves.push(leaf.slice(0, 16))
    stored.push(new Blob([piece]))
    tell(read)
  }
  if (read !== seal.length) throw new Refused('changed', { reason: textOf('reasonLength') })
  const facts = [seal.sealId, seal.head.slice(3, 4), seal.head.slice(20, 28)]
  if (!isSame(await macOf(keys.mac, Uint8Array.of(2), ...facts, ...leaves), seal.root))
    throw new Refused('changed', { reason: textOf('reasonContent') })
  element('status').textContent = textOf('opening')
  const plain = []
  for (const [i, piece] of stored.entries()) {
    const counter = counterAt(keys.counter, (i * seal.chunkBytes) / 16)
    const how = { name: 'AES-CTR', counter, length: 128 }
    plain.push(new Blob([await crypto.subtle.decrypt(how, keys.cipher, await piece.arrayBuffer())]))
  }
  return new Blob(plain, { type: 'application/octet-stream' })
}
