"""The tag of AES-256-GCM over additional data alone, which Python itself does not have.

Source: FIPS 197 (AES), NIST SP 800-38D (GHASH, J0).
"""

import functools


def times2(a):
    return a << 1 ^ (0x11B if a & 0x80 else 0)


POWERS = functools.reduce(lambda all, _: all + [times2(all[-1]) ^ all[-1]], range(254), [1])


def substituted(a):
    """The S-box of AES: the inverse, then an affine map."""
    inverse = POWERS[-POWERS.index(a) % 255] if a else 0
    wide = inverse ^ inverse << 1 ^ inverse << 2 ^ inverse << 3 ^ inverse << 4
    return (wide ^ wide >> 8) & 255 ^ 0x63


SBOX = [substituted(a) for a in range(256)]


def xored(a, b):
    return bytes(x ^ y for x, y in zip(a, b))


def aes256(key, block):
    words, rcon = [key[i : i + 4] for i in range(0, 32, 4)], 1
    for i in range(8, 60):
        word = words[-1]
        if i % 4 == 0:
            word = bytes(SBOX[b] for b in (word[1:] + word[:1] if i % 8 == 0 else word))
        if i % 8 == 0:
            word, rcon = bytes([word[0] ^ rcon]) + word[1:], times2(rcon)
        words.append(xored(words[-8], word))
    state = xored(block, b"".join(words[:4]))
    for turn in range(1, 15):
        s = [SBOX[state[(i + 4 * (i % 4)) % 16]] for i in range(16)]
        if turn < 14:
            columns = [[s[i - i % 4 + (i + k) % 4] for k in range(4)] for i in range(16)]
            s = [times2(a) ^ times2(b) ^ b ^ c ^ d for a, b, c, d in columns]
        state = xored(s, b"".join(words[4 * turn : 4 * turn + 4]))
    return state


@functools.cache
def ghash_tables(key):
    """The products of the hash key with each value of each byte of a block."""
    powers = [int.from_bytes(aes256(key, bytes(16)), "big")]
    for _ in range(127):
        powers.append(powers[-1] >> 1 ^ (0xE1 << 120 if powers[-1] & 1 else 0))
    bits = lambda i, v: [powers[8 * i + j] for j in range(8) if v << j & 0x80]
    return [[functools.reduce(int.__xor__, bits(i, v), 0) for v in range(256)] for i in range(16)]


def gmac(key, data):
    """The tag of AES-256-GCM for no plaintext and this additional data, under a nonce of zeros."""
    tables, total = ghash_tables(key), 0
    padded = data + bytes(-len(data) % 16) + (8 * len(data)).to_bytes(8, "big") + bytes(8)
    for at in range(0, len(padded), 16):
        mixed = total ^ int.from_bytes(padded[at : at + 16], "big")
        total = 0
        for table, byte in zip(tables, mixed.to_bytes(16, "big")):
            total ^= table[byte]
    return xored(total.to_bytes(16, "big"), aes256(key, bytes(15) + b"\x01"))
