"""`keyhole policy reload` and `status`, and the control socket behind them."""

import contextlib
import json
import os
import socket
import subprocess
import time

import pytest

from private_gateway import processes

FRESH = {"commands": {"fresh": {
    "exec": "/usr/bin/true", "about": "new", "operands": "none", "allow": ["fresh"], "deny": ["fresh x"]}}}
BROKEN = "commands:\n  probe: [\n"
NOBODY = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
RELOAD = b"\x01\x06\x00"
STATUS = b"\x01\x06\x01"


@pytest.fixture(scope="module", autouse=True)
def fresh_broker_afterwards(session_gateway):
    """Reloads fill the socket of sd_notify(3), which other tests read."""
    yield
    session_gateway.broker.restart()


@pytest.fixture
def control(gateway):
    return gateway.layout.socket.parent / "control"


@pytest.fixture
def keyhole(gateway):
    def run(*words, before=()):
        program = [gateway.layout.programs / "keyhole", "policy", *words, "--config", gateway.broker.configuration]
        return subprocess.run(
            list(map(str, [*before, *program])), stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)

    return run


@contextlib.contextmanager
def changed_policy(gateway, keyhole, name, contents):
    path = gateway.add_policy(name, contents)
    try:
        yield path
    finally:
        path.unlink()
        assert keyhole("reload").returncode == 0


def connect(path):
    client = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    # One that waits while the queue is full: with a time limit it would fail at once.
    client.connect(str(path))
    client.settimeout(20)
    return client


def test_a_reload_puts_the_policy_on_disk_into_force_and_says_what_changed(gateway, keyhole, recorded):
    assert gateway.call("fresh").status == 127
    with changed_policy(gateway, keyhole, "zz-fresh.yaml", FRESH):
        done = keyhole("reload")
        assert done.returncode == 0, done.stderr
        first, second = done.stdout.splitlines()
        word, before, arrow, after = first.split()
        assert (word, arrow) == ("policy", "->") and before != after and len(before) == len(after) == 16
        assert "(1 new)" in second and " -> " in second and "secrets" in second
        assert gateway.call("fresh").status == 0
        (record,) = recorded("policy-load")
        assert (record.res, record.policy, record.fields["old-policy"]) == ("success", after, before)
        assert record.fields["by"] == "control" and record.fields["admin"] == "0"
        assert record.fields["login"] == (
            "unset" if open("/proc/self/loginuid").read() == "4294967295" else open("/proc/self/loginuid").read())
    assert gateway.call("fresh").status == 127


def test_a_reload_of_the_same_policy_says_unchanged(keyhole):
    assert keyhole("reload").returncode == 0
    done = keyhole("reload")
    assert done.returncode == 0 and done.stdout.startswith("policy ") and "unchanged\n" in done.stdout


def test_json_tells_programs_the_same(gateway, keyhole):
    with changed_policy(gateway, keyhole, "zz-fresh.yaml", FRESH):
        done = keyhole("reload", "--json")
        said = json.loads(done.stdout)
        assert done.returncode == 0 and said["outcome"] == "reloaded" and said["recorded"] is True
        assert said["before"] != said["after"] and len(said["after"]) == 64
        assert said["commands"]["added"] == 1 and said["commands"]["after"] == said["commands"]["before"] + 1
        assert json.loads(keyhole("reload", "--json").stdout)["outcome"] == "unchanged"


def test_a_bad_policy_stays_out_and_all_its_mistakes_come_back(gateway, keyhole, recorded):
    bad = {"exec": "relative", "about": "x", "allow": ["bad"], "deny": ["x"]}
    mistakes = {"commands": {f"bad{n}": bad for n in range(30)}}
    with changed_policy(gateway, keyhole, "zz-broken.yaml", mistakes):
        gateway.add_policy("zz-broken-too.yaml", BROKEN)
        try:
            done = keyhole("reload")
            said = json.loads(keyhole("reload", "--json").stdout)
        finally:
            (gateway.layout.policy / "zz-broken-too.yaml").unlink()
        assert done.returncode == 2
        assert done.stderr.count(": error: ") >= 31 and "zz-broken-too.yaml:" in done.stderr and "\n  " in done.stderr
        assert "stays in force" in done.stderr and "hint: " in done.stderr
        assert said["outcome"] == "refused" and said["before"] == said["after"] and said["omitted"] == 0
        places = [(each["file"], each["line"]) for each in said["diagnostics"] if each["severity"] == "error"]
        assert len(places) >= 31 and places == sorted(places, key=lambda place: place[0])
        assert gateway.call("probe mark").out == "marked\n"
        records = recorded("policy-load", 2)
        assert [record.res for record in records] == ["failed", "failed"] and records[0].fields["by"] == "control"


