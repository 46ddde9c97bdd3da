"""An SSH client of our own, over which every byte can be chosen (RFC 4252, 4253, 4254).

It does right what it is not asked to do wrong: `send` takes any payload and any damage to its packet, `outgoing` may change,
drop, repeat or hold back what is sent, nothing keeps to a window unless the caller does, and `sent` and `received` are the
transcript. One thread, blocking, with a time limit on every read.
"""

import hashlib
import os
import socket
import struct
import time

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, x25519

import raw_ssh_keys
from raw_ssh_packets import CIPHERS, Malformed, Plain
from raw_ssh_wire import *

VERSION = b"SSH-2.0-raw_1"
EXTENSION_INFO = "ext-info-c"
STRICT_CLIENT, STRICT_SERVER = "kex-strict-c-v00@openssh.com", "kex-strict-s-v00@openssh.com"
# What may come at any time and answers nothing.
PASSING = {IGNORE, DEBUG, EXT_INFO, USERAUTH_BANNER, CHANNEL_WINDOW_ADJUST, GLOBAL_REQUEST}


class Ended(Exception):
    """The server closed the connection. `reason` is its SSH_MSG_DISCONNECT's, or None."""

    def __init__(self, reason=None, text=""):
        super().__init__(f"{reason}: {text}" if reason is not None else "closed without a word")
        self.reason = reason
        self.text = text


class Unexpected(Exception):
    """Another message came than the one that was waited for."""

    def __init__(self, payload):
        super().__init__(f"message {payload[0]}: {payload[1:200]!r}")
        self.payload = payload


