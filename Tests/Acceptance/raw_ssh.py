"""An SSH client of our own, over which every byte can be chosen (RFC 4252, 4253, 4254).

It does right what it is not asked to do wrong. `send` takes any payload and any damage to its packet, and nothing
keeps to a window unless the caller does. See raw_ssh_connection for what can be done to packets.
"""

from raw_ssh_connection import Ended, Unexpected
from raw_ssh_exchange import STRICT_SERVER, ExchangingConnection
from raw_ssh_wire import *

__all__ = ["STRICT_SERVER", "Ended", "RawClient", "Unexpected"]


class RawClient(ExchangingConnection):
    # Authentication.

    def request_service(self, name="ssh-userauth"):
        self.send(message(SERVICE_REQUEST, string(name)))
        self.expect(SERVICE_ACCEPT)
        return self

    def publickey(self, user, key, *, service="ssh-connection", signed=True, session=None, signed_as=None,
                  algorithm=None, blob=None, damage=None):
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
