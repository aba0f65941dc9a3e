/**
 * The programs that a recovery sheet prints, for the day when this app no longer exists. They need
 * Python 3 and OpenSSL. `test/core/escrow-recipe.test.ts` runs them as they are printed.
 */

const READ_CODES = String.raw`import base64, hashlib, re, zlib
packed = ''.join(open('codes.txt').read().upper().split())
parts, shares, form = {}, {}, r'CB(S?)1:([0-9A-F]{8}):(\d+)/(\d+):([A-Z2-7]+):([0-9A-F]{8})'
for code in re.finditer(form, packed):
    kind, sum, i, n, letters, crc = code.groups()
    assert '%08X' % zlib.crc32(code[0][:-9].encode()) == crc, 'read again: ' + code[0][:20]
    part = base64.b32decode(letters + '=' * (-len(letters) % 8))
    if kind: shares[part[32]] = part[:32]
    else: parts[int(i)], check, count = part, sum, int(n)
raw = b''.join(parts[i + 1] for i in range(count))
assert hashlib.sha256(raw).hexdigest()[:8].upper() == check, 'codes of two sheets'
lines = re.findall('.{1,64}', base64.b64encode(raw).decode())
name = 'ENCRYPTED PRIVATE KEY-----'
print('-----BEGIN ' + name, *lines, '-----END ' + name, sep='\n', file=open('key.p8', 'w'))`

const JOIN_SHARES = String.raw`def mul(a, b):
    r = 0
    while b:
        r, a, b = r ^ (a if b & 1 else 0), a << 1 ^ (0x11B if a & 0x80 else 0), b >> 1
    return r
secret = bytearray(32)
for x in shares:
    w = 1
    for y in shares:
        if y != x:
            w = mul(w, y)
            for _ in range(254): w = mul(w, x ^ y)
    for i in range(32): secret[i] ^= mul(shares[x][i], w)
print('passphrase:', secret.hex())`

/** Returns the program sheet.py. `joins`: it also joins shares, and prints the passphrase. */
export const readProgram = (joins: boolean): readonly string[] =>
  (joins ? `${READ_CODES}\n${JOIN_SHARES}` : READ_CODES).split('\n')

/** The commands behind the program: they open the key and show its fingerprint. */
export const OPEN_KEY: readonly string[] = [
  'python3 sheet.py',
  'openssl pkey -in key.p8 -out key.pem',
  'openssl pkey -in key.pem -pubout -outform DER | openssl sha256',
]

/** The commands that decrypt one object of format V2, from two headers saved as texts. */
export const OPEN_OBJECT: readonly string[] = [
  'for h in key start; do base64 -d $h.txt |',
  '  openssl pkeyutl -decrypt -inkey key.pem -out $h.bin; done',
  'openssl enc -d -aes-256-ctr -K $(xxd -p -c64 key.bin) -iv $(xxd -p -c64 start.bin) \\',
  '  -in object -out file',
]
