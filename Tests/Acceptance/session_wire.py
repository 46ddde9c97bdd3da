"""The messages of Sources/Core/Wire that keyhole-session exchanges, for tests that play the listener and the broker."""

import struct

VERSION = 1
CALL_REPLY, SESSION_REQUEST, SESSION_REPLY, SESSION_SETTINGS = 2, 9, 10, 11
REQUESTS = ["hello", "offered", "proved", "call", "goodbye", "authority"]
ENDS = ["clientGone", "authenticationTimeout", "tooManyAttempts", "protocolError", "idle", "limit", "revoked", "draining"]
EXITS = ["served", "leftEarly", "notAccepted", "timedOut", "protocolError", "failed"]
STATUSES = {1: "authenticated", 2: "attemptFailed"}


def byte_string(value):
    return struct.pack("<I", len(value)) + value


def text(value):
    return byte_string(value.encode())


def message(kind, body):
    return bytes([VERSION, kind]) + body


class Reader:
    def __init__(self, data):
        self.data = data
        self.at = 0

    def take(self, count):
        taken = self.data[self.at:self.at + count]
        assert len(taken) == count, self.data
        self.at += count
        return taken

    def u8(self):
        return self.take(1)[0]

    def u32(self):
        return struct.unpack("<I", self.take(4))[0]

    def bytes(self):
        return self.take(self.u32())

    def optional(self):
        return self.bytes() if self.u8() else None


def read_request(data):
    """A SessionRequest: its name and its fields."""
    reader = Reader(data)
    assert reader.u8() == VERSION and reader.u8() == SESSION_REQUEST, data
    name = REQUESTS[reader.u8()]
    if name == "hello":
        fields = {"connection": reader.bytes().decode()}
    elif name in ("offered", "authority"):
        fields = {"type": reader.bytes().decode(), "base64": reader.bytes().decode()}
    elif name == "proved":
        fields = {"type": reader.bytes().decode(), "base64": reader.bytes().decode(), "user": reader.bytes()}
    elif name == "call":
        fields = {"line": reader.optional(), "length": reader.u32(), "target": reader.optional()}
    else:
        fields = {"end": ENDS[reader.u8()]}
    assert reader.at == len(data), data
    return name, fields


def known(is_known):
    return message(SESSION_REPLY, bytes([0, 1 if is_known else 0]))


def admitted(agent, calls):
    return message(SESSION_REPLY, bytes([1]) + text(agent) + struct.pack("<I", calls))


def refused(reason, hint=""):
    return message(SESSION_REPLY, bytes([2]) + text(reason) + text(hint))


def revoked(reason):
    return message(SESSION_REPLY, bytes([4]) + text(reason))


def call_reply(status, messages=()):
    return message(CALL_REPLY, bytes([status]) + struct.pack("<I", len(messages)) + b"".join(map(text, messages)))


DEFAULTS = {
    "user": b"diag", "authentication_time": 30000, "authentication_attempts": 6, "idle_time": 0, "channels": 10,
    "keepalive_interval": 0, "keepalive_count": 3, "rekey_bytes": 1 << 30, "rekey_time": 3600, "input_bytes": 1 << 40,
    "drain_time": 10000,
}


def settings(host_keys, broker, **changes):
    """SessionSettings; times are in milliseconds, but rekey_time in seconds."""
    unknown = set(changes) - set(DEFAULTS)
    assert not unknown, unknown
    values = {**DEFAULTS, **changes}
    body = struct.pack("<I", len(host_keys)) + b"".join(map(byte_string, host_keys))
    body += byte_string(broker.encode()) + byte_string(values["user"])
    for name, form in [
        ("authentication_time", "I"), ("authentication_attempts", "I"), ("idle_time", "I"), ("channels", "I"),
        ("keepalive_interval", "I"), ("keepalive_count", "I"), ("rekey_bytes", "Q"), ("rekey_time", "I"),
        ("input_bytes", "Q"), ("drain_time", "I"),
    ]:
        body += struct.pack("<" + form, values[name])
    return message(SESSION_SETTINGS, body)
