"""The broker that is down, restarts, reloads, is full, or is not the broker at all."""

import contextlib
import grp
import os
import pwd
import signal
import socket
import subprocess
import time

import pytest

from private_gateway import processes
from private_gateway.broker import CALLS


@contextlib.contextmanager
def broker_down(gateway):
    gateway.broker.stop()
    try:
        yield
    finally:
        gateway.broker.restart()


@contextlib.contextmanager
def changed_policy(gateway, name, contents):
    path = gateway.add_policy(name, contents)
    try:
        yield path
    finally:
        path.unlink()


def refuses_to_start(gateway, **settings):
    """Starts the broker, expects status 2 and gives what it said."""
    gateway.broker.stop()
    position = gateway.broker.log_position()
    gateway.broker.configure(**settings)
    try:
        gateway.broker.launch()
        assert gateway.broker.process.wait(15) == 2
        return gateway.broker.log_since(position)
    finally:
        gateway.broker.restart()


def test_a_broker_that_is_down_gives_125_and_says_so(gateway):
    with broker_down(gateway):
        began = time.monotonic()
        status, out, err = gateway.call("probe mark")
        assert status == 125 and out == "" and err.startswith("keyhole: ") and "broker" in err and "\nhint: " in err
        assert time.monotonic() - began < 5


def test_a_broker_that_comes_back_serves_the_same_connection(gateway):
    assert gateway.call("probe mark").out == "marked\n"
    gateway.broker.restart()
    assert gateway.call("probe mark").out == "marked\n"


def test_a_broker_killed_in_mid_call_ends_the_call_with_125(gateway):
    client = gateway.begin("sleep 1000", stdin=subprocess.DEVNULL)
    assert processes.eventually(gateway.running)
    gateway.broker.process.kill()
    try:
        out, err = client.communicate(timeout=10)
        assert client.returncode == 125 and out == b"" and err.startswith(b"keyhole: ")
        assert processes.eventually(lambda: not gateway.running(), 1)
    finally:
        gateway.broker.restart()


def test_a_stop_lets_calls_end_and_takes_no_new_ones(gateway, recorded):
    client = gateway.begin("sleep 2 ; probe mark", stdin=subprocess.DEVNULL)
    assert processes.eventually(gateway.running)
    gateway.broker.process.send_signal(signal.SIGTERM)
    try:
        assert gateway.broker.notified("STOPPING=1")
        late = gateway.call("probe mark")
        assert late.status == 125 and late.out == ""
        out, _ = client.communicate(timeout=20)
        assert (client.returncode, out) == (0, b"marked\n")
        assert gateway.broker.process.wait(10) == 0
        assert recorded("end") and recorded("stop")
    finally:
        gateway.broker.restart()


def test_a_reload_takes_the_new_policy(gateway, recorded):
    assert gateway.call("fresh").status == 127
    fresh = {"commands": {"fresh": {
        "exec": "/usr/bin/true", "about": "new", "operands": "none", "allow": ["fresh"], "deny": ["fresh x"]}}}
    with changed_policy(gateway, "zz-fresh.yaml", fresh):
        gateway.broker.reload()
        assert gateway.broker.notified("RELOADING=1") and gateway.broker.notified("READY=1")
        assert gateway.call("fresh").status == 0
    gateway.broker.reload()
    assert gateway.broker.notified("READY=1")
    assert gateway.call("fresh").status == 127
    loads = recorded("policy-load", 2)
    assert len(loads) == 2 and loads[0].policy == loads[1].fields["old-policy"] != loads[1].policy


def test_a_bad_policy_is_not_loaded_and_the_old_one_stays(gateway, recorded):
    position = gateway.broker.log_position()
    with changed_policy(gateway, "zz-broken.yaml", "commands:\n  probe: [\n"):
        gateway.broker.reload()
        assert processes.eventually(lambda: "zz-broken.yaml:" in gateway.broker.log_since(position))
        assert gateway.call("probe mark").out == "marked\n"
    (record,) = recorded("policy-load")
    assert record.res == "failed" and "zz-broken.yaml" in record.info
    gateway.broker.reload()
    assert recorded("policy-load", 2)[-1].res == "success"


def test_a_reload_in_mid_call_leaves_the_call_alone(gateway):
    client = gateway.begin("sleep 1 ; probe mark", stdin=subprocess.DEVNULL)
    assert processes.eventually(gateway.running)
    gateway.broker.reload()
    out, _ = client.communicate(timeout=20)
    assert (client.returncode, out) == (0, b"marked\n")


