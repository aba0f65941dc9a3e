"""Prints the lines of a segment of the envelope vault. Needs nothing but Python and gmac.py.

Written from FORMAT.md 14 alone: python3 independent-vault-reader.py SEGMENT WRITER-SECRET-IN-HEX
"""

import hashlib
import hmac
import os
import sys

from gmac import aes256, ghash_tables, xored


def hkdf(secret, salt, info, length):
    key, out, last = hmac.digest(salt, secret, "sha256"), b"", b""
    while len(out) < length:
        last = hmac.digest(key, last + info + bytes([len(out) // 32 + 1]), "sha256")
        out += last
    return out[:length]


def ghash(key, data):
    tables, total = ghash_tables(key), 0
    for at in range(0, len(data), 16):
        mixed, total = total ^ int.from_bytes(data[at : at + 16], "big"), 0
        for table, byte in zip(tables, mixed.to_bytes(16, "big")):
            total ^= table[byte]
    return total.to_bytes(16, "big")


def opened(key, box, public):
    """AES-256-GCM under a nonce of zeros."""
    content, tag = box[:-16], box[-16:]
    padded = [part + bytes(-len(part) % 16) for part in (public, content)]
    lengths = b"".join((8 * len(part)).to_bytes(8, "big") for part in (public, content))
    block = lambda number: aes256(key, number.to_bytes(16, "big"))
    if not hmac.compare_digest(xored(ghash(key, b"".join(padded) + lengths), block(1)), tag):
        sys.exit("the segment is damaged")
    stream = b"".join(block(2 + i) for i in range(-(-len(content) // 16)))
    return xored(content, stream)


segment, secret = open(sys.argv[1], "rb").read(), bytes.fromhex(sys.argv[2])
name = hashlib.sha256(segment).hexdigest()[:32]
if os.path.basename(sys.argv[1]) != name:
    sys.exit("the segment is not " + name)
head = segment[:80]
if head[:8] != b"CBVAULT1" or head[8:16] != hkdf(secret, b"cipherbucket", b"writer 1 id", 8):
    sys.exit("no segment of this writer secret")
k = hkdf(secret, head[16:48], b"vault 1", 64)
if not hmac.compare_digest(k[32:], head[48:]):
    sys.exit("the commitment does not fit")
sys.stdout.buffer.write(opened(k[:32], segment[80:], head))