def test_a_policy_with_thousands_of_mistakes_is_answered_whole(gateway, keyhole):
    # More than one packet of a socket holds.
    mistakes = {"secrets": [{"path": f"relative/{n}", "reason": "x"} for n in range(3000)]}
    with changed_policy(gateway, keyhole, "zz-broken.yaml", mistakes):
        done = keyhole("reload")
        assert done.returncode == 2 and done.stderr.count(": error: ") >= 3000


def test_warnings_come_with_a_reload(gateway, keyhole):
    absent = {"commands": {"absent": FRESH["commands"]["fresh"] | {
        "exec": "/usr/bin/no-such-program", "allow": ["absent"], "deny": ["absent x"]}}}
    with changed_policy(gateway, keyhole, "zz-absent.yaml", absent):
        done = keyhole("reload")
        assert done.returncode == 0 and "/usr/bin/no-such-program" in done.stderr and "warning" in done.stderr


def test_sighup_still_reloads_and_its_record_says_so(gateway, recorded):
    gateway.broker.reload()
    (record,) = recorded("policy-load")
    assert record.res == "success" and record.fields["by"] == "signal" and "admin" not in record.fields


def test_status_tells_what_is_in_force_and_whether_the_disk_differs(gateway, keyhole):
    said = json.loads(keyhole("status", "--json").stdout)
    assert said["disk"] == "same" and said["directory"] == str(gateway.layout.policy) and said["records-calls"] is True
    path = gateway.add_policy("zz-fresh.yaml", FRESH)
    try:
        done = keyhole("status")
        assert done.returncode == 0 and "not in force" in done.stdout and "hint: keyhole policy reload" in done.stdout
        path.write_text(BROKEN)
        assert json.loads(keyhole("status", "--json").stdout)["disk"] == "broken"
    finally:
        path.unlink()


def test_the_socket_is_roots_alone_in_a_directory_that_only_root_writes(control):
    status, place = os.stat(control), os.stat(control.parent)
    assert (status.st_uid, status.st_gid, status.st_mode & 0o777) == (0, 0, 0o600)
    assert place.st_uid == 0 and place.st_mode & 0o022 == 0


def test_another_user_is_told_that_it_takes_root(keyhole):
    for command in ("reload", "status"):
        done = keyhole(command, before=NOBODY)
        assert done.returncode == 77 and "only root" in done.stderr and "hint: " in done.stderr


def test_another_user_is_turned_away_whatever_the_sockets_mode(gateway, control, recorded):
    code = (
        "import socket\n"
        "s = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)\n"
        f"s.connect({str(control)!r})\n"
        "try:\n"
        f"    s.send({RELOAD!r})\n"
        "except OSError: pass\n"
        "print(s.recv(4096))\n")
    alone = [*NOBODY, "/usr/bin/python3", "-c", code]
    assert b"PermissionError" in subprocess.run(alone, capture_output=True).stderr
    control.chmod(0o666)
    try:
        done = subprocess.run(alone, capture_output=True, timeout=20)
        assert b"only root may talk to the broker" in done.stdout, done
    finally:
        control.chmod(0o600)
    assert not recorded("policy-load", count=0)


@pytest.mark.parametrize("owner, mode", [(65534, 0o600), (0, 0o666)])
def test_a_socket_that_is_not_roots_alone_is_not_trusted(gateway, keyhole, control, owner, mode):
    gateway.broker.stop()
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as impostor:
            impostor.bind(str(control))
            impostor.listen()
            os.chown(control, owner, 0)
            control.chmod(mode)
            done = keyhole("reload")
            assert done.returncode == 69 and "is not the broker's" in done.stderr
        control.unlink()
    finally:
        gateway.broker.restart()


def test_without_a_broker_the_cause_and_the_remedy_are_named(gateway, keyhole, control):
    gateway.broker.stop()
    try:
        assert not control.exists()
        done = keyhole("reload")
        assert done.returncode == 69
        assert "no broker runs" in done.stderr and "systemctl start keyhole-broker" in done.stderr
        assert json.loads(keyhole("reload", "--json").stdout)["outcome"] == "failed"
    finally:
        gateway.broker.restart()
    assert keyhole("reload").returncode == 0


def test_a_broker_that_was_killed_leaves_a_socket_that_the_next_one_replaces(gateway, keyhole, control):
    gateway.broker.process.kill()
    gateway.broker.process.wait()
    assert control.is_socket()
    done = keyhole("reload")
    assert done.returncode == 69 and "no broker runs" in done.stderr
    gateway.broker.restart()
    assert keyhole("reload").returncode == 0 and gateway.call("probe mark").out == "marked\n"


