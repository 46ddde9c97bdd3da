"""What a command that the policy allows cannot do. Each attack is shown to succeed outside first."""

import contextlib
import pathlib
import re
import socket
import subprocess
import time

import pytest

import outside
from grounds import GROUNDS
from private_gateway import processes
from private_gateway.broker import CALLS, FIRST_USER


def test_the_command_has_no_privilege(call):
    lines = call("probe uid").out.splitlines()
    fields = {line.split(":")[0]: line.split(":", 1)[1].split() for line in lines if ":" in line}
    assert {int(uid) for uid in fields["Uid"]} <= set(range(FIRST_USER, FIRST_USER + CALLS))
    assert len(set(fields["Uid"])) == 1 and len(set(fields["Gid"])) == 1
    assert fields["Groups"] == [] or fields["Groups"] == fields["Gid"][:1]
    for name in ("CapInh", "CapPrm", "CapEff", "CapAmb"):
        assert int(fields[name][0], 16) == 0, name
    assert fields["NoNewPrivs"] == ["1"] and fields["Seccomp"] == ["2"]


def test_the_command_has_three_descriptors_and_nothing_else(call):
    descriptors = [int(line.split()[1]) for line in call("probe uid").out.splitlines() if line.startswith("fd ")]
    assert descriptors == [0, 1, 2]


def test_the_environment_is_fixed(call):
    environment = dict(
        line[4:].split("=", 1) for line in call("probe uid").out.splitlines() if line.startswith("env "))
    assert environment["LC_ALL"] == "C" and environment["PATH"] == "/usr/sbin:/usr/bin:/sbin:/bin"
    assert set(environment) == {"LC_ALL", "PATH"}


def test_two_calls_at_once_have_different_users(gateway):
    running = [gateway.begin("probe linger stay", stdin=subprocess.DEVNULL) for _ in range(2)]
    try:
        for process in running:
            assert process.stdout.readline() == b"lingering\n"
        assert processes.eventually(lambda: len(users_of(gateway.running())) == 2)
    finally:
        for process in running:
            process.terminate()
            process.communicate()


def users_of(pids):
    users = set()
    for pid in pids:
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            users.add(pathlib.Path(f"/proc/{pid}/status").read_text().split("Uid:\t")[1].split("\t")[0])
    return users


def test_proc_self_is_the_command_for_whoever_asks(call):
    """The supervisor follows and reads these links, and it is another process."""
    assert re.fullmatch(r"/proc/\d+/mounts\n", call("readlink -f /proc/self/mounts").out)
    assert call("readlink -f /etc/hostname").out == "/etc/hostname\n"
    own, status = call("readlink /proc/self ; cat /proc/self/status").out.split("\n", 1)
    assert own.isdigit() and status.startswith("Name:\tcat")


def fresh_target(name, parent=GROUNDS / "writable"):
    folder = parent / name
    folder.mkdir(mode=0o777)
    folder.chmod(0o777)
    (folder / "there").write_text("as it was\n")
    (folder / "there").chmod(0o666)
    return folder


@pytest.mark.parametrize("parent", ["/run/grounds/writable", "/var/tmp", "/dev/shm"])
def test_nothing_can_be_written(call, parent):
    import pathlib
    import shutil

    parent = pathlib.Path(parent)
    control = fresh_target("keyhole-control", parent)
    target = fresh_target("keyhole-target", parent)
    try:
        # Owner-only operations fail outside too, since the file is root's: chmod, and rename is not one of them.
        ways = outside.outcomes(outside.probe("write", control))
        worked = {way for way, outcome in ways.items() if outcome == "ok"}
        assert {"create", "mkdir", "append", "truncate", "rename"} <= worked
        inside = outside.outcomes(call(f"probe write {target}").out)
        assert inside.keys() == ways.keys()
        assert not [way for way, outcome in inside.items() if outcome == "ok"], inside
        assert [entry.name for entry in target.iterdir()] == ["there"]
        assert (target / "there").read_text() == "as it was\n"
    finally:
        shutil.rmtree(control)
        shutil.rmtree(target)


