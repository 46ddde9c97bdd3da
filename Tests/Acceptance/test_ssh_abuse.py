"""Clients that are slow, never read, ignore windows, come in crowds, leave anywhere or flood: nobody else notices."""

import os
import resource
import socket
import subprocess
import time

import pytest

from private_gateway import processes
from raw_ssh import Ended, RawClient, Unexpected
from raw_ssh_wire import *
from ssh_abusing import ONLY_EMBEDDED, pour, put_out
from ssh_under_test import AUTHENTICATION_TIME, COUNT_200_MB, MEMORY, OPENSSH

pytestmark = pytest.mark.usefixtures("leaves_a_server_that_serves")


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
    words = ssh.words("-o", "RekeyLimit=1M", "-o", "Ciphers=aes256-gcm@openssh.com",
                      "-o", "KexAlgorithms=curve25519-sha256")
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
                if client.channel_closed:
                    break
        assert got == subprocess.run(["seq", "60000"], capture_output=True).stdout


def rekey_keeping(client):
    """A rekey of ours, during which data that was on its way still comes, and perhaps the channel's end."""
    client.kept = []
    client.channel_closed = False
    receive = client.receive

    def keeping():
        while True:
            payload = receive()
            if payload[0] == CHANNEL_DATA:
                client.kept.append(Reader(payload[5:]).string())
            elif payload[0] == CHANNEL_CLOSE:
                client.channel_closed = True
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
            assert OPENSSH or len(ssh.connections()) < 1100
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
            while client.expect(CHANNEL_EOF, CHANNEL_CLOSE)[0] != CHANNEL_CLOSE:
                pass
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
                    # To a keepalive any answer will do.
                    given = client.expect(REQUEST_SUCCESS, REQUEST_FAILURE)[0]
                    assert given == REQUEST_FAILURE or name.startswith("keepalive")
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
