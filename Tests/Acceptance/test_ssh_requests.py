"""Odd requests, channels and commands of a client that is let in: refused as the protocol says, never half served."""

import os
import time

import pytest

from private_gateway import processes
from raw_ssh import Ended, Unexpected
from raw_ssh_wire import *
from ssh_abusing import ENDINGS, ONLY_EMBEDDED
from ssh_under_test import MEMORY, OPENSSH

pytestmark = pytest.mark.usefixtures("leaves_a_server_that_serves")


# Requests.

TERMINAL = string("xterm") + u32(80) + u32(24) + u32(0) + u32(0) + string(b"\0")
NOT_SERVED = [
    ("pty-req", TERMINAL), ("subsystem", string("sftp")), ("subsystem", string("netconf")),
    ("x11-req", boolean(False) + string("MIT-MAGIC-COOKIE-1") + string("00" * 16) + u32(0)),
    ("auth-agent-req@openssh.com", b""), ("window-change", u32(1) * 4), ("unheard-of", b""), ("", b""),
    ("env", string("PATH") + string("/tmp")), ("env", string("LC_ALL") + string("C")),
    ("env", string("KEYHOLE_OTHER") + string("x"))]


@pytest.mark.parametrize("name, fields", NOT_SERVED)
def test_what_is_not_served_is_refused_at_once(ssh, name, fields):
    with ssh.raw(timeout=3) as client:
        channel = client.login(ssh.key).open_channel()
        client.request(channel, name, fields)
        assert client.expect(CHANNEL_SUCCESS, CHANNEL_FAILURE)[0] == CHANNEL_FAILURE or OPENSSH
        assert client.call("echo in", number=1)[1] == b"in\n"


@pytest.mark.parametrize("name, fields", [
    ("pty-req", b""), ("pty-req", TERMINAL[:-3]), ("subsystem", b""), ("x11-req", b""), ("signal", u32(9)), ("env", u32(5)),
    ("env", string("KEYHOLE_TARGET")), ("exec", b""), ("exec", u32(0xFFFFFFFF)), ("exec", u32(8) + b"echo in")])
def test_a_malformed_request_is_not_served(ssh, recorded, name, fields):
    """Whether it is answered or the connection ends, nothing runs."""
    with ssh.raw(timeout=0.5) as client:
        channel = client.login(ssh.key).open_channel()
        client.request(channel, name, fields)
        try:
            assert client.expect(CHANNEL_SUCCESS, CHANNEL_FAILURE, CHANNEL_CLOSE)[0] != CHANNEL_SUCCESS or OPENSSH
        except ENDINGS:
            pass
    assert not ssh.gateway.running()
    assert recorded("decision", count=0) == []


@pytest.mark.parametrize("kind", [
    "direct-tcpip", "direct-streamlocal@openssh.com", "forwarded-tcpip", "x11", "auth-agent@openssh.com",
    "tun@openssh.com", "unheard-of", ""])
def test_only_sessions_are_opened(ssh, kind):
    with ssh.raw(timeout=5) as client:
        client.login(ssh.key)
        with pytest.raises(Unexpected) as answer:
            host = string("/run/nothing" if "streamlocal" in kind else "127.0.0.1")
            end = string("") + u32(0) if "streamlocal" in kind else u32(ssh.port) + string("127.0.0.1") + u32(1)
            client.open_channel(kind=kind, more=host + end)
        assert answer.value.payload[0] == CHANNEL_OPEN_FAILURE
        assert client.call("echo in", number=1)[1] == b"in\n"


def test_a_second_command_on_a_channel_is_refused(ssh):
    with ssh.raw(timeout=5) as client:
        channel = client.login(ssh.key).open_channel()
        assert client.execute(channel, "sleep 1; echo one")
        try:
            client.request(channel, "exec", string("echo two"))
            assert client.expect(CHANNEL_SUCCESS, CHANNEL_FAILURE)[0] == CHANNEL_FAILURE
            assert client.finish(channel)[1] == b"one\n"
        except Ended:
            pass


@pytest.mark.parametrize("packet", [0, 1, 9])
def test_a_tiny_packet_size_is_kept_to_or_refused(ssh, packet):
    with ssh.raw(timeout=2) as client:
        client.login(ssh.key)
        try:
            channel = client.open_channel(packet=packet)
            assert client.execute(channel, "echo in")
            assert client.finish(channel)[1] == b"in\n"
        except ENDINGS:
            assert packet == 0 or not OPENSSH
        assert busy(ssh) < 0.5


