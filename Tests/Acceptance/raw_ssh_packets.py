"""Packets and what protects them (RFC 4253, 6; RFC 5647; OpenSSH's PROTOCOL, 1.5 and 1.6)."""

import hmac
import os
import struct

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.poly1305 import Poly1305


class Malformed(Exception):
    """What came is no packet."""


def padded(payload, block, header, padding=None, fill=os.urandom):
    """Padding length, payload and padding, so that `header` bytes and these make whole blocks.

    `padding` is the length of the padding instead, right or wrong.
    """
    count = padding
    if count is None:
        count = -(header + 1 + len(payload)) % block
        if count < 4:
            count += block
    return bytes([count & 0xFF]) + payload + fill(max(count, 0))


class Plain:
    """Before the first NEWKEYS."""

    block = 8

    def seal(self, number, payload, *, padding=None, length=None, declared=None, mac=None):
        """`length` and `declared` stand in for the packet's length and the padding's; `mac` changes the tag."""
        body = padded(payload, self.block, 4, padding)
        if declared is not None:
            body = bytes([declared]) + body[1:]
        return struct.pack(">I", len(body) if length is None else length) + body

    def open(self, number, read):
        body = read(body_length(read(4)))
        return stripped(body)


class Gcm:
    """aes256-gcm@openssh.com and aes128-gcm@openssh.com: the length is plain and authenticated."""

    block = 16

    def __init__(self, key, iv, mac_key):
        self.cipher = AESGCM(key)
        self.fixed = iv[:4]
        self.counter = int.from_bytes(iv[4:12], "big")

    def _nonce(self):
        nonce = self.fixed + (self.counter & (1 << 64) - 1).to_bytes(8, "big")
        self.counter += 1
        return nonce

    def seal(self, number, payload, *, padding=None, length=None, declared=None, mac=None):
        body = padded(payload, self.block, 0, padding)
        if declared is not None:
            body = bytes([declared]) + body[1:]
        header = struct.pack(">I", len(body) if length is None else length)
        sealed = self.cipher.encrypt(self._nonce(), body, header)
        tag = sealed[-16:]
        return header + sealed[:-16] + (mac(tag) if mac else tag)

    def open(self, number, read):
        header = read(4)
        sealed = read(body_length(header) + 16)
        return stripped(self.cipher.decrypt(self._nonce(), sealed, header))


class CtrThenMac:
    """aes256-ctr with hmac-sha2-256-etm@openssh.com: the length is plain, the tag is over what is encrypted."""

    block = 16

    def __init__(self, key, iv, mac_key):
        self.cipher = Cipher(algorithms.AES(key), modes.CTR(iv)).encryptor()
        self.mac_key = mac_key

    def seal(self, number, payload, *, padding=None, length=None, declared=None, mac=None):
        body = padded(payload, self.block, 0, padding)
        if declared is not None:
            body = bytes([declared]) + body[1:]
        packet = struct.pack(">I", len(body) if length is None else length) + self.cipher.update(body)
        tag = self._tag(number, packet)
        return packet + (mac(tag) if mac else tag)

    def open(self, number, read):
        header = read(4)
        body = read(body_length(header))
        if not hmac.compare_digest(read(32), self._tag(number, header + body)):
            raise Malformed("wrong authentication code")
        return stripped(self.cipher.update(body))

    def _tag(self, number, packet):
        return hmac.digest(self.mac_key, struct.pack(">I", number) + packet, "sha256")


class ChaCha:
    """chacha20-poly1305@openssh.com: the length has a key of its own (OpenSSH's PROTOCOL.chacha20poly1305)."""

    block = 8

    def __init__(self, key, iv, mac_key):
        self.main, self.header = key[:32], key[32:]

    @staticmethod
    def _stream(key, number, block):
        return Cipher(algorithms.ChaCha20(key, struct.pack("<Q", block) + struct.pack(">Q", number)), None).encryptor()

    def seal(self, number, payload, *, padding=None, length=None, declared=None, mac=None):
        body = padded(payload, self.block, 0, padding)
        if declared is not None:
            body = bytes([declared]) + body[1:]
        header = struct.pack(">I", len(body) if length is None else length)
        packet = self._stream(self.header, number, 0).update(header) + self._stream(self.main, number, 1).update(body)
        tag = self._tag(number, packet)
        return packet + (mac(tag) if mac else tag)

    def open(self, number, read):
        header = read(4)
        sealed = read(body_length(self._stream(self.header, number, 0).update(header)))
        if not hmac.compare_digest(read(16), self._tag(number, header + sealed)):
            raise Malformed("wrong authentication code")
        return stripped(self._stream(self.main, number, 1).update(sealed))

    def _tag(self, number, packet):
        return Poly1305.generate_tag(self._stream(self.main, number, 0).update(bytes(32)), packet)


def body_length(header):
    (length,) = struct.unpack(">I", header)
    if not 5 <= length <= 300_000:
        raise Malformed(f"a packet of {length} bytes")
    return length


def stripped(body):
    if body[0] + 1 > len(body):
        raise Malformed(f"{body[0]} bytes of padding in {len(body)}")
    return body[1:len(body) - body[0]]


# Name: class, bytes of key, of initial vector, of authentication key.
CIPHERS = {
    "aes256-gcm@openssh.com": (Gcm, 32, 12, 0),
    "aes128-gcm@openssh.com": (Gcm, 16, 12, 0),
    "aes256-ctr": (CtrThenMac, 32, 16, 32),
    "chacha20-poly1305@openssh.com": (ChaCha, 64, 0, 0),
}
