"""Clients that break the protocol, flood it, or sit there: they are put out, and nobody else notices."""

import os
import resource
import socket
import struct
import subprocess
import time

import pytest

from private_gateway import processes
from raw_ssh import Ended, RawClient, Unexpected
from raw_ssh_packets import Malformed
from raw_ssh_wire import *
from ssh_under_test import AUTHENTICATION_TIME, COUNT_200_MB, MEMORY, OPENSSH

ENDINGS = (Ended, Unexpected, TimeoutError, Malformed)
ONLY_EMBEDDED = pytest.mark.skipif(OPENSSH, reason="sshd has other limits; runs against the embedded server")


@pytest.fixture(autouse=True)
def leaves_a_server_that_serves(ssh):
    quiet = ssh.quiet()
    yield
    assert ssh.run("echo served").out == "served\n"
    quiet()


# Before the key exchange.

GARBAGE = {
    "HTTP": b"GET / HTTP/1.1\r\nHost: gateway\r\n\r\n",
    "SSH-1": b"SSH-1.5-x\r\n",
    "SSH-1 that knows SSH-2 of another kind": b"SSH-1.98-x\r\n",
    "TLS": bytes.fromhex("16030100c8010000c40303") + bytes(193),
    "SMTP": b"EHLO there\r\n",
    "zeros": bytes(100_000),
    "noise": bytes(range(128, 256)) * 1000,
    "a line without end": b"S" * 1_000_000,
    "a version without end": b"SSH-2.0-" + b"x" * 1_000_000,
    "a long version": b"SSH-2.0-" + b"x" * 300 + b"\r\n",
    "NUL in the version": b"SSH-2.0-a\0b\r\n",
    "SSH-3": b"SSH-3.0-x\r\n",
    "a version, then noise": b"SSH-2.0-x\r\n" + bytes(range(256)) * 400,
    "a version, then HTTP": b"SSH-2.0-x\r\nGET / HTTP/1.1\r\n\r\n",
    "lines": b"\r\n" * 50_000,
}


def put_out(client, seconds=AUTHENTICATION_TIME + 3):
    assert client.ended(seconds * processes.SCALE), "the server keeps the connection"


def pour(client, data):
    """Sends what the server takes."""
    try:
        client.write(data)
    except (Ended, TimeoutError):
        pass


@pytest.mark.parametrize("name", GARBAGE)
def test_what_is_not_ssh_is_put_out(ssh, name):
    with ssh.raw() as client:
        pour(client, GARBAGE[name])
        put_out(client)


@ONLY_EMBEDDED
def test_what_is_not_ssh_is_put_out_at_once(ssh):
    with ssh.raw() as client:
        pour(client, GARBAGE["HTTP"])
        put_out(client, 2)


BAD_PACKETS = {
    "length 0": struct.pack(">I", 0) + bytes(60),
    "length 1": struct.pack(">IB", 1, 0) + bytes(60),
    "length 4": struct.pack(">IB", 4, 3) + bytes(60),
    "length 11, padding 12": struct.pack(">IB", 12, 12) + bytes(60),
    "padding 255": struct.pack(">IB", 28, 255) + bytes(60),
    "padding to the last byte": struct.pack(">IB", 28, 27) + bytes(60),
    "no padding": struct.pack(">IBB", 28, 0, IGNORE) + bytes(60),
    "no multiple of the block": struct.pack(">IBB", 27, 6, IGNORE) + bytes(60),
    "length 2^31": struct.pack(">IB", 1 << 31, 4) + bytes(100_000),
    "length 2^32 - 1": struct.pack(">IB", (1 << 32) - 1, 4) + bytes(100_000),
    "length 2^18 + 4": struct.pack(">IB", (1 << 18) + 4, 4) + bytes(300_000),
    "message 0": struct.pack(">IBB", 12, 10, 0) + bytes(10),
    "message 255": struct.pack(">IBB", 12, 10, 255) + bytes(10),
}


@pytest.mark.parametrize("name", BAD_PACKETS)
def test_a_malformed_packet_before_the_key_exchange_is_put_out(ssh, name):
    with ssh.raw() as client:
        client.exchange_versions()
        pour(client, BAD_PACKETS[name])
        put_out(client)
        assert ssh.memory() < MEMORY