def busy(ssh, seconds=0.5):
    """The share of a processor that the busiest connection takes."""
    ticks = lambda: {pid: sum(map(int, open(f"/proc/{pid}/stat").read().rpartition(")")[2].split()[11:13]))
                     for pid in ssh.connections()}
    try:
        before = ticks()
        time.sleep(seconds)
        after = ticks()
    except OSError:
        return 0
    return max((after[pid] - before.get(pid, 0) for pid in after), default=0) / os.sysconf("SC_CLK_TCK") / seconds


def test_a_window_that_is_never_opened_holds_the_command(ssh):
    with ssh.raw(timeout=5) as client:
        channel = client.login(ssh.key).open_channel(window=0)
        assert client.execute(channel, "flood")
        assert processes.eventually(ssh.gateway.running)
        assert busy(ssh) < 0.5 and ssh.memory() < MEMORY
    assert processes.eventually(lambda: not ssh.gateway.running(), 3)


def test_a_window_beyond_its_end_does_no_harm(ssh):
    with ssh.raw(timeout=5) as client:
        channel = client.login(ssh.key).open_channel(window=(1 << 32) - 1)
        for _ in range(10):
            client.send(message(CHANNEL_WINDOW_ADJUST, u32(channel), u32((1 << 32) - 1)))
        try:
            assert client.execute(channel, "echo in") and client.finish(channel)[1] == b"in\n"
        except ENDINGS:
            pass


@pytest.mark.parametrize("number", [
    CHANNEL_WINDOW_ADJUST, CHANNEL_DATA, CHANNEL_EXTENDED_DATA, CHANNEL_EOF, CHANNEL_CLOSE, CHANNEL_REQUEST,
    CHANNEL_SUCCESS, CHANNEL_FAILURE, CHANNEL_OPEN_CONFIRMATION, CHANNEL_OPEN_FAILURE])
@pytest.mark.parametrize("rest", [
    b"", u32(77), u32(77) + u32(5) + b"hello", u32(77) + u32(0xFFFFFFFF)], ids=["empty", "number", "some", "lie"])
def test_messages_for_channels_that_are_not_do_no_harm(ssh, number, rest):
    with ssh.raw(timeout=2) as client:
        client.login(ssh.key)
        client.send(message(number, rest))
        try:
            assert client.call("echo in")[1] == b"in\n"
        except ENDINGS:
            pass


@pytest.mark.parametrize("fields", [u32(1) + string("server-sig-algs") + string("x" * 100_000), u32(0xFFFFFFFF), b"",
                                    u32(3) + string("a"),
                                    u32(1000) + (string("no-flow-control") + string("p")) * 1000])
def test_odd_extensions_do_no_harm(ssh, fields):
    with ssh.raw(timeout=3) as client:
        client.handshake()
        client.send(message(EXT_INFO, fields))
        try:
            client.request_service()
            assert client.authenticate(ssh.key) and client.call("echo in")[1] == b"in\n"
        except ENDINGS:
            pass
        assert ssh.memory() < MEMORY


# Commands.

@ONLY_EMBEDDED
@pytest.mark.parametrize("line", [b"echo in\0; rm -rf /", b"\0", b"echo in\0", b"\0echo in"], ids=repr)
def test_a_command_with_a_nul_byte_does_not_run(ssh, recorded, line):
    try:
        status, out, err = ssh.call(line)
    except ENDINGS + (AssertionError,):
        status, out = None, b""
    assert status != 0 and out == b""
    assert recorded("end", count=0) == []


@pytest.mark.parametrize("length", [4001, 8191, 8192, 8193, 20_000, 200_000])
def test_a_command_that_is_too_long_does_not_run(ssh, recorded, length):
    try:
        status, out, err = ssh.call(b"echo " + b"x" * (length - 5))
        assert status in (125, 126) or (OPENSSH and status == 1), err
    except ENDINGS + (AssertionError,):
        out = b""
        assert length > 100_000
    assert out == b"" and recorded("end", count=0) == []


@pytest.mark.parametrize("line", [b"echo \xff", b"echo \xc3\x28", b"echo \xed\xa0\x80", b"\x80"], ids=repr)
def test_a_command_that_is_no_text_is_refused(ssh, line):
    status, out, err = ssh.call(line)
    assert status == 126 and out == b"" and b"UTF-8" in err
