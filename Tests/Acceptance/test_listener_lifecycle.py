"""keyhole-sshd's start, reload and stop."""

import os
import pwd
import re
import signal
import socket
import subprocess
import time

import pytest
from listener_harness import Listener, stand_in_listener
from private_gateway import processes


def replace_host_key(listener):
    """As `ssh-keygen` and `mv` would."""
    new = listener.state / "new"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(new)], check=True)
    user = pwd.getpwnam("keyhole-ssh")
    for suffix in ("", ".pub"):
        os.chown(f"{new}{suffix}", user.pw_uid, user.pw_gid)
        os.rename(f"{new}{suffix}", f"{listener.host_key}{suffix}")


def test_after_a_reload_new_connections_have_the_new_host_key_and_old_ones_stay():
    with stand_in_listener() as listener:
        before = listener.host_key.read_bytes().hex()
        old = listener.client()
        replace_host_key(listener)
        assert before in listener.client().ask("settings")
        assert listener.reload()
        new = listener.client()
        shown = new.ask("settings")
        assert before not in shown and listener.host_key.read_bytes().hex() in shown
        assert old.ask("hello") == "echo hello"


@pytest.mark.parametrize("contents", ["", "junk\n"])
def test_a_damaged_host_key_keeps_the_old_one_in_force_and_is_told(contents):
    with stand_in_listener() as listener:
        before = listener.host_key.read_bytes().hex()
        listener.host_key.write_text(contents)
        assert listener.reload()
        assert "the old settings and host keys stay in force: the host key" in listener.log_since()
        assert before in listener.client().ask("settings")


def test_a_mistake_in_the_settings_keeps_the_old_ones_in_force_and_is_told():
    with stand_in_listener(limits={"startups": "1:100:1"}) as listener:
        assert listener.reload(limits={"startups": "none"})
        log = listener.log_since()
        assert "the old settings and host keys stay in force" in log and "`begin:rate:full` is expected" in log
        with listener.client():
            assert not listener.client().served


def test_a_reload_changes_the_limits():
    with stand_in_listener(limits={"startups": "1:100:1"}) as listener:
        with listener.client():
            assert not listener.client().served
            assert listener.reload(limits={"startups": "5:100:5"})
            assert listener.client().served


def test_other_addresses_need_a_start_and_a_reload_says_so():
    with stand_in_listener() as listener:
        assert listener.reload(listen="127.0.0.1:1")
        assert "`listen:` and `run-as:` are read at a start only" in listener.log_since()
        assert listener.client().served


def test_a_stop_takes_no_more_connections_and_lets_sessions_end():
    with stand_in_listener(limits={"drain": "20s"}) as listener:
        client = listener.client()
        listener.process.terminate()
        assert listener.notified("STOPPING=1")
        assert client.line() == "draining: signal"
        with pytest.raises(ConnectionRefusedError):
            listener.client()
        time.sleep(0.5)
        assert client.ask("still here") == "echo still here"
        assert listener.process.poll() is None
        client.close()
        assert listener.process.wait(5) == 0
        assert not processes.children(os.getpid(), "stand-in-session")


def test_what_does_not_end_in_time_is_killed():
    with stand_in_listener(limits={"drain": "0"}) as listener:
        client = listener.client()
        assert client.ask("stubborn") == "told"
        began = time.monotonic()
        listener.process.terminate()
        assert client.line() == "draining: signal"
        assert client.line() == ""
        assert listener.process.wait(10) == 0
        # Five seconds are for sessions to end what they cut off.
        assert 4 < time.monotonic() - began < 9
        assert "1 sessions did not end in time and are killed" in listener.log_since()


def test_a_second_signal_ends_the_wait():
    with stand_in_listener(limits={"drain": "60s"}) as listener:
        client = listener.client()
        listener.process.terminate()
        assert client.line() == "draining: signal"
        listener.process.terminate()
        assert listener.process.wait(5) == 0
        assert client.line() == ""


def test_a_stop_without_connections_is_quick_and_leaves_nothing():
    with stand_in_listener() as listener:
        assert processes.eventually(lambda: len(listener.sessions()) == 2)
        pids = listener.sessions()
        began = time.monotonic()
        listener.process.terminate()
        assert listener.process.wait(5) == 0
        assert time.monotonic() - began < 2
        assert not any(os.path.exists(f"/proc/{pid}") for pid in pids)


# Socket activation, sd_listen_fds(3).

def launch_with(listener, *sockets):
    """Starts the server with sockets at 3, 4 …, as the service manager does."""
    listener.configure(listen="127.0.0.1:1")
    listener.prepare()
    numbers = [passed.fileno() for passed in sockets]

    def arrange():
        copies = [os.dup(number) for number in numbers]
        for target, copy in enumerate(copies, 3):
            os.dup2(copy, target, inheritable=True)
        os.environ["LISTEN_PID"] = str(os.getpid())

    words = ["/bin/sh", "-c", 'LISTEN_PID=$$ exec "$@"', "sh", *[str(word) for word in listener.command()]]
    environment = os.environ | {
        "LISTEN_FDS": str(len(sockets)), "NOTIFY_SOCKET": listener._notifications.open()}
    with open(listener.log, "ab") as log:
        listener.process = subprocess.Popen(
            words, preexec_fn=arrange, env=environment, stdout=log, stderr=log, close_fds=False)
    return listener.notified("READY=1")


