"""Reads the texts of a recovery sheet's codes and prints the private key. Needs OpenSSL.

Written from FORMAT.md 12 alone: python3 independent-sheet-reader.py CODES.txt [PASSPHRASE-FILE]
"""

import base64
import hashlib
import hmac
import re
import subprocess
import sys
import zlib

CODE = re.compile(r"(CB1|CBS1|CBK1):([0-9A-F]{8}):(\d+)/(\d+):([A-Z2-7]+):([0-9A-F]{8})")


def contents(text):
    """Returns the contents of each kind. A code that stands in the text twice counts once."""
    parts = {}
    for match in CODE.finditer("".join(text.upper().split())):
        kind, total, number, count, letters, crc = match.groups()
        if "%08X" % zlib.crc32(match[0][:-9].encode()) != crc:
            sys.exit("a code is damaged: " + match[0][:20])
        data = base64.b32decode(letters + "=" * (-len(letters) % 8))
        parts.setdefault((kind, total, int(count)), {})[int(number)] = data
    found = {"CB1": [], "CBS1": [], "CBK1": []}
    for (kind, total, count), numbered in parts.items():
        if sorted(numbered) != list(range(1, count + 1)):
            sys.exit("a code is missing: %s has %s of %d" % (kind, sorted(numbered), count))
        content = b"".join(numbered[n] for n in sorted(numbered))
        if hashlib.sha256(content).hexdigest()[:8].upper() != total:
            sys.exit("the codes do not belong together")
        found[kind].append(content)
    return found


def multiplied(a, b):
    """The product in GF(2^8), polynomial 0x11B."""
    product = 0
    for bit in range(8):
        if b >> bit & 1:
            product ^= a
        a = a << 1 ^ (0x11B if a & 0x80 else 0)
    return product


def joined(shares):
    """The value at 0 of the polynomials through all shares; 254 products are an inverse."""
    secret = bytearray(32)
    for share in shares:
        weight = 1
        for other in shares:
            if other[32] != share[32]:
                weight = multiplied(weight, other[32])
                for _ in range(254):
                    weight = multiplied(weight, share[32] ^ other[32])
        for i in range(32):
            secret[i] ^= multiplied(share[i], weight)
    return bytes(secret)


def check_value(secret):
    key = hmac.digest(b"cipherbucket", secret, "sha256")
    return hmac.digest(key, b"escrow 1 check\x01", "sha256")[:16]


found = contents(open(sys.argv[1], encoding="utf-8").read())
if len(found["CB1"]) != 1:
    sys.exit("%d keys" % len(found["CB1"]))
if found["CBS1"]:
    secret = joined(found["CBS1"])
    if check_value(secret) != found["CBK1"][0][2:]:
        sys.exit("the shares do not fit")
    passphrase = secret.hex()
else:
    passphrase = open(sys.argv[2], encoding="utf-8").read().split("\n")[0]
with open(sys.argv[1] + ".p8", "wb") as file:
    file.write(found["CB1"][0])
command = ["openssl", "pkcs8", "-inform", "DER", "-in", file.name, "-passin", "stdin"]
opened = subprocess.run(command, input=passphrase.encode() + b"\n", stdout=subprocess.PIPE)
if opened.returncode != 0:
    sys.exit("OpenSSL does not open the key")
sys.stdout.buffer.write(opened.stdout)