DAMAGES = {
    "wrong tag": {"mac": lambda tag: bytes([tag[0] ^ 1]) + tag[1:]},
    "no tag": {"mac": lambda tag: b""},
    "length 0": {"length": 0}, "length 4": {"length": 4}, "length 2^31": {"length": 1 << 31}, "a block more": {"length": 48},
    "no multiple of the block": {"padding": 9}, "padding too long": {"declared": 255}, "padding 0": {"declared": 0},
}


@pytest.mark.parametrize("cipher", ["aes256-gcm@openssh.com", "aes256-ctr"])
@pytest.mark.parametrize("name", DAMAGES)
def test_a_malformed_packet_after_the_key_exchange_is_put_out(ssh, name, cipher):
    with ssh.raw(cipher=cipher) as client:
        client.handshake()
        client.send(message(SERVICE_REQUEST, string("ssh-userauth")), **DAMAGES[name])
        # What is waited for after a length that is too long.
        pour(client, bytes(100))
        try:
            answered = client.receive()[0] == SERVICE_ACCEPT
        except ENDINGS:
            answered = False
        # RFC 4253, 6 wants four bytes of padding; a server may let fewer pass.
        assert not answered or name == "padding 0"
    assert ssh.memory() < MEMORY


# The key exchange.

def exchange(client, payload):
    client.exchange_versions()
    client.send(payload)


NOTHING_IN_COMMON = ["exchanges", "host_keys", "ciphers_out", "ciphers_in", "macs_out", "macs_in", "compression_out", "compression_in"]


@pytest.mark.parametrize("what", NOTHING_IN_COMMON)
@pytest.mark.parametrize("names", [["unheard-of"], [], ["", ""], ["none"]], ids=["unknown", "empty", "commas", "none"])
def test_an_exchange_without_a_common_algorithm_is_put_out(ssh, what, names):
    if what.startswith("compression") and names == ["none"]:
        names = ["zlib"]
    # With aes256-gcm no authentication code is asked for.
    with ssh.raw(cipher="aes256-ctr") as client:
        exchange(client, client.kexinit(**{what: names}))
        put_out(client, 3)


def test_old_and_weak_algorithms_are_not_offered(ssh):
    with ssh.raw() as client:
        offers = client.handshake().offers()
    weak = ("sha1", "md5", "cbc", "arcfour", "3des", "dss", "group1-", "group14-sha1", "none", "umac-64@", "blowfish")
    compression = {"compression_out", "compression_in"}
    listed = [name for what, names in offers.items() if what not in compression for name in names]
    found = [name for name in listed if any(word in name for word in weak)]
    assert found == [] or OPENSSH
    assert all(set(offers[what]) <= ({"none", "zlib@openssh.com"} if OPENSSH else {"none"}) for what in compression)


TRUNCATED = {"after the number": 1, "in the cookie": 9, "after the cookie": 17, "in a length": 19, "in a list": 40, "last byte": -1,
             "reserved": -4}


@pytest.mark.parametrize("place", TRUNCATED)
def test_a_truncated_exchange_is_put_out(ssh, place):
    with ssh.raw() as client:
        exchange(client, client.kexinit()[:TRUNCATED[place]])
        put_out(client)


@pytest.mark.parametrize("what", [*NOTHING_IN_COMMON, "languages_out"])
def test_lists_of_a_hundred_kilobytes_do_no_harm(ssh, what):
    with ssh.raw() as client:
        client.timeout = 3
        exchange(client, client.kexinit(**{what: [f"x{at}" for at in range(15_000)]}))
        client.ended(0.3)
        assert ssh.memory() < MEMORY


@pytest.mark.parametrize("count", [1, 1000])
def test_a_list_whose_length_lies_is_put_out(ssh, count):
    with ssh.raw() as client:
        payload = client.kexinit()
        exchange(client, payload[:17] + u32(0xFFFFFFFF - count) + payload[21:])
        put_out(client)


