"""What this kernel can enforce, that `keyhole doctor` says so, and that what it lacks is enforced all the same.

Landlock has grown with every kernel. Under Debian 12's own (scripts/guest) it knows nothing of truncation, TCP, the
controls of devices, abstract sockets and signals.
"""

import ctypes
import os
import pathlib
import platform
import re
import socket
import subprocess

import pytest

import outside
from grounds import GROUNDS, OPEN_WORDS
from policy_for_tests import command
from private_gateway import processes

LANDLOCK_CREATE_RULESET = 444
LANDLOCK_CREATE_RULESET_VERSION = 1
# The first Linux with each version, landlock(7). Later ones may have more.
LANDLOCK_SINCE = {(5, 13): 1, (5, 19): 2, (6, 2): 3, (6, 7): 4, (6, 10): 5, (6, 12): 6, (6, 15): 7}
NEWEST_KNOWN = (6, 18)
PTRACE_SCOPE = pathlib.Path("/proc/sys/kernel/yama/ptrace_scope")
in_the_guest = pytest.mark.skipif(
    "KEYHOLE_GUEST" not in os.environ, reason="what Debian 12's own kernel has is seen in scripts/guest")


def landlock_version():
    return ctypes.CDLL(None).syscall(LANDLOCK_CREATE_RULESET, None, 0, LANDLOCK_CREATE_RULESET_VERSION)


def linux_version():
    return tuple(int(number) for number in re.match(r"(\d+)\.(\d+)", platform.release()).groups())


def security_modules():
    return pathlib.Path("/sys/kernel/security/lsm").read_text().strip().split(",")


def test_landlock_is_as_old_as_the_kernel():
    expected = max(version for since, version in LANDLOCK_SINCE.items() if since <= linux_version())
    if linux_version() <= NEWEST_KNOWN:
        assert landlock_version() == expected
    else:
        assert landlock_version() >= expected


def test_doctor_names_the_version_of_landlock(gateway):
    done = subprocess.run(
        [gateway.layout.programs / "keyhole", "doctor", "--config", gateway.broker.configuration],
        stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60 * processes.SCALE)
    (line,) = [line for line in done.stdout.splitlines() if " landlock " in line]
    assert line.split() == ["ok", "landlock", "version", str(landlock_version())]


@in_the_guest
def test_the_guest_has_the_kernel_that_is_meant():
    assert linux_version() == (6, 1) and landlock_version() == 2


@in_the_guest
def test_the_other_security_modules_of_debian_are_on():
    assert {"landlock", "yama", "apparmor"} <= set(security_modules())
    assert pathlib.Path("/sys/module/apparmor/parameters/enabled").read_text() == "Y\n"


@pytest.fixture
def tracing(gateway):
    """Sets kernel.yama.ptrace_scope for one test: 1, ancestors only; 2, with CAP_SYS_PTRACE only."""
    before = PTRACE_SCOPE.read_text()
    yield lambda value: PTRACE_SCOPE.write_text(f"{value}\n")
    PTRACE_SCOPE.write_text(before)


PLAIN = GROUNDS / "open/plain.txt"
READ = f"read words <{PLAIN}; echo \"$words\""
# The loop lasts until the process's parent is gone: no shell here can start a `sleep`.
LATER = "n=0; while [ $n -lt 20000 ]; do n=$((n+1)); done"
READERS = {
    "command": f"cat {PLAIN}",
    "pipeline": f"head -n 1 {PLAIN} | cat",
    "child": f"script -c '({READ})'",
    "orphan": f"script -c '( ({LATER}; {READ}) & ) | (read words; echo \"$words\")'",
}


@in_the_guest
@pytest.mark.parametrize("reader", READERS)
def test_files_open_when_only_ancestors_may_look_into_a_process(call, tracing, reader):
    tracing(1)
    victim = subprocess.Popen(["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "sleep", "600"])
    try:
        assert processes.eventually(lambda: processes.name(victim.pid) == "sleep")
        refused = outside.outcomes(outside.probe("touch", victim.pid))["process-vm"]
        assert refused.startswith("failed"), "the setting does nothing"
    finally:
        victim.kill()
        victim.wait()
    assert call(READERS[reader]).out == OPEN_WORDS + "\n"


@pytest.fixture(scope="module")
def listed_socket(session_gateway):
    """A service that the command `probe-socket` may reach, and nobody else's command."""
    path = GROUNDS / "listed.socket"
    probe = command(
        str(GROUNDS / "probe"), "attacks with a service", "probe-socket uid", ["word /.*/*"],
        needs={"sockets": [str(path)]})
    session_gateway.add_policy("zz-layers.yaml", {"commands": {"probe-socket": probe}})
    session_gateway.broker.restart()
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))
        path.chmod(0o777)
        server.listen()
        yield path
    path.unlink()


@in_the_guest
def test_sockets_connect_when_only_ancestors_may_look_into_a_process(call, tracing, listed_socket):
    tracing(1)
    assert "connect ok" in call(f"probe-socket socket {listed_socket}").out
    assert "connect ok" not in call(f"probe socket {listed_socket}").out


@in_the_guest
def test_nothing_is_opened_when_nobody_may_look_into_a_process(call, tracing):
    tracing(2)
    status, out, err = call(f"cat {GROUNDS}/open/plain.txt")
    assert status != 0 and OPEN_WORDS not in out + err
    tracing(1)
    assert call(f"cat {GROUNDS}/open/plain.txt").status == 0


@pytest.fixture
def writable_file():
    folder = GROUNDS / "writable/layers"
    folder.mkdir()
    folder.chmod(0o777)
    (folder / "there").write_text("as it was\n")
    (folder / "there").chmod(0o666)
    yield folder
    for entry in folder.iterdir():
        entry.rmdir() if entry.is_dir() and not entry.is_symlink() else entry.unlink()
    folder.rmdir()


def test_files_cannot_be_truncated_whether_landlock_knows_of_it_or_not(call, writable_file):
    """From version 3 on it does."""
    inside = outside.outcomes(call(f"probe write {writable_file}").out)
    assert inside["truncate"].startswith("failed") and inside["append"].startswith("failed")
    assert (writable_file / "there").read_text() == "as it was\n"
    assert outside.outcomes(outside.probe("write", writable_file))["truncate"] == "ok"


def test_tcp_is_out_of_reach_whether_landlock_knows_of_it_or_not(call):
    """From version 4 on it does."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        port = server.getsockname()[1]
        assert outside.outcomes(outside.probe("network", port))["tcp"] == "ok"
        assert outside.outcomes(call(f"probe network {port}").out)["tcp"].startswith("failed")


def test_signals_go_nowhere_whether_landlock_knows_of_them_or_not(call):
    """From version 6 on it does."""
    victim = subprocess.Popen(["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "sleep", "600"])
    try:
        assert processes.eventually(lambda: processes.name(victim.pid) == "sleep")
        assert outside.outcomes(call(f"probe touch {victim.pid}").out)["kill"].startswith("failed")
        assert victim.poll() is None
        assert outside.outcomes(outside.probe("touch", victim.pid))["kill"] == "ok"
    finally:
        victim.kill()
        victim.wait()