def test_as_many_calls_as_configured_run_at_once_and_the_one_over_gets_an_error(gateway, recorded):
    # They last until their input ends.
    calls = [gateway.begin("cat") for _ in range(CALLS)]
    try:
        users = lambda: {os.stat(f"/proc/{pid}").st_uid for pid in gateway.running() if os.path.exists(f"/proc/{pid}")}
        assert processes.eventually(lambda: len(users()) == CALLS, 20, 0.2), len(users())
        began = time.monotonic()
        status, out, err = gateway.call("probe mark")
        assert status == 125 and out == "" and str(CALLS) in err and "\nhint: " in err
        assert time.monotonic() - began < 5
        assert recorded("decision", verdict="refused", rule="calls")
        for call in calls:
            call.stdin.close()
        assert all(call.wait(60) == 0 for call in calls)
    finally:
        for call in calls:
            call.kill()
            call.wait()
            call.stdout.close()
            call.stderr.close()
    assert gateway.call("probe mark").status == 0
    assert len(recorded("end", CALLS + 1)) >= CALLS


def test_the_socket_is_root_and_diag_only(gateway):
    status = os.stat(gateway.layout.socket)
    assert status.st_uid == 0 and status.st_mode & 0o007 == 0


def test_another_user_is_turned_away(gateway, recorded):
    """The socket's mode keeps others out; the broker does it again by SO_PEERCRED."""
    code = (
        "import socket, sys\n"
        "s = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)\n"
        f"s.connect({str(gateway.layout.socket)!r})\n"
        "try:\n"
        "    s.send(b'x' * 64)\n"
        "    print(s.recv(4096))\n"
        "except (BrokenPipeError, ConnectionResetError): print('closed')\n")
    alone = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "/usr/bin/python3", "-c", code]
    assert b"PermissionError" in subprocess.run(alone, capture_output=True).stderr
    mode = gateway.layout.socket.stat().st_mode
    gateway.layout.socket.chmod(0o666)
    try:
        done = subprocess.run(alone, capture_output=True, timeout=10)
        # The answer may be there before the connection is closed, or not be waited for.
        assert done.returncode == 0 and (b"this user may not call" in done.stdout or done.stdout == b"closed\n"), done
        assert recorded("decision", verdict="refused", rule="peers") and not recorded("end", count=0)
    finally:
        gateway.layout.socket.chmod(mode & 0o777)


@pytest.mark.parametrize("owner, mode", [("diag", 0o660), ("root", 0o666)])
def test_a_socket_that_is_not_the_brokers_is_not_trusted(gateway, owner, mode):
    """keyhole-shell hands the caller's descriptors only to a socket that nobody but root can have made."""
    with broker_down(gateway):
        with contextlib.suppress(FileNotFoundError):
            gateway.layout.socket.unlink()
        with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as impostor:
            impostor.bind(str(gateway.layout.socket))
            impostor.listen()
            impostor.settimeout(0.5)
            subprocess.run(["chown", f"{owner}:diag", gateway.layout.socket], check=True)
            gateway.layout.socket.chmod(mode)
            status, out, err = gateway.call("probe mark", timeout=10)
            assert status == 125 and out == "" and err.startswith("keyhole: ") and str(gateway.layout.socket) in err
        gateway.layout.socket.unlink()


def test_a_socket_that_the_service_manager_passes_is_used(gateway):
    """sd_listen_fds(3): the socket is descriptor 3, and stays when the broker goes."""
    with broker_down(gateway):
        path = gateway.layout.socket
        path.unlink(missing_ok=True)
        with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as listener:
            listener.bind(str(path))
            path.chmod(0o660)
            subprocess.run(["chown", "root:diag", path], check=True)
            listener.listen()
            script = f'exec 3<&{listener.fileno()}; LISTEN_PID=$$ LISTEN_FDS=1 exec "$@"'
            with open(gateway.broker.log, "ab") as log:
                activated = subprocess.Popen(
                    ["/bin/bash", "-c", script, "bash", *gateway.broker.command()], stdout=log, stderr=log,
                    pass_fds=[listener.fileno()])
            try:
                assert gateway.call("probe mark", timeout=20).out == "marked\n"
            finally:
                activated.terminate()
                assert activated.wait(15) == 0
            assert path.is_socket()
        path.unlink()