def test_a_mount_made_while_the_broker_runs_is_seen(call):
    """Commands look at the host as it is now, not as it was when the broker started."""
    target = GROUNDS / "mounted-later"
    target.mkdir()
    subprocess.run(["mount", "-n", "-t", "tmpfs", "mounted-later", target], check=True)
    try:
        (target / "there").write_text("on the new mount\n")
        assert call(f"cat {target}/there").out == "on the new mount\n"
        assert str(target) in call("findmnt").out
    finally:
        subprocess.run(["umount", "-n", target], check=True)
        target.rmdir()


def test_there_is_no_network(call):
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        port = server.getsockname()[1]
        assert outside.outcomes(outside.probe("network", port))["tcp"] == "ok"
        inside = outside.outcomes(call(f"probe network {port}").out)
        assert all(outcome.startswith("failed") for outcome in inside.values()), inside


def test_local_sockets_are_out_of_reach(call):
    path = GROUNDS / "writable/socket"
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))
        path.chmod(0o777)
        server.listen()
        assert "connect ok" in outside.probe("socket", path)
        out = call(f"probe socket {path}").out
        assert "ok" not in out and out.count("failed") == 2


def test_the_brokers_own_socket_is_out_of_reach(call, gateway):
    out = call(f"probe socket {gateway.layout.socket}").out
    assert "ok" not in out and out.count("failed") == 2


def test_no_other_program_can_be_started(call):
    assert set(outside.outcomes(outside.probe("execute", "/bin/sh")).values()) >= {"ok"}
    out = call("probe execute /bin/sh").out
    assert "ran" not in out.split() and " ok" not in out


def test_other_processes_cannot_be_touched(call):
    victim = subprocess.Popen(["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "sleep", "60"])
    try:
        assert processes.eventually(lambda: processes.name(victim.pid) == "sleep")
        assert outside.outcomes(outside.probe("touch", victim.pid))["ptrace"] == "ok"
        assert victim.wait(5 * processes.SCALE) == -10  # SIGUSR1 from outside ended it.
    finally:
        victim.kill()
        victim.wait()
    target = subprocess.Popen(["sleep", "60"])
    try:
        inside = outside.outcomes(call(f"probe touch {target.pid}").out)
        assert inside and all(outcome.startswith("failed") for outcome in inside.values()), inside
        assert target.poll() is None
    finally:
        target.kill()
        target.wait()


def test_calls_cannot_touch_each_other(gateway):
    other = gateway.begin("probe linger stay", stdin=subprocess.DEVNULL)
    try:
        assert other.stdout.readline() == b"lingering\n"
        for pid in gateway.running():
            inside = outside.outcomes(gateway.call(f"probe touch {pid}").out)
            assert inside and all(outcome.startswith("failed") for outcome in inside.values()), inside
    finally:
        other.terminate()
        other.communicate()


def test_a_call_ends_at_its_time_limit(call, recorded):
    began = time.monotonic()
    status, out, err = call("probe-limited linger stay")
    assert status == 124 and 2.5 < time.monotonic() - began < 3 + 3 * processes.SCALE
    assert "lingering" in out and err.startswith("keyhole: ")
    (record,) = recorded("end")
    assert record.cause == "timed-out" and record.status == "124"


def test_a_call_ends_at_its_output_limit(call, recorded):
    status, out, err = call("spill")
    assert status not in (0, 255) and len(out) <= 1 << 20 and "keyhole: " in err
    (record,) = recorded("end")
    assert record.cause == "output-limit"


def test_output_within_the_limit_is_whole(call):
    status, out, _ = call("cat /run/grounds/open/numbers.txt")
    assert status == 0 and out == "".join(f"{n}\n" for n in range(1, 1001))


def test_memory_is_bounded(call):
    assert "got 200 MiB" in outside.probe("memory", 200)
    status, out, _ = call("probe-limited memory 200")
    assert status != 0 or int(out.split()[2]) < 64


def test_processes_are_bounded(call):
    assert "made 40" in outside.probe("fork", 40)
    out = call("probe-limited fork 40").out
    assert out == "" or int(out.split()[2]) < 8


def test_nothing_is_left_over_of_a_call(gateway):
    result = gateway.call("probe linger")
    assert result.status == 0 and result.out == "lingering\n"
    assert gateway.running() == []


def test_a_stage_that_reads_nothing_more_ends_the_stages_before_it(gateway):
    began = time.monotonic()
    result = gateway.call("spill | head -n 1")
    assert (result.status, result.out) == (0, "y\n") and time.monotonic() - began < 2 * processes.SCALE
    assert gateway.running() == []
