"""The data types and message numbers of SSH (RFC 4251, 5; RFC 4250, 4.1)."""

import struct

DISCONNECT, IGNORE, UNIMPLEMENTED, DEBUG, SERVICE_REQUEST, SERVICE_ACCEPT, EXT_INFO = range(1, 8)
KEXINIT, NEWKEYS = 20, 21
KEX_INIT, KEX_REPLY = 30, 31
USERAUTH_REQUEST, USERAUTH_FAILURE, USERAUTH_SUCCESS, USERAUTH_BANNER = range(50, 54)
USERAUTH_PK_OK = 60
GLOBAL_REQUEST, REQUEST_SUCCESS, REQUEST_FAILURE = range(80, 83)
(CHANNEL_OPEN, CHANNEL_OPEN_CONFIRMATION, CHANNEL_OPEN_FAILURE, CHANNEL_WINDOW_ADJUST, CHANNEL_DATA,
 CHANNEL_EXTENDED_DATA, CHANNEL_EOF, CHANNEL_CLOSE, CHANNEL_REQUEST, CHANNEL_SUCCESS, CHANNEL_FAILURE) = range(90, 101)

# RFC 4250, 4.2.2
REASONS = {
    1: "not allowed to connect", 2: "protocol error", 3: "key exchange failed", 5: "mac error", 6: "compression error",
    7: "service not available", 10: "connection lost", 11: "by application", 12: "too many connections",
    13: "authentication cancelled", 14: "no more authentication methods", 15: "illegal user name",
}


def u32(value):
    return struct.pack(">I", value & 0xFFFFFFFF)


def boolean(value):
    return b"\x01" if value else b"\x00"


def string(value):
    value = value.encode() if isinstance(value, str) else bytes(value)
    return u32(len(value)) + value


def mpint(value):
    if value == 0:
        return u32(0)
    return string(value.to_bytes(value.bit_length() // 8 + 1, "big"))


def name_list(names):
    return string(",".join(names))


def message(number, *fields):
    """A payload: the number, then the fields as they are."""
    return bytes([number]) + b"".join(fields)


class Reader:
    """Takes fields off a payload. IndexError and struct.error when there is less than asked for."""

    def __init__(self, data):
        self.data = data
        self.at = 0

    def take(self, count):
        if self.at + count > len(self.data):
            raise IndexError(f"{count} bytes wanted at {self.at} of {len(self.data)}")
        self.at += count
        return self.data[self.at - count:self.at]

    def byte(self):
        return self.take(1)[0]

    def boolean(self):
        return self.byte() != 0

    def u32(self):
        return struct.unpack(">I", self.take(4))[0]

    def string(self):
        return self.take(self.u32())

    def mpint(self):
        return int.from_bytes(self.string(), "big")

    def names(self):
        text = self.string().decode("ascii")
        return text.split(",") if text else []

    @property
    def rest(self):
        return self.data[self.at:]