def test_a_connection_that_says_nothing_or_nonsense_harms_nobody(gateway):
    code = (
        "import os, socket, sys, time\n"
        "kept = []\n"
        "for message in [b'', b'x', b'\\0' * 60000, os.urandom(2000)] * 20:\n"
        "    s = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)\n"
        f"    s.connect({str(gateway.layout.socket)!r})\n"
        "    try:\n"
        "        if message: s.send(message)\n"
        "    except OSError: pass\n"
        "    kept.append(s)\n"
        "print('sent', flush=True)\n"
        "time.sleep(3)\n")
    group = str(grp.getgrnam("diag").gr_gid)
    user = str(pwd.getpwnam("diag").pw_uid)
    nonsense = subprocess.Popen(
        ["setpriv", f"--reuid={user}", f"--regid={group}", "--clear-groups", "/usr/bin/python3", "-c", code],
        stdout=subprocess.PIPE)
    assert nonsense.stdout.readline() == b"sent\n"
    assert gateway.call("probe mark").out == "marked\n"
    nonsense.communicate()
    assert gateway.call("probe mark").out == "marked\n"


@pytest.mark.parametrize("spoil", ["group-writable file", "world-writable folder", "somebody else's file", "symbolic link"])
def test_a_policy_that_others_could_change_is_refused(gateway, spoil):
    path = gateway.add_policy("zz-spoiled.yaml", "public: [/usr/lib/spoiled]\n")
    try:
        if spoil == "group-writable file":
            path.chmod(0o664)
        elif spoil == "world-writable folder":
            gateway.layout.policy.chmod(0o777)
        elif spoil == "somebody else's file":
            os.chown(path, 65534, 65534)
        else:
            path.rename(gateway.layout.root / "elsewhere.yaml")
            path.symlink_to(gateway.layout.root / "elsewhere.yaml")
        before = gateway.broker.log_position()
        gateway.broker.reload()
        # A reload keeps the old one …
        assert processes.eventually(lambda: str(gateway.layout.policy) in gateway.broker.log_since(before))
        assert gateway.call("probe mark").out == "marked\n"
        # … and a start refuses. It needs the folder mended before the broker is started again.
        gateway.broker.stop()
        position = gateway.broker.log_position()
        gateway.broker.launch()
        assert gateway.broker.process.wait(15) == 2
        assert str(gateway.layout.policy) in gateway.broker.log_since(position)
    finally:
        path.unlink()
        gateway.layout.policy.chmod(0o755)
        gateway.broker.restart()


@pytest.mark.parametrize("settings, word", [
    ({"policy": "/nowhere"}, "/nowhere"), ({"calls": 0}, "calls"), ({"calls": "many"}, "calls"), ({"peers": ["nobody-here"]}, "nobody-here"),
    ({"audit": "maybe"}, "audit"), ({"exec": "/nowhere/keyhole-exec"}, "/nowhere/keyhole-exec"), ({"group": "no-group"}, "no-group"),
    ({"unknown-setting": 1}, "unknown-setting"),
])
def test_a_broken_configuration_stops_the_start_and_is_named(gateway, settings, word):
    said = refuses_to_start(gateway, **settings)
    assert word in said or "broker.yaml:" in said


def test_the_broker_needs_root(gateway):
    done = subprocess.run(
        ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", *map(str, gateway.broker.command())],
        capture_output=True, text=True, timeout=20)
    assert done.returncode != 0 and "root" in done.stderr


def test_a_second_broker_does_not_take_the_socket_away(gateway):
    done = subprocess.run(list(map(str, gateway.broker.command())), capture_output=True, text=True, timeout=20)
    assert done.returncode != 0 and gateway.call("probe mark").out == "marked\n"


def test_socket_activation_takes_the_socket_that_systemd_made(gateway):
    with broker_down(gateway):
        with contextlib.suppress(FileNotFoundError):
            gateway.layout.socket.unlink()
        with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as listening:
            listening.bind(str(gateway.layout.socket))
            subprocess.run(["chown", "root:diag", gateway.layout.socket], check=True)
            gateway.layout.socket.chmod(0o660)
            listening.listen(64)
            script = f'exec 3<&{listening.fileno()}; export LISTEN_PID=$$ LISTEN_FDS=1; exec "$@"'
            command = ["/bin/bash", "-c", script, "activate", *map(str, gateway.broker.command())]
            activated = processes.start(command, gateway.broker.log, pass_fds=[listening.fileno()])
            try:
                # The call waits in the socket's queue until the broker is ready.
                assert gateway.call("probe mark").out == "marked\n"
            finally:
                processes.stop(activated, 15)
        with contextlib.suppress(FileNotFoundError):
            gateway.layout.socket.unlink()