def test_a_wrong_guess_is_passed_over(ssh):
    """RFC 4253, 7.1: first_kex_packet_follows"""
    with ssh.raw(timeout=5) as client:
        make = client.kexinit
        client.kexinit = lambda: make(exchanges=["unheard-of", client.exchange], follows=True)
        wrong = message(KEX_INIT, string(os.urandom(65)))
        client.outgoing = lambda at, payload: [payload, wrong] if at == 0 else [payload]
        assert client.login(ssh.key).call("echo in")[1] == b"in\n"


@ONLY_EMBEDDED
def test_a_right_guess_is_honoured(ssh):
    """It is one when both sides have named the same algorithms first."""
    with ssh.raw(timeout=5) as client:
        make = client.kexinit
        client.kexinit = lambda: make(follows=True)
        client.login(ssh.key)
        offers = client.offers()
        assert (offers["exchanges"][0], offers["host_keys"][0]) == (client.exchange, client.host_keys[0])
        assert client.call("echo in")[1] == b"in\n"


SHARES = {"empty": b"", "short": bytes(31), "long": os.urandom(33), "zeros": bytes(32), "one": b"\1" + bytes(31), "huge": bytes(200_000)}


@pytest.mark.parametrize("name", SHARES)
def test_a_bad_public_value_is_put_out(ssh, name):
    with ssh.raw() as client:
        exchange(client, client.kexinit())
        client.send(message(KEX_INIT, string(SHARES[name])))
        put_out(client)


@pytest.mark.parametrize("name, value", [
    ("zeros", bytes(65)), ("infinity", b"\0"), ("off the curve", b"\4" + bytes([7]) * 64), ("compressed", b"\2" + bytes([7]) * 32)])
def test_a_bad_point_is_put_out(ssh, name, value):
    with ssh.raw(exchange="ecdh-sha2-nistp256") as client:
        exchange(client, client.kexinit())
        client.send(message(KEX_INIT, string(value)))
        put_out(client)


OUT_OF_ORDER = {
    "new keys first": [message(NEWKEYS)],
    "a share first": [message(KEX_INIT, string(os.urandom(32)))],
    "a reply": [message(KEX_REPLY, string(b"x"), string(b"y"), string(b"z"))],
    "a service first": [message(SERVICE_REQUEST, string("ssh-userauth"))],
    "success": [message(USERAUTH_SUCCESS)],
    "a channel": [message(CHANNEL_OPEN, string("session"), u32(0), u32(1 << 20), u32(1 << 15))],
}


@pytest.mark.parametrize("name", OUT_OF_ORDER)
def test_messages_before_their_time_are_put_out(ssh, name):
    with ssh.raw() as client:
        client.exchange_versions()
        for payload in OUT_OF_ORDER[name]:
            client.send(payload)
        put_out(client)


# Time.

def test_a_byte_a_second_is_not_enough(ssh):
    with ssh.raw() as client:
        words = client.version + b"\r\n" + client.seal(client.kexinit())
        for byte in words[:AUTHENTICATION_TIME]:
            pour(client, bytes([byte]))
            time.sleep(1)
        put_out(client, 5)


def test_silent_clients_are_put_out(ssh):
    clients = [ssh.raw() for _ in range(20)]
    began = time.monotonic()
    clients[0].exchange_versions()
    for client in clients[1:5]:
        client.handshake()
    for client in clients[5:10]:
        client.handshake().request_service()
    for client in clients:
        put_out(client)
        client.close()
    assert time.monotonic() - began < (AUTHENTICATION_TIME + 4) * processes.SCALE


# Reading and writing.

@pytest.mark.parametrize("window", [1 << 21, (1 << 32) - 1], ids=["2 MB", "4 GB"])
def test_what_a_client_does_not_read_is_not_kept(ssh, window):
    with ssh.raw(receive_buffer=4096) as client:
        channel = client.login(ssh.key).open_channel(window=window)
        assert client.execute(channel, "flood")
        for _ in range(10):
            time.sleep(0.1)
            assert ssh.memory() < MEMORY
        assert ssh.gateway.running()
    assert processes.eventually(lambda: not ssh.gateway.running(), 3)