class RawClient:
    def __init__(self, address, *, cipher="aes256-gcm@openssh.com", exchange="curve25519-sha256", host_keys=("ssh-ed25519",),
                 strict=True, source=None, timeout=10, receive_buffer=None):
        self.cipher = cipher
        self.exchange = exchange
        self.host_keys = host_keys
        self.strict_offered = strict
        self.strict = False
        self.session = None
        self.sealing, self.opening = Plain(), Plain()
        self.sending, self.receiving = 0, 0
        self.sent, self.received, self.banners = [], [], []
        # Called with the number of the packet, counted from 0 without gaps, and its payload; gives those to send.
        self.outgoing = None
        self.packets = 0
        self.version = VERSION
        self.server_version = None
        self.server_kexinit = None
        self.host_key = None
        self.buffer = b""
        self.timeout = timeout
        self.socket = socket.socket(socket.AF_INET6 if ":" in address[0] else socket.AF_INET)
        if receive_buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        if source:
            self.socket.bind((source, 0))
        self.socket.settimeout(timeout)
        self.socket.connect(address)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    # Bytes.

    def write(self, data):
        try:
            self.socket.sendall(data)
        except (BrokenPipeError, ConnectionError) as error:
            raise Ended(None, str(error)) from None

    def read(self, count):
        while len(self.buffer) < count:
            try:
                more = self.socket.recv(65536)
            except ConnectionError as error:
                raise Ended(None, str(error)) from None
            if not more:
                raise Ended()
            self.buffer += more
        taken, self.buffer = self.buffer[:count], self.buffer[count:]
        return taken

    def close(self):
        self.socket.close()

    def reset(self):
        """Closes with RST, as a client's crashing host does."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()

    def ended(self, seconds=5.0):
        """Reads on until the server closes; false when it has not within that time. Whatever comes is dropped."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            self.socket.settimeout(left)
            try:
                if not self.socket.recv(65536):
                    return True
            except TimeoutError:
                return False
            except OSError:
                return True
        return False

    # Packets.

    def seal(self, payload, **damage):
        packet = self.sealing.seal(self.sending, payload, **damage)
        self.sending = self.sending + 1 & 0xFFFFFFFF
        return packet

    def send(self, payload, **damage):
        """One packet; `damage` as in raw_ssh_packets.Plain.seal."""
        payloads = [payload]
        if self.outgoing:
            payloads = self.outgoing(self.packets, payload)
        self.packets += 1
        for each in payloads:
            self.sent.append(each)
            self.write(self.seal(each, **damage))

    def receive(self):
        """The payload of the next packet; Ended when it says goodbye. TimeoutError when none comes."""
        payload = self.opening.open(self.receiving, self.read)
        self.receiving = self.receiving + 1 & 0xFFFFFFFF
        self.received.append(payload)
        if payload[0] == DISCONNECT:
            fields = Reader(payload[1:])
            raise Ended(fields.u32(), fields.string().decode("utf-8", "replace"))
        if payload[0] == USERAUTH_BANNER:
            self.banners.append(Reader(payload[1:]).string().decode("utf-8", "replace"))
        if payload[0] == GLOBAL_REQUEST:
            fields = Reader(payload[1:])
            fields.string()
            if fields.boolean():
                self.send(message(REQUEST_FAILURE))
        return payload

    def expect(self, *numbers):
        """The next message that is no passing remark, which must be one of these. A rekey of the server's is followed."""
        while True:
            payload = self.receive()
            if payload[0] in numbers:
                return payload
            if payload[0] == KEXINIT and self.session:
                self.rekey(theirs=payload)
            elif payload[0] not in PASSING:
                raise Unexpected(payload)

    # Key exchange.

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
        digest = self.digest()
        hashed = digest(
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

    def digest(self):
        return hashlib.sha256

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
        digest = self.digest()
        key = digest(secret + hashed + letter + self.session).digest()
        while len(key) < count:
            key += digest(secret + hashed + key).digest()
        return key[:count]

    # Authentication.

    def request_service(self, name="ssh-userauth"):
        self.send(message(SERVICE_REQUEST, string(name)))
        self.expect(SERVICE_ACCEPT)
        return self

    def publickey(self, user, key, *, service="ssh-connection", signed=True, session=None, signed_as=None, algorithm=None,
                  blob=None, damage=None):
        """A USERAUTH_REQUEST. `signed_as` is the user that the signature is over, `damage` changes the signature."""
        algorithm, blob = algorithm or key.algorithm, blob or key.blob
        tail = boolean(signed) + string(algorithm) + string(blob)
        method = string(service) + string("publickey") + tail
        request = message(USERAUTH_REQUEST, string(user), method)
        if not signed:
            return request
        over = message(USERAUTH_REQUEST, string(signed_as if signed_as is not None else user), method)
        signature = key.sign(string(self.session if session is None else session) + over)
        return request + string(damage(signature) if damage else signature)

    def none(self, user, service="ssh-connection", method="none"):
        return message(USERAUTH_REQUEST, string(user), string(service), string(method))

    def authenticate(self, key, user="diag"):
        """True when it let us in. Asks first whether the key is known, as OpenSSH does."""
        self.send(self.publickey(user, key, signed=False))
        if self.expect(USERAUTH_PK_OK, USERAUTH_FAILURE)[0] == USERAUTH_FAILURE:
            return False
        self.send(self.publickey(user, key))
        return self.expect(USERAUTH_SUCCESS, USERAUTH_FAILURE)[0] == USERAUTH_SUCCESS

    def login(self, key, user="diag"):
        self.handshake().request_service()
        if not self.authenticate(key, user):
            raise AssertionError("not let in")
        return self

    # Channels.

    def open_channel(self, number=0, *, kind="session", window=1 << 21, packet=1 << 15, more=b""):
        """The server's number of the channel; Unexpected when it refuses."""
        self.send(message(CHANNEL_OPEN, string(kind), u32(number), u32(window), u32(packet), more))
        fields = Reader(self.expect(CHANNEL_OPEN_CONFIRMATION)[1:])
        fields.u32()
        return fields.u32()

    def request(self, channel, name, *fields, reply=True):
        self.send(message(CHANNEL_REQUEST, u32(channel), string(name), boolean(reply), *fields))

    def execute(self, channel, line):
        """True when the server takes the command."""
        self.request(channel, "exec", string(line))
        return self.expect(CHANNEL_SUCCESS, CHANNEL_FAILURE)[0] == CHANNEL_SUCCESS

    def data(self, channel, data):
        self.send(message(CHANNEL_DATA, u32(channel), string(data)))

    def finish(self, channel, *, window=True):
        """Reads the channel to its close: status, output, error. The window is kept open unless told otherwise."""
        status, out, err, taken = None, b"", b"", 0
        while True:
            payload = self.expect(CHANNEL_DATA, CHANNEL_EXTENDED_DATA, CHANNEL_EOF, CHANNEL_CLOSE, CHANNEL_REQUEST)
            fields = Reader(payload[1:])
            fields.u32()
            if payload[0] == CHANNEL_CLOSE:
                self.send(message(CHANNEL_CLOSE, u32(channel)))
                return status, out, err
            if payload[0] == CHANNEL_DATA:
                out += fields.string()
            elif payload[0] == CHANNEL_EXTENDED_DATA:
                fields.u32()
                err += fields.string()
            elif payload[0] == CHANNEL_REQUEST and fields.string() == b"exit-status":
                fields.boolean()
                status = fields.u32()
            if window and len(out) + len(err) - taken > 1 << 20:
                self.send(message(CHANNEL_WINDOW_ADJUST, u32(channel), u32(len(out) + len(err) - taken)))
                taken = len(out) + len(err)

    def call(self, line, stdin=b"", number=0):
        """A whole call over a channel of its own."""
        channel = self.open_channel(number)
        if not self.execute(channel, line):
            raise AssertionError("the command was not taken")
        for at in range(0, len(stdin), 1 << 15):
            self.data(channel, stdin[at:at + (1 << 15)])
        self.send(message(CHANNEL_EOF, u32(channel)))
        return self.finish(channel)
