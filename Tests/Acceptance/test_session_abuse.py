"""One connection of keyhole-sshd: clients that break the rules harm nobody but themselves."""

import pathlib
import socket
import struct
import subprocess
import time

import paramiko
import pytest
import ssh_packets
from session_harness import SessionHarness, eventually


@pytest.fixture
def harness():
    with SessionHarness() as harness:
        yield harness


def test_the_session_is_confined_before_a_client_is_heard(harness):
    connection = socket.create_connection(("127.0.0.1", harness.port))
    connection.recv(100)
    status = dict(
        line.split(":\t", 1) for line in
        pathlib.Path(f"/proc/{harness.session().process.pid}/status").read_text().splitlines() if ":\t" in line)
    assert status["Seccomp"] == "2" and status["NoNewPrivs"] == "1"
    assert status["CapPrm"] == status["CapEff"] == status["CapInh"] == "0000000000000000"
    assert status["Threads"] == "1"
    limits = pathlib.Path(f"/proc/{harness.session().process.pid}/limits").read_text()
    for name, value in [("Max processes", "0"), ("Max file size", "0"), ("Max core file size", "0")]:
        line = next(line for line in limits.splitlines() if line.startswith(name))
        assert line[len(name):].split()[:2] == [value, value]
    connection.close()


def test_a_session_that_gets_no_filter_serves_nobody():
    with SessionHarness() as harness:
        harness.filter_file.write_bytes(b"")
        assert harness.ssh("true", timeout=10).returncode == 255
        assert harness.session().exit() == "failed"
        assert "cannot confine itself" in harness.log_text()


def test_a_client_that_ignores_its_window_is_disconnected(harness):
    with ssh_packets.client(harness) as transport:
        channel = transport.open_session()
        channel.exec_command("sleep 60")
        harness.broker.wait_for(lambda: harness.broker.calls)
        data = paramiko.Message()
        data.add_byte(bytes([94]))
        data.add_int(channel.remote_chanid)
        data.add_string(b"x" * 30000)
        for _ in range(400):
            if not transport.is_active():
                break
            try:
                transport._send_message(data)
            except (OSError, EOFError):
                break
        assert harness.session().exit(10) == "served"
        assert harness.broker.goodbye() == "limit"


def test_a_client_that_keeps_to_its_window_is_held_up_by_a_command_that_does_not_read(harness):
    with ssh_packets.client(harness) as transport:
        channel = transport.open_session()
        channel.exec_command("sleep 60")
        harness.broker.wait_for(lambda: harness.broker.calls)
        channel.settimeout(1)
        sent = 0
        with pytest.raises(socket.timeout):
            while sent < 64 << 20:
                sent += channel.send(b"x" * 30000)
        # libssh's window twice, and the pipe.
        assert sent < 5 << 20
        assert harness.session().memory() < 12000
        assert harness.session().process.poll() is None


def test_a_client_that_never_reads_does_not_fill_the_memory(harness):
    with ssh_packets.client(harness, default_window_size=1 << 31 - 1) as transport:
        channel = transport.open_session()
        transport.packetizer.read_message = lambda *_: time.sleep(3600)
        channel.exec_command = None
        message = ssh_packets.channel_request(channel, "exec", "yes", want_reply=False)
        transport._send_user_message(message)
        harness.broker.wait_for(lambda: harness.broker.calls)
        time.sleep(2)
        assert harness.session().memory() < 12000


@pytest.mark.parametrize("packet", [bytes([200]), bytes([2]) + struct.pack(">I", 4) + b"xxxx"])
def test_a_stranger_that_floods_is_cut_off(harness, packet):
    with ssh_packets.stranger(harness) as transport:
        try:
            for _ in range(3000):
                ssh_packets.send(transport, packet)
        except (OSError, EOFError):
            pass
        assert harness.session().exit(10) == "protocolError"
        assert harness.broker.goodbye() == "limit"


def test_a_stranger_cannot_open_a_channel(harness):
    with ssh_packets.stranger(harness) as transport:
        ssh_packets.send(transport, bytes([90]), "session", 0, 1 << 20, 32768)
        assert harness.session().exit(5) == "protocolError"
    assert harness.broker.calls == []


def test_a_message_of_success_from_a_stranger_authenticates_nobody(harness):
    """As in CVE-2018-10933."""
    with ssh_packets.stranger(harness) as transport:
        ssh_packets.send(transport, bytes([52]))
        ssh_packets.send(transport, bytes([90]), "session", 0, 1 << 20, 32768)
        assert harness.session().exit(5) == "protocolError"
    assert "authenticated" not in harness.session().statuses


