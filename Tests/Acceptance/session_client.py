"""A client of the broker's session socket: what keyhole-session says there, and whatever else a test wants to say.

Encodes by the rules of Sources/Core/Wire/WireMessage.swift, and by nothing of its code.
"""

import contextlib
import os
import pathlib
import pwd
import select
import socket
import struct
import time

SOCKET = pathlib.Path("/run/keyhole/sessions.sock")
VERSION, CALL_REPLY, SESSION_REQUEST, SESSION_REPLY = 1, 2, 9, 10
CONNECTION = b"192.0.2.9 50022 192.0.2.1 22"
ENDS = (
    "client-gone", "authentication-timeout", "too-many-attempts", "protocol-error", "idle", "limit", "revoked",
    "draining")


def text(value):
    value = value.encode() if isinstance(value, str) else value
    return struct.pack("<I", len(value)) + value


def optional(value):
    return b"\0" if value is None else b"\1" + text(value)


def request(tag, body=b""):
    return bytes((VERSION, SESSION_REQUEST, tag)) + body


def key_fields(public):
    """The two fields of a `.pub` line."""
    kind, base64 = public.split()[:2]
    return text(kind) + text(base64)


def hello(connection=CONNECTION):
    return request(0, text(connection))


def offered(public):
    return request(1, key_fields(public))


def proved(public, user="diag"):
    return request(2, key_fields(public) + text(user))


def call(line, target=None, length=None):
    line = line.encode() if isinstance(line, str) else line
    length = len(line or b"") if length is None else length
    return request(3, optional(line) + struct.pack("<I", length) + optional(target))


def goodbye(end="client-gone"):
    return request(4, bytes((ENDS.index(end),)))


def authority(public):
    return request(5, key_fields(public))


class Reader:
    def __init__(self, data):
        self.data = data

    def take(self, count):
        assert count <= len(self.data), "a reply that is cut short"
        taken, self.data = self.data[:count], self.data[count:]
        return taken

    def number(self):
        return struct.unpack("<I", self.take(4))[0]

    def text(self):
        return self.take(self.number()).decode()


def parse_reply(data):
    """A tuple: known and whether; admitted, agent and calls; refused, reason and hint; principals and their list; or
    revoked and the reason."""
    assert data[:2] == bytes((VERSION, SESSION_REPLY)), data
    reader, tag = Reader(data[3:]), data[2]
    if tag == 0:
        reply = ("known", reader.take(1) == b"\1")
    elif tag == 1:
        reply = ("admitted", reader.text(), reader.number())
    elif tag == 2:
        reply = ("refused", reader.text(), reader.text())
    elif tag == 3:
        reply = ("principals", [reader.text() for _ in range(reader.number())])
    else:
        assert tag == 4, data
        reply = ("revoked", reader.text())
    assert not reader.data, "bytes follow a reply"
    return reply


@contextlib.contextmanager
def acting_as(user):
    """Effective ids of a user for a moment: SO_PEERCRED is taken as one connects."""
    entry = pwd.getpwnam(user)
    os.setegid(entry.pw_gid)
    try:
        os.seteuid(entry.pw_uid)
        try:
            yield
        finally:
            os.seteuid(0)
    finally:
        os.setegid(0)


class Call:
    """A call that was begun: its streams and the socket on which its reply comes."""

    def __init__(self, stdin=None):
        self.ours, self.theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.out, out = os.pipe()
        self.err, err = os.pipe()
        inp = os.open("/dev/null", os.O_RDONLY) if stdin is None else stdin
        self.passed = [inp, out, err, self.theirs.fileno()]

    def sent(self):
        """Closes our copies of what was passed, so that the broker alone has them."""
        for number in self.passed[:3]:
            os.close(number)
        self.theirs.close()

    def reply(self, patience=30):
        """(status, [messages]); None when it hung up without one."""
        if not select.select([self.ours], [], [], patience)[0]:
            raise TimeoutError("no reply to a call")
        try:
            data = self.ours.recv(1 << 16)
        except ConnectionResetError:
            data = b""
        if not data:
            return None
        assert data[:2] == bytes((VERSION, CALL_REPLY)), data
        status, reader = data[2], Reader(data[3:])
        messages = [reader.text() for _ in range(reader.number())]
        assert not reader.data
        return status, messages

    def output(self):
        """Both streams to their ends. Read as they come: a pipe into which output is spliced has room for 16 pieces."""
        parts = {self.out: [], self.err: []}
        while open_ := [number for number, read in parts.items() if read[-1:] != [b""]]:
            for number in select.select(open_, [], [])[0]:
                parts[number].append(os.read(number, 1 << 16))
        return tuple(b"".join(read).decode("utf-8", "replace") for read in parts.values())

    def finish(self):
        """(status, stdout, stderr, messages)"""
        out, err = self.output()
        reply = self.reply()
        self.close()
        status, messages = reply if reply else (None, [])
        return status, out, err, messages

    def close(self):
        for number in (self.out, self.err):
            with contextlib.suppress(OSError):
                os.close(number)
        self.out = self.err = -1
        self.ours.close()


class Session:
    def __init__(self, user="diag", path=SOCKET):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with acting_as(user) if user else contextlib.nullcontext():
            self.socket.connect(str(path))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        """Leaves, and waits until the broker has seen that: its end is on its way to the audit trail by then."""
        if self.socket.fileno() >= 0:
            with contextlib.suppress(OSError):
                self.socket.shutdown(socket.SHUT_WR)
            self.is_closed()
            self.socket.close()

    def send(self, packet, descriptors=()):
        socket.send_fds(self.socket, [packet], list(descriptors))

    def receive(self, patience=10):
        """The next reply; None when the broker closed the session."""
        if not select.select([self.socket], [], [], patience)[0]:
            raise TimeoutError("the broker says nothing")
        for _ in range(2):
            try:
                data = self.socket.recv(1 << 16)
            except ConnectionResetError:
                continue
            return parse_reply(data) if data else None
        return None

    def ask(self, packet, patience=10):
        self.send(packet)
        return self.receive(patience)

    def login(self, public, user="diag", connection=CONNECTION):
        self.send(hello(connection))
        return self.ask(proved(public, user))

    def begin(self, line, stdin=None, **more):
        begun = Call(stdin)
        self.send(call(line, **more), begun.passed)
        begun.sent()
        return begun

    def call(self, line, **more):
        return self.begin(line, **more).finish()

    def is_closed(self, patience=2):
        """Whether the broker closes the session and says nothing more."""
        end = time.monotonic() + patience
        while time.monotonic() < end:
            if select.select([self.socket], [], [], 0.05)[0]:
                try:
                    return not self.socket.recv(1 << 16)
                except ConnectionResetError:
                    continue
        return False