def test_sockets_of_the_service_manager_are_used_in_place_of_the_settings():
    listener = Listener()
    first, second = socket.create_server(("127.0.0.1", 0)), socket.create_server(("::1", 0), family=socket.AF_INET6)
    assert launch_with(listener, first, second), listener.log_since()
    for passed, host in ((first, "127.0.0.1"), (second, "::1")):
        with socket.create_connection((host, passed.getsockname()[1]), 5) as connection:
            assert connection.recv(8) == b"stand-in"
    assert "listening on [::1]:" in listener.log_since()
    listener.stop()
    # They are the service manager's: whoever connects now waits for the next start.
    socket.create_connection(("127.0.0.1", first.getsockname()[1]), 5).close()


def test_a_socket_that_does_not_listen_for_tcp_is_refused(tmp_path):
    listener = Listener()
    wrong = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    assert not launch_with(listener, wrong)
    assert listener.process.wait(5) == 2
    assert "descriptor 3 of the service manager does not listen for TCP" in listener.log_since()


# Starts that fail.

def test_a_port_that_is_taken_is_named():
    with stand_in_listener() as first:
        second = Listener("second")
        second.port = first.port
        status, said = second.refuses()
        assert status == 2
        assert f"cannot listen on 127.0.0.1:{first.port}: bind: Address already in use\nhint: `ss -ltnp" in said


def test_a_privileged_port_without_root_is_refused_with_a_hint():
    listener = Listener()
    listener.start()
    listener.stop()
    listener.configure(listen="127.0.0.1:1023")
    done = subprocess.run(
        ["setpriv", "--reuid=keyhole-ssh", "--regid=keyhole-ssh", "--init-groups", *map(str, listener.command())],
        capture_output=True, text=True, timeout=20)
    assert done.returncode == 2
    assert "cannot listen on 127.0.0.1:1023: bind: Permission denied" in done.stderr
    assert "hint: ports below 1024 are not for the server's user" in done.stderr


AS_ITS_USER = ["setpriv", "--reuid=keyhole-ssh", "--regid=keyhole-ssh", "--init-groups"]


def start_by_its_own_user(listener):
    """As the service manager does."""
    listener.start()
    listener.stop()
    listener.configure()
    environment = os.environ | {"NOTIFY_SOCKET": listener._notifications.open()}
    listener.process = processes.start([*AS_ITS_USER, *listener.command()], listener.log, env=environment)
    assert listener.notified("READY=1")


def test_the_servers_memory_is_closed_to_its_own_user():
    listener = Listener()
    start_by_its_own_user(listener)
    for name in ("environ", "maps"):
        done = subprocess.run(
            [*AS_ITS_USER, "cat", f"/proc/{listener.process.pid}/{name}"], capture_output=True, text=True)
        assert "Permission denied" in done.stderr and done.stdout == ""
    listener.stop()


def test_started_by_its_own_user_it_has_no_capability_at_all():
    listener = Listener()
    start_by_its_own_user(listener)
    with listener.client() as client:
        assert int(client.ask("status CapPrm:").split()[1], 16) == 0
    listener.stop()


def test_root_is_not_a_user_to_run_as():
    status, said = Listener().refuses(run_as="root")
    assert status == 2
    assert "the server does not run as root" in said


def test_a_user_that_is_not_there_is_named():
    status, said = Listener().refuses(run_as="nobody-here")
    assert status == 2
    assert "there is no user nobody-here, whom `run-as:` names\nhint: scripts/install makes the user" in said


def test_a_mistake_in_the_settings_is_shown_with_its_place():
    listener = Listener()
    listener.configuration.write_text("listen: 2222\nlimits:\n  startup: 3\n")
    done = subprocess.run([str(word) for word in listener.command()], capture_output=True, text=True)
    assert done.returncode == 2
    assert done.stderr.startswith(f"keyhole-sshd: {listener.configuration}:3:3: unknown key\nhint: known are: ")


def test_the_server_stays_the_same_process_through_reloads_and_does_not_leak():
    with stand_in_listener() as listener:
        def descriptors():
            folder = f"/proc/{listener.process.pid}/fd"
            return sorted(re.sub(r"\d+", "N", os.readlink(f"{folder}/{number}")) for number in os.listdir(folder))

        # The first of each opens what stays open for good.
        assert listener.reload()
        listener.client().end("exit 0")
        assert processes.eventually(lambda: len(listener.sessions()) == 2)
        before = descriptors()
        for _ in range(20):
            assert listener.reload()
            listener.client().end("exit 0")
        as_before = lambda: len(listener.sessions()) == 2 and descriptors() == before
        assert processes.eventually(as_before), (before, descriptors())


def test_no_zombies_are_left():
    with stand_in_listener() as listener:
        for _ in range(20):
            listener.client().end("exit 0")

        def states():
            found = []
            for entry in filter(str.isdigit, os.listdir("/proc")):
                try:
                    state, parent = open(f"/proc/{entry}/stat").read().rpartition(")")[2].split()[:2]
                except OSError:
                    continue
                if int(parent) == listener.process.pid:
                    found.append(state)
            return found

        assert processes.eventually(lambda: states() and "Z" not in states())


def test_signals_while_it_starts_are_not_lost():
    listener = Listener()
    listener.configure()
    listener.launch()
    listener.process.send_signal(signal.SIGTERM)
    # Either before its signals are its own, or after.
    assert listener.process.wait(10) in (0, -signal.SIGTERM)