def test_another_service_than_authentication_ends_the_connection(harness):
    transport = paramiko.Transport(("127.0.0.1", harness.port))
    transport.start_client(timeout=10)
    ssh_packets.send(transport, bytes([5]), "ssh-connection")
    assert harness.session().exit(5) == "protocolError"
    transport.close()


def test_a_packet_size_that_leaves_no_room_for_data_ends_the_process(harness):
    """libssh subtracts 10 bytes for the header, and sends packets without data for ever when nothing is left."""
    with ssh_packets.client(harness) as transport:
        open_channel = paramiko.Message()
        open_channel.add_byte(bytes([90]))
        open_channel.add_string("session")
        open_channel.add_int(7)
        open_channel.add_int(1 << 20)
        open_channel.add_int(10)
        transport._send_user_message(open_channel)
        time.sleep(0.3)
        run = paramiko.Message()
        run.add_byte(bytes([98]))
        run.add_int(43)
        run.add_string("exec")
        run.add_boolean(False)
        run.add_string("echo something; sleep 60")
        transport._send_user_message(run)
        harness.broker.wait_for(lambda: harness.broker.calls)
        harness.session().exit(40)
        harness.broker.wait_for(lambda: harness.broker.calls[0].is_over, 5)


def key_exchange_offer(port):
    """The server's KEXINIT: ten lists of names. RFC 4253, 7.1"""
    connection = socket.create_connection(("127.0.0.1", port))
    connection.sendall(b"SSH-2.0-test\r\n")
    data = b""
    while b"\r\n" not in data or len(data) < data.index(b"\r\n") + 6:
        data += connection.recv(4096)
    data = data[data.index(b"\r\n") + 2:]
    length = struct.unpack(">I", data[:4])[0]
    while len(data) < length + 4:
        data += connection.recv(4096)
    connection.close()
    at, lists = 5 + 1 + 16, []
    for _ in range(10):
        size = struct.unpack(">I", data[at:at + 4])[0]
        lists.append(data[at + 4:at + 4 + size].decode().split(","))
        at += 4 + size
    return lists


def test_only_named_algorithms_are_offered_and_strict_key_exchange_is():
    with SessionHarness(host_key_types=("ed25519", "ecdsa", "rsa")) as harness:
        exchange, host_keys, *ciphers = key_exchange_offer(harness.port)
        assert exchange == [
            "curve25519-sha256", "curve25519-sha256@libssh.org", "ecdh-sha2-nistp256", "ecdh-sha2-nistp384",
            "ecdh-sha2-nistp521", "diffie-hellman-group18-sha512", "diffie-hellman-group16-sha512",
            "diffie-hellman-group14-sha256", "kex-strict-s-v00@openssh.com"]
        assert host_keys == ["ssh-ed25519", "ecdsa-sha2-nistp256", "rsa-sha2-512", "rsa-sha2-256"]
        for names in ciphers[0:2]:
            assert names == [
                "chacha20-poly1305@openssh.com", "aes256-gcm@openssh.com", "aes128-gcm@openssh.com", "aes256-ctr",
                "aes192-ctr", "aes128-ctr"]
        for names in ciphers[2:4]:
            assert names == ["hmac-sha2-256-etm@openssh.com", "hmac-sha2-512-etm@openssh.com"]
        assert ciphers[4:6] == [["none"], ["none"]]


@pytest.mark.parametrize("before", [b"", bytes([2]) + struct.pack(">I", 40) + b"i" * 40])
def test_a_command_is_whole_whatever_comes_right_before_it(harness, before):
    """In one segment: an ignored packet and the command. Only the command's own size counts."""
    with ssh_packets.client(harness) as transport:
        channel = transport.open_session()
        with ssh_packets.at_once(transport):
            if before:
                ssh_packets.send(transport, before)
            transport._send_message(ssh_packets.channel_request(channel, "exec", "echo whole", want_reply=False))
        assert channel.recv(20) == b"whole\n"


def test_an_idle_connection_takes_two_megabytes_of_memory_at_most(harness):
    """Proportional: what the sessions share is divided among them, so it takes some to be worth measuring."""
    clients = [subprocess.Popen(harness.ssh_command(flags=["-N"])) for _ in range(32)]
    try:
        assert eventually(lambda: sum(session.statuses == ["authenticated"] for session in harness.sessions) == 32, 30)
        sizes = [session.memory() for session in harness.sessions]
        assert sum(sizes) / len(sizes) <= 2048, sizes
    finally:
        for client in clients:
            client.kill()
            client.wait()
