"""The key exchange as a client makes it (RFC 4253, 7 and 8; RFC 8731; RFC 5656; strict: OpenSSH's PROTOCOL, 1.10)."""

import hashlib
import os

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, x25519

import raw_ssh_keys
from raw_ssh_connection import Connection, Unexpected
from raw_ssh_packets import CIPHERS, Malformed
from raw_ssh_wire import *

VERSION = b"SSH-2.0-raw_1"
EXTENSION_INFO = "ext-info-c"
STRICT_CLIENT, STRICT_SERVER = "kex-strict-c-v00@openssh.com", "kex-strict-s-v00@openssh.com"


class ExchangingConnection(Connection):
    def __init__(self, address, *, cipher="aes256-gcm@openssh.com", exchange="curve25519-sha256",
                 host_keys=("ssh-ed25519",), strict=True, **options):
        super().__init__(address, **options)
        self.cipher = cipher
        self.exchange = exchange
        self.host_keys = host_keys
        self.strict_offered = strict
        self.strict = False
        self.version = VERSION
        self.server_version = None
        self.server_kexinit = None
        self.host_key = None

    def exchange_versions(self):
        self.write(self.version + b"\r\n")
        for _ in range(100):
            line = b""
            while not line.endswith(b"\n"):
                line += self.read(1)
            if line.startswith(b"SSH-"):
                self.server_version = line.rstrip(b"\r\n")
                return self
        raise Malformed("a hundred lines and no version")

    def kexinit(self, **changed):
        """Our SSH_MSG_KEXINIT, with other lists where `changed` has them."""
        lists = {
            "exchanges": [self.exchange, EXTENSION_INFO] + ([STRICT_CLIENT] if self.strict_offered else []),
            "host_keys": self.host_keys,
            "ciphers_out": [self.cipher], "ciphers_in": [self.cipher],
            "macs_out": ["hmac-sha2-256-etm@openssh.com"], "macs_in": ["hmac-sha2-256-etm@openssh.com"],
            "compression_out": ["none"], "compression_in": ["none"], "languages_out": [], "languages_in": [],
        }
        follows = changed.pop("follows", False)
        lists.update(changed)
        return message(KEXINIT, os.urandom(16), *map(name_list, lists.values()), boolean(follows), u32(0))

    def offers(self):
        """What the server's KEXINIT lists, by the names that `kexinit` uses."""
        fields = Reader(self.server_kexinit[17:])
        names = ("exchanges", "host_keys", "ciphers_out", "ciphers_in", "macs_out", "macs_in", "compression_out",
                 "compression_in", "languages_out", "languages_in")
        return {name: fields.names() for name in names}

    def handshake(self):
        """Versions, key exchange, new keys."""
        self.exchange_versions()
        self.rekey()
        return self

    def rekey(self, theirs=None):
        """One key exchange; `theirs` is the server's KEXINIT when it came first."""
        first = self.session is None
        mine = self.kexinit()
        self.send(mine)
        while theirs is None or theirs[0] != KEXINIT:
            theirs = self.receive()
        self.server_kexinit = theirs
        if first:
            self.strict = self.strict_offered and STRICT_SERVER in self.offers()["exchanges"]
        public, agree = self.key_share()
        self.send(message(KEX_INIT, string(public)))
        while (reply := self.receive())[0] != KEX_REPLY:
            if first and self.strict:
                raise Unexpected(reply)
        fields = Reader(reply[1:])
        self.host_key, server_public, signature = fields.string(), fields.string(), fields.string()
        secret = mpint(int.from_bytes(agree(server_public), "big"))
        hashed = hashlib.sha256(
            string(self.version) + string(self.server_version) + string(mine) + string(theirs) + string(self.host_key)
            + string(public) + string(server_public) + secret).digest()
        raw_ssh_keys.verify(self.host_key, signature, hashed)
        self.session = self.session or hashed
        self.send(message(NEWKEYS))
        self.sealing = self.protection(secret, hashed, b"ACE")
        if self.strict:
            self.sending = 0
        while self.receive()[0] != NEWKEYS:
            pass
        self.opening = self.protection(secret, hashed, b"BDF")
        if self.strict:
            self.receiving = 0

    def key_share(self):
        """Our public value, and what makes the shared secret of theirs (RFC 8731, RFC 5656)."""
        if self.exchange.startswith("curve25519"):
            private = x25519.X25519PrivateKey.generate()
            raw = private.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
            return raw, lambda theirs: private.exchange(x25519.X25519PublicKey.from_public_bytes(theirs))
        private = ec.generate_private_key(ec.SECP256R1())
        load = lambda theirs: ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), theirs)
        return raw_ssh_keys.point(private), lambda theirs: private.exchange(ec.ECDH(), load(theirs))

    def protection(self, secret, hashed, letters):
        kind, key, iv, mac = CIPHERS[self.cipher]
        return kind(*(self.derived(secret, hashed, letters[at:at + 1], count)
                      for at, count in ((1, key), (0, iv), (2, mac))))

    def derived(self, secret, hashed, letter, count):
        """RFC 4253, 7.2"""
        key = hashlib.sha256(secret + hashed + letter + self.session).digest()
        while len(key) < count:
            key += hashlib.sha256(secret + hashed + key).digest()
        return key[:count]
