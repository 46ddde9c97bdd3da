"""One connection of keyhole-sshd: every algorithm under the system call filter, acknowledgements, forwards, the root."""

import pathlib
import re
import socket
import subprocess
import time

import paramiko
import pytest
import ssh_packets
from session_harness import SessionHarness, eventually

KEY_EXCHANGES = [
    "curve25519-sha256", "curve25519-sha256@libssh.org", "ecdh-sha2-nistp256", "ecdh-sha2-nistp384", "ecdh-sha2-nistp521",
    "diffie-hellman-group18-sha512", "diffie-hellman-group16-sha512", "diffie-hellman-group14-sha256",
]
CIPHERS = [
    "chacha20-poly1305@openssh.com", "aes256-gcm@openssh.com", "aes128-gcm@openssh.com", "aes256-ctr", "aes192-ctr",
    "aes128-ctr",
]
CODES = ["hmac-sha2-256-etm@openssh.com", "hmac-sha2-512-etm@openssh.com"]
HOST_KEYS = ["ssh-ed25519", "ecdsa-sha2-nistp256", "rsa-sha2-512", "rsa-sha2-256"]


@pytest.fixture(scope="module")
def shared():
    with SessionHarness(host_key_types=("ed25519", "ecdsa", "rsa")) as harness:
        yield harness


@pytest.mark.parametrize("option", [
    *[f"KexAlgorithms={name}" for name in KEY_EXCHANGES], *[f"Ciphers={name}" for name in CIPHERS],
    *[f"HostKeyAlgorithms={name}" for name in HOST_KEYS],
])
def test_each_algorithm_works_under_the_filter(shared, option):
    result = shared.ssh("echo works", options=[option])
    assert (result.stdout, result.returncode) == (b"works\n", 0), result.stderr


@pytest.mark.parametrize("code", CODES)
def test_each_authentication_code_works_under_the_filter(shared, code):
    result = shared.ssh("echo works", options=["Ciphers=aes128-ctr", f"MACs={code}"])
    assert (result.stdout, result.returncode) == (b"works\n", 0), result.stderr


@pytest.mark.parametrize("option", [
    "Ciphers=aes128-cbc", "HostKeyAlgorithms=ssh-rsa", "KexAlgorithms=diffie-hellman-group14-sha1",
])
def test_weak_algorithms_are_not_agreed_on(shared, option):
    result = shared.ssh("true", options=[option, "LogLevel=INFO"])
    assert result.returncode == 255 and b"no matching" in result.stderr


def test_what_has_come_is_acknowledged_at_once_at_each_step(shared):
    """Without this a client waits 40 ms for an acknowledgement now and then."""
    with ssh_packets.client(shared) as transport:
        assert ssh_packets.execute(transport, "true")[0] == 0
        trace = shared.folder / "trace"
        tracer = subprocess.Popen(
            ["strace", "-qq", "-p", str(shared.session().process.pid), "-e", "trace=setsockopt,poll,recvfrom", "-o", trace],
            stderr=subprocess.DEVNULL)
        eventually(lambda: "TracerPid:\t0" not in
                   pathlib.Path(f"/proc/{shared.session().process.pid}/status").read_text())
        assert ssh_packets.execute(transport, "true")[0] == 0
        tracer.terminate()
        tracer.wait()
        calls = re.findall(r"^(\w+)\((.*)", trace.read_text(), re.M)
        received = [index for index, (name, _) in enumerate(calls) if name == "recvfrom"]
        assert received
        for index in received:
            following = calls[index + 1:index + 40]
            acknowledged = [at for at, (_, rest) in enumerate(following) if "TCP_QUICKACK" in rest]
            # A poll that may wait comes only after it; those of libssh have a timeout of 0.
            waiting = [at for at, (name, rest) in enumerate(following) if name == "poll" and not re.search(r", 0\)", rest)]
            assert not waiting or (acknowledged and acknowledged[0] < waiting[0])


def test_an_offer_alone_authenticates_nobody():
    with SessionHarness() as harness, ssh_packets.stranger(harness) as transport:
        key = paramiko.Ed25519Key.from_private_key_file(str(harness.key))
        ssh_packets.send(
            transport, bytes([50]), "diag", "ssh-connection", "publickey", False, "ssh-ed25519", key.asbytes())
        harness.broker.wait_for(lambda: harness.broker.named("offered"))
        ssh_packets.send(transport, bytes([90]), "session", 0, 1 << 20, 32768)
        assert harness.session().exit(5) == "notAccepted"
        assert harness.broker.calls == [] and harness.broker.named("proved") == [] and "authenticated" not in harness.session().statuses


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


@pytest.mark.parametrize("flags", [["-W", "127.0.0.1:22"], ["-L"], ["-R", "0:127.0.0.1:22"], ["-A"], ["-X"]])
def test_forwarding_is_refused_and_harms_no_command(shared, flags):
    if "-L" in flags:
        flags = ["-L", f"{free_port()}:127.0.0.1:22"]
    if flags[0] == "-W":
        result = shared.ssh(flags=flags, timeout=10)
        assert result.returncode == 255
    else:
        assert shared.ssh("echo works", flags=flags, timeout=10).stdout == b"works\n"


def test_a_connection_without_commands_stays():
    with SessionHarness() as harness:
        client = subprocess.Popen(harness.ssh_command(flags=["-N"]))
        assert eventually(lambda: harness.sessions and harness.sessions[0].statuses)
        time.sleep(1)
        assert client.poll() is None
        client.terminate()
        client.wait()
        assert harness.session().exit() == "served"


def test_a_session_with_the_privilege_to_change_its_root_has_an_empty_one():
    empty = pathlib.Path("/run/keyhole/empty")
    empty.mkdir(parents=True, exist_ok=True)
    with SessionHarness(as_user=0) as harness:
        result = harness.ssh("echo works")
        assert result.stdout == b"works\n", harness.log_text()
        client = subprocess.Popen(harness.ssh_command(flags=["-N"]))
        assert eventually(lambda: len(harness.sessions) == 2 and harness.sessions[1].statuses)
        process = pathlib.Path(f"/proc/{harness.session().process.pid}")
        assert (process / "root").readlink() == empty
        status = (process / "status").read_text()
        assert "CapEff:\t0000000000000000" in status and "CapPrm:\t0000000000000000" in status
        client.terminate()
        client.wait()


def test_two_hundred_megabytes_go_both_ways_unchanged():
    with SessionHarness(rekey_bytes=1 << 20) as harness:
        data = bytes(range(251)) * (200 * 4178)
        result = harness.ssh("cat", input=data, timeout=120, options=["RekeyLimit=3M"])
        assert result.returncode == 0 and result.stdout == data
