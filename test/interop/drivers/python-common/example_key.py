"""The master key of a user's own that every driver has: nonce (16 random bytes) and AES-256-CTR under a shared secret."""
from Crypto.Cipher import AES
from Crypto.Random import get_random_bytes


def _cipher(secret, nonce):
    return AES.new(bytes.fromhex(secret), AES.MODE_CTR, nonce=b'', initial_value=nonce)


def wrap(secret, data):
    nonce = get_random_bytes(16)
    return nonce + _cipher(secret, nonce).encrypt(data)


def unwrap(secret, wrapped):
    return _cipher(secret, wrapped[:16]).decrypt(wrapped[16:])