@pytest.mark.parametrize("message", [
    b"x", b"\0", b"\x01\x06", b"\x01\x06\x09", b"\x01\x06\x00\x00", b"\x02\x06\x00", b"\x01\x01\x00", os.urandom(300),
    b"\0" * 60000], ids=lambda message: f"{message[:4].hex()}-{len(message)}")
def test_unknown_bytes_are_answered_with_the_reason_and_change_nothing(gateway, control, keyhole, recorded, message):
    with connect(control) as client:
        client.send(message)
        answer = client.recv(65536)
        assert answer[:3] == b"\x01\x07\x03" and b"not understood" in answer
        assert client.recv(10) == b""
    assert not recorded("policy-load", count=0)
    assert keyhole("status").returncode == 0


def test_a_message_that_is_too_long_or_brings_descriptors_ends_the_connection(control, keyhole):
    with connect(control) as client:
        client.send(b"\x01\x06\x00" + b"\0" * 100000)
        assert client.recv(65536) == b""
    with connect(control) as client, open("/dev/null") as null:
        socket.send_fds(client, [STATUS], [null.fileno()])
        assert client.recv(65536) == b""
    assert keyhole("status").returncode == 0


def test_a_hundred_clients_that_say_nothing_hold_up_neither_calls_nor_administrators(gateway, control, keyhole):
    silent = [connect(control) for _ in range(100)]
    try:
        began = time.monotonic()
        for _ in range(3):
            assert gateway.call("probe mark").out == "marked\n"
        assert keyhole("reload").returncode == 0
        assert keyhole("status").returncode == 0
        assert time.monotonic() - began < 10 * processes.SCALE
        # At most sixteen wait at once, and none of them longer than five seconds.
        descriptors = lambda: len(os.listdir(f"/proc/{gateway.broker.process.pid}/fd"))
        many = descriptors()
        assert processes.eventually(lambda: descriptors() <= many - 10, 8, 0.2) or many < 60
    finally:
        for client in silent:
            client.close()
    assert gateway.call("probe mark").out == "marked\n"


def test_a_client_that_does_not_read_its_answer_holds_up_nobody(gateway, control, keyhole):
    deaf = [connect(control) for _ in range(20)]
    try:
        for client in deaf:
            with contextlib.suppress(OSError):
                client.send(RELOAD)
        assert keyhole("status").returncode == 0 and gateway.call("probe mark").out == "marked\n"
    finally:
        for client in deaf:
            client.close()


def test_calls_go_on_while_reloads_come_one_after_another(gateway, keyhole):
    reloading = subprocess.Popen(
        ["/bin/sh", "-c", f'for i in $(seq 15); do "$0" policy reload --config "$1" || exit 1; done',
         str(gateway.layout.programs / "keyhole"), str(gateway.broker.configuration)], stdout=subprocess.DEVNULL)
    calls = 0
    while reloading.poll() is None:
        assert gateway.call("probe mark").out == "marked\n"
        calls += 1
    assert reloading.returncode == 0 and calls > 0


def test_a_second_broker_does_not_take_the_control_socket_away(gateway, keyhole, tmp_path):
    other = json.loads(gateway.broker.configuration.read_text())
    other |= {"socket": "/run/other/broker.sock", "control": str(gateway.layout.socket.parent / "control"),
              "audit-state": str(gateway.layout.root / "other.state")}
    path = gateway.layout.root / "other-broker.yaml"
    path.write_text(json.dumps(other))
    done = subprocess.run(
        [gateway.layout.programs / "keyhole-broker", "--config", path], capture_output=True, text=True, timeout=20)
    assert done.returncode == 1 and "another broker listens on" in done.stderr and "hint: " in done.stderr
    assert keyhole("status").returncode == 0


def test_a_place_that_others_could_change_is_refused_at_the_start(gateway):
    place = gateway.layout.root / "open"
    place.mkdir(exist_ok=True)
    place.chmod(0o777)
    gateway.broker.stop()
    position = gateway.broker.log_position()
    gateway.broker.configure(control=str(place / "control"))
    try:
        gateway.broker.launch()
        assert gateway.broker.process.wait(15) == 1
        assert "may be changed by others" in gateway.broker.log_since(position)
    finally:
        gateway.broker.restart()


def test_the_policy_that_is_checked_last_is_the_one_a_call_gets(gateway, keyhole):
    """A reload answers only when the policy is in force: there is no moment in between."""
    path = gateway.layout.policy / "zz-fresh.yaml"
    for _ in range(5):
        gateway.add_policy(path.name, FRESH)
        assert keyhole("reload").returncode == 0 and gateway.call("fresh").status == 0
        path.unlink()
        assert keyhole("reload").returncode == 0 and gateway.call("fresh").status == 127
