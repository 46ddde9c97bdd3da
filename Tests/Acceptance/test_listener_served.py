"""keyhole-sshd with its real sessions: what its settings and host keys come to for a client of ssh."""

import os
import pwd
import subprocess

import pytest
from private_gateway import processes


@pytest.fixture
def server(gateway):
    gateway.embedded.start(penalties={})
    yield gateway.embedded
    gateway.embedded.stop()


def call(server, line, *options, identity=None):
    return subprocess.run(
        [*server.client(identity, "-o", "ControlPath=none", *options), "--", line], capture_output=True, text=True,
        stdin=subprocess.DEVNULL, timeout=30 * processes.SCALE)


def test_a_call_runs_and_its_status_arrives(server):
    done = call(server, "cat /etc/hostname /etc/nothing")
    assert (done.returncode, done.stdout) == (1, open("/etc/hostname").read())


def test_after_a_reload_clients_meet_the_new_host_key_and_are_warned_of_it(server):
    new = server.state / "new"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(new)], check=True)
    user = pwd.getpwnam("keyhole-ssh")
    for suffix in ("", ".pub"):
        os.chown(f"{new}{suffix}", user.pw_uid, user.pw_gid)
        os.rename(f"{new}{suffix}", f"{server.host_key}{suffix}")
    assert call(server, "true").returncode == 0
    assert server.reload(penalties={})
    done = call(server, "true")
    assert done.returncode == 255 and "Host key verification failed" in done.stderr
    server.write_known_hosts()
    assert call(server, "true").returncode == 0


def test_looking_at_the_host_keys_is_not_punished(server):
    for _ in range(2):
        shown = subprocess.run(
            ["ssh-keyscan", "-p", str(server.port), "127.0.0.1"], capture_output=True, text=True, timeout=30).stdout
        assert server.known_hosts.read_text().split()[1:] == shown.split()[1:]
    assert call(server, "true").returncode == 0


def test_a_client_with_keys_that_are_not_accepted_is_kept_out_after_a_few_times(server):
    stranger = server.layout.keys / "stranger"
    # Three would be just below the threshold: time passes between them.
    for _ in range(4):
        done = call(server, "true", identity=stranger)
        assert done.returncode == 255 and "Permission denied" in done.stderr
    assert processes.eventually(lambda: "is kept out for a while: keys that are not accepted" in server.log_since())
    done = call(server, "true", "-v")
    assert done.returncode == 255
    assert "keyhole: this address is kept out for a while, after connections that failed" in done.stderr


def test_every_host_key_is_served(server):
    ecdsa = server.state / "ssh_host_ecdsa_key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ecdsa", "-N", "", "-f", str(ecdsa)], check=True)
    user = pwd.getpwnam("keyhole-ssh")
    os.chown(ecdsa, user.pw_uid, user.pw_gid)
    assert server.reload(penalties={}, host_keys=[str(server.host_key), str(ecdsa)])
    shown = subprocess.run(
        ["ssh-keyscan", "-t", "ecdsa,ed25519", "-p", str(server.port), "127.0.0.1"], capture_output=True, text=True,
        timeout=30).stdout
    assert {line.split()[1] for line in shown.splitlines()} == {"ssh-ed25519", "ecdsa-sha2-nistp256"}
