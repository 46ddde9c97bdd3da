"""Keys that sign as a client does, and the check of a server's signature.

RFC 4253, 6.6; RFC 5656; RFC 8332; OpenSSH's PROTOCOL.u2f and PROTOCOL.certkeys
"""

import hashlib
import os
import struct

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

from raw_ssh_wire import Reader, mpint, string, u32

CURVES = {
    "ecdsa-sha2-nistp256": (ec.SECP256R1, "nistp256", hashes.SHA256),
    "ecdsa-sha2-nistp384": (ec.SECP384R1, "nistp384", hashes.SHA384),
    "ecdsa-sha2-nistp521": (ec.SECP521R1, "nistp521", hashes.SHA512),
}
RSA_HASHES = {"ssh-rsa": hashes.SHA1, "rsa-sha2-256": hashes.SHA256, "rsa-sha2-512": hashes.SHA512}


def ed25519_raw(key):
    return key.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)


def point(key):
    return key.public_key().public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)


class Key:
    """A key pair: its `type`, the public `blob`, and the signature `algorithm` that it uses."""

    def __init__(self, private, algorithm=None):
        self.private = private
        if isinstance(private, ed25519.Ed25519PrivateKey):
            self.type = "ssh-ed25519"
            self.blob = string(self.type) + string(ed25519_raw(private))
        elif isinstance(private, rsa.RSAPrivateKey):
            numbers = private.public_key().public_numbers()
            self.type = "ssh-rsa"
            self.blob = string(self.type) + mpint(numbers.e) + mpint(numbers.n)
            algorithm = algorithm or "rsa-sha2-512"
        else:
            self.type = f"ecdsa-sha2-nistp{private.curve.key_size}"
            self.blob = string(self.type) + string(CURVES[self.type][1]) + string(point(private))
        self.algorithm = algorithm or self.type

    @classmethod
    def load(cls, path, algorithm=None):
        with open(path, "rb") as file:
            return cls(serialization.load_ssh_private_key(file.read(), None), algorithm)

    @classmethod
    def ed25519(cls):
        return cls(ed25519.Ed25519PrivateKey.generate())

    @classmethod
    def rsa(cls, bits, algorithm=None):
        return cls(rsa.generate_private_key(65537, bits), algorithm)

    @classmethod
    def ecdsa(cls, curve):
        return cls(ec.generate_private_key(curve()))

    def sign(self, data):
        """The signature as it stands in a message: the algorithm and the bytes."""
        if isinstance(self.private, ed25519.Ed25519PrivateKey):
            signature = self.private.sign(data)
        elif isinstance(self.private, rsa.RSAPrivateKey):
            signature = self.private.sign(data, padding.PKCS1v15(), RSA_HASHES[self.algorithm]())
        else:
            r, s = decode_dss_signature(self.private.sign(data, ec.ECDSA(CURVES[self.type][2]())))
            signature = mpint(r) + mpint(s)
        return string(self.algorithm) + string(signature)

    def line(self, comment="raw"):
        """The public key as in an authorized_keys file."""
        return public_line(self.type, self.blob, comment)


class SecurityKey:
    """A FIDO key, ed25519 or ecdsa, with the authenticator in software."""

    PRESENT = 1

    def __init__(self, kind="ed25519", application="ssh:", flags=PRESENT):
        self.application = application.encode()
        self.flags = flags
        self.counter = 0
        if kind == "ed25519":
            self.type = "sk-ssh-ed25519@openssh.com"
            self.private = ed25519.Ed25519PrivateKey.generate()
            self.blob = string(self.type) + string(ed25519_raw(self.private)) + string(self.application)
        else:
            self.type = "sk-ecdsa-sha2-nistp256@openssh.com"
            self.private = ec.generate_private_key(ec.SECP256R1())
            self.blob = string(self.type) + string("nistp256") + string(point(self.private)) + string(self.application)
        self.algorithm = self.type

    def sign(self, data):
        self.counter += 1
        told = bytes([self.flags]) + u32(self.counter)
        signed = hashlib.sha256(self.application).digest() + told + hashlib.sha256(data).digest()
        if isinstance(self.private, ed25519.Ed25519PrivateKey):
            signature = self.private.sign(signed)
        else:
            r, s = decode_dss_signature(self.private.sign(signed, ec.ECDSA(hashes.SHA256())))
            signature = mpint(r) + mpint(s)
        return string(self.type) + string(signature) + told

    def line(self, comment="raw-sk"):
        return public_line(self.type, self.blob, comment)


def public_line(kind, blob, comment):
    import base64

    return f"{kind} {base64.b64encode(blob).decode()} {comment}"


def certificate(key, authority, principals, serial=1, kind=1):
    """An ed25519 user certificate blob (OpenSSH's PROTOCOL.certkeys), valid for ever."""
    body = (
        string("ssh-ed25519-cert-v01@openssh.com") + string(os.urandom(32)) + string(ed25519_raw(key.private))
        + struct.pack(">Q", serial) + u32(kind) + string("raw") + string(b"".join(map(string, principals)))
        + struct.pack(">QQ", 0, (1 << 64) - 1) + string(b"") + string(b"") + string(b"") + string(authority.blob))
    return body + string(authority.sign(body))


def verify(blob, signature, data):
    """Raises InvalidSignature unless the host key `blob` made the `signature` over `data`."""
    key, told = Reader(blob), Reader(signature)
    kind, algorithm = key.string().decode(), told.string().decode()
    value = told.string()
    if kind == "ssh-ed25519":
        ed25519.Ed25519PublicKey.from_public_bytes(key.string()).verify(value, data)
    elif kind == "ssh-rsa":
        e, n = key.mpint(), key.mpint()
        rsa.RSAPublicNumbers(e, n).public_key().verify(value, data, padding.PKCS1v15(), RSA_HASHES[algorithm]())
    else:
        curve, _, digest = CURVES[kind]
        key.string()
        public = ec.EllipticCurvePublicKey.from_encoded_point(curve(), key.string())
        numbers = Reader(value)
        public.verify(encode_dss_signature(numbers.mpint(), numbers.mpint()), data, ec.ECDSA(digest()))
