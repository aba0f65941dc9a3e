"""Judges objects by their seals. Needs nothing but Python and gmac.py.

Written from FORMAT.md 11 alone: python3 independent-seal-reader.py < ROWS.json
A row has dataKey, counter, bucket, key, texts (metadata before tag), the path `stored` and the
writer secret `writer`. The program prints state, reason and "proven" or "not-proven" for each row.
"""

import base64
import functools
import hmac
import json
import sys

from gmac import gmac


def mac(key, *parts):
    return hmac.digest(key, b"".join(parts), "sha256")


def derived(secret, info):
    return mac(mac(b"cipherbucket", secret), info, b"\x01")


def decoded(text):
    """The bytes of a text that is not malformed, else None."""
    try:
        seal = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError:
        return None
    if base64.urlsafe_b64encode(seal).decode().rstrip("=") != text or len(seal) < 2:
        return None
    if seal[0] > 1 or (seal[0] == 1 and seal[1] > 1):
        return seal
    is_sound = len(seal) == 148 and seal[:2] == b"\1\1" and seal[2] < 2 and 20 <= seal[3] <= 26
    is_sound = is_sound and int.from_bytes(seal[20:28], "big") <= 1 << 20 + seal[3]
    return seal if is_sound and seal[92:94] == b"\0\0" else None


@functools.cache
def root_of(kmac, kchunk, seal, path):
    size, leaves, stored = 1 << seal[3], b"", open(path, "rb").read()
    for index, at in enumerate(range(0, len(stored), size)):
        chunk = stored[at : at + size]
        place = index.to_bytes(8, "big") + len(chunk).to_bytes(4, "big")
        leaves += mac(kmac, b"\1", seal[4:20], place, gmac(kchunk, chunk))[:16]
    return mac(kmac, b"\2", seal[4:20], seal[3:4], len(stored).to_bytes(8, "big"), leaves)


def judged(row):
    key, counter, writer = (bytes.fromhex(row[name]) for name in ("dataKey", "counter", "writer"))
    kmac, kchunk = derived(key, b"seal 1 mac"), derived(key, b"seal 1 chunk")
    texts = [text for text in row["texts"] if text != "0"]
    seals = [seal for seal in map(decoded, texts) if seal is not None]
    if not seals:
        promise = mac(kmac, b"\6", counter[:6])
        is_promised = counter[6:] == promise[:2] + bytes(4) + promise[2:6]
        none = "changed seal-missing" if is_promised else "unsealed never-sealed"
        return ("changed seal-damaged" if texts else none) + " not-proven"
    seal = seals[0]
    names = (row[name].encode() for name in ("bucket", "key"))
    counted = b"".join(len(name).to_bytes(4, "big") + name for name in names)
    alike = [one for one in seals if one[:92] == seal[:92]]
    places = [one for one in alike if mac(kmac, b"\4", one[60:100], counted) == one[100:132]]
    if seal[:2] != b"\1\1":
        return "unknown newer-seal not-proven"
    if mac(kmac, b"\3", seal[:60], counter) != seal[60:92]:
        return "changed key not-proven"
    if int.from_bytes(seal[20:28], "big") != row["length"]:
        return "changed length not-proven"
    if root_of(kmac, kchunk, seal[:20], row["stored"]) != seal[28:60]:
        return "changed content not-proven"
    if not places:
        return "moved other-name not-proven"
    best = max(places, key=lambda one: one[92:100])
    mark = mac(derived(writer, b"writer 1 mark"), b"\5", best[60:132])[:16]
    state = "intact read " if seal[2] & 1 else "intact sealed-later "
    return state + ("proven" if mark == best[132:] else "not-proven")


print("\n".join(map(judged, json.load(sys.stdin))))