def test_answers_that_a_client_does_not_read_are_not_kept(ssh):
    with ssh.raw(receive_buffer=4096, timeout=2) as client:
        client.login(ssh.key)
        ask = message(GLOBAL_REQUEST, string("x@example.org"), boolean(True))
        try:
            # Their answers would be 28 bytes each.
            for _ in range(3000):
                client.write(b"".join(client.seal(ask) for _ in range(100)))
        except (Ended, TimeoutError):
            pass
        assert ssh.memory() < MEMORY


def test_a_client_that_ignores_its_window_is_put_out(ssh):
    with ssh.raw(timeout=5) as client:
        channel = client.login(ssh.key).open_channel()
        assert client.execute(channel, "sleep 60")
        try:
            for _ in range(256):
                client.data(channel, bytes(1 << 15))
        except (Ended, TimeoutError):
            pass
        # sshd drops what is too much, and goes on.
        OPENSSH or put_out(client, 5)
        assert ssh.memory() < MEMORY
    assert processes.eventually(lambda: not ssh.gateway.running(), 3)


def test_200_megabytes_out_with_a_rekey_every_megabyte(ssh):
    expected = subprocess.run(f"seq {COUNT_200_MB} | sha256sum", shell=True, capture_output=True, text=True).stdout
    words = ssh.words("-o", "RekeyLimit=1M", "-o", "Ciphers=aes256-gcm@openssh.com", "-o", "KexAlgorithms=curve25519-sha256")
    client = subprocess.Popen([*words, f"count {COUNT_200_MB}"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
    digest = subprocess.run(["sha256sum"], stdin=client.stdout, capture_output=True, text=True, timeout=100).stdout
    assert client.wait(10) == 0 and digest == expected


@pytest.fixture(scope="module")
def two_hundred_megabytes(tmp_path_factory):
    path = tmp_path_factory.mktemp("data") / "data"
    block = os.urandom(1 << 20)
    with open(path, "wb") as file:
        for at in range(200):
            file.write(block[at:] + block[:at])
    yield path
    path.unlink()


@pytest.mark.parametrize("cipher", ["aes256-gcm@openssh.com"])
def test_200_megabytes_in_and_out_at_once_with_a_rekey_every_megabyte(ssh, two_hundred_megabytes, cipher):
    expected = subprocess.run(["sha256sum"], stdin=open(two_hundred_megabytes), capture_output=True, text=True).stdout
    words = ssh.words("-o", "RekeyLimit=1M", "-o", f"Ciphers={cipher}", "-o", "KexAlgorithms=curve25519-sha256")
    client = subprocess.Popen([*words, "pass"], stdin=open(two_hundred_megabytes), stdout=subprocess.PIPE)
    digest = subprocess.run(["sha256sum"], stdin=client.stdout, capture_output=True, text=True, timeout=100).stdout
    assert client.wait(10) == 0 and digest == expected


def test_rekeying_in_the_middle_of_a_stream_loses_nothing(ssh):
    """The client asks for new keys after every message that it gets."""
    with ssh.raw() as client:
        channel = client.login(ssh.key).open_channel()
        assert client.execute(channel, "count 60000")
        got = b""
        while True:
            payload = client.expect(CHANNEL_DATA, CHANNEL_EOF, CHANNEL_CLOSE, CHANNEL_REQUEST)
            if payload[0] == CHANNEL_CLOSE:
                break
            if payload[0] == CHANNEL_DATA:
                fields = Reader(payload[5:])
                got += fields.string()
                rekey_keeping(client)
                got += b"".join(client.kept)
        assert got == subprocess.run(["seq", "60000"], capture_output=True).stdout


def rekey_keeping(client):
    """A rekey of ours, during which data that was on its way still comes."""
    client.kept = []
    receive = client.receive

    def keeping():
        while True:
            payload = receive()
            if payload[0] == CHANNEL_DATA:
                client.kept.append(Reader(payload[5:]).string())
            elif payload[0] not in (CHANNEL_EOF, CHANNEL_REQUEST, CHANNEL_WINDOW_ADJUST):
                return payload

    client.receive = keeping
    try:
        client.rekey()
    finally:
        client.receive = receive


# Many.

def test_two_thousand_connections_without_authentication_stop_nobody_else(ssh):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 8192), hard))
    crowd = []
    try:
        with ssh.raw() as client:
            client.login(ssh.key)
            for at in range(2000):
                source = f"127.{1 + at // 250}.{at % 250}.7"
                try:
                    crowd.append(RawClient(ssh.address, source=source, timeout=5))
                except OSError:
                    continue
                if at % 3 == 0:
                    pour(crowd[-1], b"SSH-2.0-crowd\r\n")
                if at % 100 == 0:
                    assert client.call(f"echo {at}", number=at)[1] == f"{at}\n".encode()
            assert len(crowd) > 1900
            for at in range(2000, 2020):
                assert client.call(f"echo {at}", number=at)[1] == f"{at}\n".encode()
            assert len(ssh.connections()) < 1200
    finally:
        for other in crowd:
            other.close()
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert processes.eventually(lambda: ssh.run("echo in").out == "in\n", AUTHENTICATION_TIME + 5, 0.5)


