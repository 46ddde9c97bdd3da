"""A connection over which any packet can be sent, right or damaged (RFC 4253)."""

import socket
import struct
import time

from raw_ssh_packets import Plain
from raw_ssh_wire import *

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


class Connection:
    """One thread, blocking, with a time limit on every read.

    `outgoing` may change, drop, repeat or hold back what is sent: it is called with the number of the packet, counted
    from 0 without gaps, and its payload, and gives the payloads to send. `sent` and `received` are the transcript.
    """

    def __init__(self, address, *, source=None, timeout=10, receive_buffer=None):
        self.session = None
        self.sealing, self.opening = Plain(), Plain()
        self.sending, self.receiving = 0, 0
        self.sent, self.received, self.banners = [], [], []
        self.outgoing = None
        self.packets = 0
        self.buffer = b""
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
        """The next message that is no passing remark; it must be one of these. A rekey of the server's is followed."""
        while True:
            payload = self.receive()
            if payload[0] in numbers:
                return payload
            if payload[0] == KEXINIT and self.session:
                self.rekey(theirs=payload)
            elif payload[0] not in PASSING:
                raise Unexpected(payload)

    def rekey(self, theirs=None):
        raise NotImplementedError
