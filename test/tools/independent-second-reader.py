"""Opens second keys of objects. Needs nothing but Python.

Written from FORMAT.md 11.11 alone: python3 independent-second-reader.py < ROWS.json
A row has tags (a list of name and value), and of the RSA key n, d, and spki as hexadecimal digits.
The program prints data key and counter, or "refused", for each row.
"""

import base64
import hashlib
import json
import sys


def mask(seed, length):
    """MGF1 with SHA-256."""
    blocks = range(-(-length // 32))
    joined = b"".join(hashlib.sha256(seed + i.to_bytes(4, "big")).digest() for i in blocks)
    return joined[:length]


def xor(one, other):
    return bytes(a ^ b for a, b in zip(one, other))


def unwrapped(wrapped, n, d):
    """RSAES-OAEP, RFC 8017 7.1.2, with the label of second keys."""
    size = (n.bit_length() + 7) // 8
    if len(wrapped) != size:
        return None
    block = pow(int.from_bytes(wrapped, "big"), d, n).to_bytes(size, "big")
    seed = xor(block[1:33], mask(block[33:], 32))
    data = xor(block[33:], mask(seed, size - 33))
    label = hashlib.sha256(b"cipherbucket second 1").digest()
    text = data[32:].lstrip(b"\0")
    is_sound = block[0] == 0 and data[:32] == label and text[:1] == b"\1"
    return text[1:] if is_sound else None


def opened(row):
    own = {name: value for name, value in row["tags"] if name.startswith("cipherbucket.key.")}
    values = [own.get(f"cipherbucket.key.{i + 1}") for i in range(len(own))]
    if None in values or not 1 <= len(values) <= 3:
        return None
    if any(len(value) != 256 for value in values[:-1]) or not 1 <= len(values[-1]) <= 256:
        return None
    text = "".join(values)
    try:
        second = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError:
        return None
    if base64.urlsafe_b64encode(second).decode().rstrip("=") != text or second[:2] != b"\1\1":
        return None
    if hashlib.sha256(bytes.fromhex(row["spki"])).digest()[:8] != second[2:10]:
        return None
    secret = unwrapped(second[10:], int(row["n"], 16), int(row["d"], 16))
    return secret if secret is not None and len(secret) == 48 else None


for secret in map(opened, json.load(sys.stdin)):
    print("refused" if secret is None else f"{secret[:32].hex()} {secret[32:].hex()}")