# Cutting off.

def scenario(client, key):
    channel = client.login(key).open_channel()
    client.execute(channel, "pass")
    client.data(channel, b"some words\n")
    client.send(message(CHANNEL_EOF, u32(channel)))
    return client.finish(channel)


class Cut(Exception):
    pass


def cut_at(number, end):
    def outgoing(client, at, payload):
        if at == number:
            end(client, payload)
            raise Cut
        return [payload]

    return outgoing


def orderly(client, payload):
    client.write(client.seal(payload))
    client.close()


def abrupt(client, payload):
    client.write(client.seal(payload))
    client.reset()


def halfway(client, payload):
    packet = client.seal(payload)
    client.write(packet[:len(packet) // 2])
    client.close()


def deaf(client, payload):
    client.write(client.seal(payload))
    client.socket.shutdown(socket.SHUT_WR)
    client.ended(0.2)
    client.close()


def polite(client, payload):
    client.write(client.seal(payload))
    client.write(client.seal(message(DISCONNECT, u32(11), string("bye"), string(""))))
    client.close()


@pytest.mark.parametrize("end", [orderly, abrupt, halfway, deaf, polite], ids=lambda end: end.__name__)
def test_a_client_may_leave_at_every_point(ssh, end):
    key = ssh.key
    with ssh.raw() as client:
        assert scenario(client, key) == (0, b"some words\n", b"")
        packets = client.packets
    assert packets >= 10
    for number in range(packets):
        with ssh.raw() as client:
            cut = cut_at(number, end)
            client.outgoing = lambda at, payload: cut(client, at, payload)
            with pytest.raises(Cut):
                scenario(client, key)
    assert processes.eventually(lambda: not ssh.gateway.running(), 3)


# Floods.

def test_a_flood_of_ignored_messages_before_authentication_does_no_harm(ssh):
    with ssh.raw() as client:
        client.handshake()
        junk = [message(IGNORE, string(bytes(1000))), message(DEBUG, boolean(True), string(bytes(1000)), string(""))]
        for _ in range(200):
            pour(client, b"".join(client.seal(junk[at % 2]) for at in range(50)))
        assert ssh.memory() < MEMORY


def test_a_flood_of_unknown_messages_does_no_harm(ssh):
    with ssh.raw(receive_buffer=4096, timeout=2) as client:
        client.login(ssh.key)
        for _ in range(500):
            try:
                client.write(b"".join(client.seal(message(192 + at % 60)) for at in range(100)))
            except (Ended, TimeoutError):
                break
        assert ssh.memory() < MEMORY


@ONLY_EMBEDDED
def test_more_channels_than_allowed_are_refused_and_the_others_work(ssh):
    with ssh.raw() as client:
        client.login(ssh.key)
        opened, refused = [], 0
        for number in range(500):
            try:
                opened.append(client.open_channel(number))
            except Unexpected as answer:
                assert answer.payload[0] == CHANNEL_OPEN_FAILURE
                refused += 1
        assert len(opened) <= 16 and refused == 500 - len(opened)
        assert client.execute(opened[0], "echo in") and client.finish(opened[0])[1] == b"in\n"
        assert ssh.memory() < MEMORY


def test_channels_that_are_opened_and_closed_leave_nothing(ssh):
    with ssh.raw() as client:
        client.login(ssh.key)
        for number in range(1000):
            channel = client.open_channel(number)
            client.send(message(CHANNEL_CLOSE, u32(channel)))
            client.expect(CHANNEL_CLOSE)
        assert client.call("echo in", number=1000)[1] == b"in\n"
        assert ssh.memory() < MEMORY


@pytest.mark.parametrize("reply", [True, False])
@pytest.mark.parametrize("name", ["tcpip-forward", "keepalive@openssh.com", "x" * 30_000])
def test_a_flood_of_global_requests_does_no_harm(ssh, name, reply):
    with ssh.raw(timeout=5) as client:
        client.login(ssh.key)
        try:
            for at in range(200 if reply else 2000):
                client.send(message(GLOBAL_REQUEST, string(name), boolean(reply), string("127.0.0.1"), u32(0)))
                if reply:
                    assert client.expect(REQUEST_SUCCESS, REQUEST_FAILURE)[0] == REQUEST_FAILURE
            assert client.call("echo in")[1] == b"in\n"
        except Ended:
            pass
        assert ssh.memory() < MEMORY


def test_a_flood_of_variables_does_no_harm(ssh):
    with ssh.raw(timeout=5) as client:
        channel = client.login(ssh.key).open_channel()
        try:
            for at in range(3000):
                client.request(channel, "env", string(f"KEYHOLE_{at}"), string("x" * 1000), reply=False)
            client.execute(channel, "echo in")
            client.finish(channel)
        except Ended:
            pass
        assert ssh.memory() < MEMORY


# Requests.

@pytest.mark.parametrize("name, fields", [
    ("pty-req", string("xterm") + u32(80) + u32(24) + u32(0) + u32(0) + string(b"\0")),
    ("subsystem", string("sftp")), ("x11-req", boolean(False) + string("MIT-MAGIC-COOKIE-1") + string("00" * 16) + u32(0)),
    ("auth-agent-req@openssh.com", b""), ("window-change", u32(1) * 4), ("signal", string("KILL")), ("unheard-of", b""),
    ("env", string("PATH") + string("/tmp")), ("env", string("LC_ALL") + string("C")),
    ("pty-req", b""), ("subsystem", b""), ("x11-req", b""), ("exec", b""), ("exec", u32(0xFFFFFFFF)), ("env", u32(5))])
def test_what_is_not_served_is_refused_at_once(ssh, name, fields):
    with ssh.raw(timeout=5) as client:
        channel = client.login(ssh.key).open_channel()
        client.request(channel, name, fields)
        try:
            assert client.expect(CHANNEL_SUCCESS, CHANNEL_FAILURE, CHANNEL_CLOSE)[0] != CHANNEL_SUCCESS or name == "signal" or OPENSSH
        except Ended:
            pass
    assert not ssh.gateway.running()


@pytest.mark.parametrize("kind", ["direct-tcpip", "direct-streamlocal@openssh.com", "forwarded-tcpip", "x11", "auth-agent@openssh.com",
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
    with ssh.raw(timeout=5) as client:
        client.login(ssh.key)
        try:
            channel = client.open_channel(packet=packet)
            assert client.execute(channel, "echo in")
            client.socket.settimeout(2)
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


@pytest.mark.parametrize("number", [CHANNEL_WINDOW_ADJUST, CHANNEL_DATA, CHANNEL_EXTENDED_DATA, CHANNEL_EOF, CHANNEL_CLOSE,
                                    CHANNEL_REQUEST, CHANNEL_SUCCESS, CHANNEL_FAILURE, CHANNEL_OPEN_CONFIRMATION, CHANNEL_OPEN_FAILURE])
@pytest.mark.parametrize("rest", [b"", u32(77), u32(77) + u32(5) + b"hello", u32(77) + u32(0xFFFFFFFF)], ids=["empty", "number", "some", "lie"])
def test_messages_for_channels_that_are_not_do_no_harm(ssh, number, rest):
    with ssh.raw(timeout=2) as client:
        client.login(ssh.key)
        client.send(message(number, rest))
        try:
            assert client.call("echo in")[1] == b"in\n"
        except ENDINGS:
            pass


@pytest.mark.parametrize("fields", [u32(1) + string("server-sig-algs") + string("x" * 100_000), u32(0xFFFFFFFF), b"", u32(3) + string("a"),
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
