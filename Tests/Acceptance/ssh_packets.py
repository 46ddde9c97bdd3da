"""A client that can be made to send what OpenSSH's never does: paramiko, and below it plain packets."""

import contextlib
import threading

import paramiko
from paramiko.common import MSG_CHANNEL_FAILURE, MSG_CHANNEL_SUCCESS, cMSG_CHANNEL_REQUEST


@contextlib.contextmanager
def client(harness, key=None, user="diag", **options):
    """An authenticated transport."""
    transport = paramiko.Transport(("127.0.0.1", harness.port), **options)
    try:
        transport.start_client(timeout=10)
        transport.auth_publickey(user, key or paramiko.Ed25519Key.from_private_key_file(str(harness.key)))
        yield transport
    finally:
        transport.close()


@contextlib.contextmanager
def stranger(harness):
    """A transport that has exchanged keys, asked for the authentication service and not authenticated."""
    transport = paramiko.Transport(("127.0.0.1", harness.port))
    try:
        transport.start_client(timeout=10)
        accepted = threading.Event()
        # Without an authentication handler paramiko would answer that it does not know the message.
        transport._handler_table = transport._handler_table | {6: lambda *_: accepted.set()}
        send(transport, bytes([5]), "ssh-userauth")
        assert accepted.wait(10)
        yield transport
    finally:
        transport.close()


def send(transport, *fields):
    """Sends one packet: raw bytes first, then fields as the protocol writes them. RFC 4251, 5"""
    transport._send_message(fill(paramiko.Message(), fields))


def fill(message, fields):
    message.add_bytes(fields[0])
    for field in fields[1:]:
        if isinstance(field, bool):
            message.add_boolean(field)
        elif isinstance(field, int):
            message.add_int(field)
        else:
            message.add_string(field)
    return message


def request_with_signature(transport, user, algorithm, blob, sign):
    """A request to authenticate with a signature that `sign` makes of what is to be signed. RFC 4252, 7"""
    request = (bytes([50]), user, "ssh-connection", "publickey", True, algorithm, blob)
    signed = paramiko.Message()
    signed.add_string(transport.session_id)
    fill(signed, request)
    send(transport, *request, sign(signed.asbytes()))


@contextlib.contextmanager
def at_once(transport):
    """What is sent inside leaves as one piece at the end."""
    class Collector:
        def __init__(self):
            self.data = b""

        def send(self, data):
            self.data += data
            return len(data)

    real, collector = transport.packetizer._Packetizer__socket, Collector()
    collector.recv = real.recv
    transport.packetizer._Packetizer__socket = collector
    try:
        yield
    finally:
        transport.packetizer._Packetizer__socket = real
    real.sendall(collector.data)


def execute(transport, command, seconds=10):
    """Runs a command to its end: status, standard output, standard error."""
    channel = transport.open_session(timeout=seconds)
    channel.settimeout(seconds)
    channel.exec_command(command)
    output, error = read_all(channel.recv), read_all(channel.recv_stderr)
    return channel.recv_exit_status(), output, error


def read_all(receive):
    parts = []
    while part := receive(1 << 16):
        parts.append(part)
    return b"".join(parts)


def opens(transport, kind, seconds=5):
    """Whether a channel of this kind is opened; the answer comes in time."""
    try:
        channel = transport.open_channel(
            kind, dest_addr=("127.0.0.1", 1), src_addr=("127.0.0.1", 1), timeout=seconds)
    except paramiko.ChannelException:
        return False
    channel.close()
    return True


def channel_request(channel, name, *fields, want_reply=True):
    message = paramiko.Message()
    message.add_byte(cMSG_CHANNEL_REQUEST)
    message.add_int(channel.remote_chanid)
    message.add_string(name)
    message.add_boolean(want_reply)
    fill(message, (b"", *fields))
    return message


FIELDS = {
    "pty-req": ("xterm", 80, 24, 0, 0, ""), "x11-req": (False, "MIT-MAGIC-COOKIE-1", "00", 0), "subsystem": ("sftp",),
    "env": ("LANG", "C"), "exec": ("true",), "break": (100,),
}


def accepts(channel, name, seconds=5):
    """Whether a channel request is answered with success; the answer comes in time."""
    answers = []
    answered = threading.Event()

    def note(success):
        def handler(_, __):
            answers.append(success)
            answered.set()
        return handler

    # paramiko itself closes a channel on which a request was refused.
    before = channel.transport._channel_handler_table
    channel.transport._channel_handler_table = {
        **before, MSG_CHANNEL_SUCCESS: note(True), MSG_CHANNEL_FAILURE: note(False)}
    try:
        channel.transport._send_user_message(channel_request(channel, name, *FIELDS.get(name, ())))
        assert answered.wait(seconds), f"no answer to {name}"
    finally:
        channel.transport._channel_handler_table = before
    return answers[0]


def send_signal(channel, name):
    channel.transport._send_user_message(channel_request(channel, "signal", name, want_reply=False))
