"""What each session of keyhole-sshd is started with, and that it stands alone."""

import os
import pwd
import re
import shutil
import signal

from listener_harness import Listener, stand_in_listener
from private_gateway import processes


def test_a_session_has_five_descriptors_a_connection_and_its_settings_and_nothing_else():
    with stand_in_listener() as listener, listener.client() as client:
        shown = dict(re.findall(r" (\d+)=(\S+)", client.ask("descriptors")))
        assert shown["0"] == shown["1"] == "/dev/null"
        assert shown["2"] == str(listener.log)
        assert shown["3"].startswith("socket:")
        assert "keyhole-session-filter" in shown["4"]
        rest = sorted(shown[number] for number in shown if int(number) > 4)
        # Its own signalfd, the connection, the settings.
        assert len(rest) == 3
        assert sum(target.startswith("socket:") for target in rest) == 1
        assert sum("keyhole-session-settings" in target for target in rest) == 1


def test_settings_are_sealed_hold_the_host_key_and_start_at_their_beginning_for_each_session():
    with stand_in_listener() as listener:
        for _ in range(2):
            with listener.client() as client:
                shown = re.fullmatch(r"settings (\w+) seals (\d+) position (\d+)", client.ask("settings"))
                assert listener.host_key.read_bytes().hex() in shown[1]
                assert int(shown[2]) == 0xF  # SEAL, SHRINK, GROW, WRITE
                assert int(shown[3]) == 0


def test_a_session_is_the_servers_user_in_the_group_of_the_brokers_socket():
    user = pwd.getpwnam("keyhole-ssh")
    with stand_in_listener() as listener, listener.client() as client:
        assert client.ask("status Uid:").split()[1:] == [str(user.pw_uid)] * 4
        assert client.ask("status Gid:").split()[1:] == [str(user.pw_gid)] * 4
        groups = {int(group) for group in client.ask("status Groups:").split()[1:]}
        assert groups == set(os.getgrouplist("keyhole-ssh", user.pw_gid))
        assert len(groups) == 2


def test_only_changing_the_root_is_left_of_roots_capabilities():
    with stand_in_listener() as listener, listener.client() as client:
        change_root = 1 << 18
        status = open(f"/proc/{listener.process.pid}/status").read()
        assert f"CapPrm:\t{change_root:016x}" in status and f"CapEff:\t{0:016x}" in status
        for field in ("CapPrm:", "CapEff:", "CapAmb:"):
            assert int(client.ask(f"status {field}").split()[1], 16) == change_root


def test_the_environment_of_a_session_is_empty():
    with stand_in_listener() as listener, listener.client() as client:
        assert client.ask("environment") == "environment ends"


def test_a_session_is_the_leader_of_its_own_so_that_a_terminals_signals_pass_it_by():
    with stand_in_listener() as listener, listener.client() as client:
        assert client.ask("status NSsid:").split()[1] == str(client.pid)


def test_sessions_are_started_before_their_connections_come():
    with stand_in_listener() as listener:
        assert processes.eventually(lambda: len(listener.sessions()) == 2)
        waiting = set(listener.sessions())
        with listener.client() as client:
            assert client.pid in waiting
            assert processes.eventually(lambda: len(listener.sessions()) == 3)


def test_a_waiting_session_that_dies_is_done_without_and_nobody_notices():
    with stand_in_listener() as listener:
        assert processes.eventually(lambda: len(listener.sessions()) == 2)
        for pid in listener.sessions():
            os.kill(pid, signal.SIGKILL)
        assert listener.says("a session ended before it had a connection: signal 9", 2)
        for _ in range(4):
            with listener.client() as client:
                assert client.served


def test_killing_one_session_leaves_the_others_and_the_server_alone():
    with stand_in_listener() as listener:
        clients = [listener.client() for _ in range(6)]
        os.kill(clients[2].pid, signal.SIGKILL)
        assert clients[2].line() == ""
        assert listener.says(f"session {clients[2].pid} of")
        for client in clients[:2] + clients[3:]:
            assert client.ask("hello") == "echo hello"
        assert listener.client().served


def test_killing_the_server_tells_its_sessions_to_drain_and_kills_none():
    with stand_in_listener() as listener:
        clients = [listener.client() for _ in range(3)]
        clients[0].authenticate()
        waiting = set(listener.sessions()) - {client.pid for client in clients}
        listener.process.kill()
        listener.process.wait()
        for client in clients:
            assert client.line() == "draining: hang-up"
            assert client.ask("still here") == "echo still here"
            client.close()
        assert processes.eventually(
            lambda: not any(os.path.exists(f"/proc/{pid}") for pid in waiting | {client.pid for client in clients}))


def test_a_session_program_that_others_can_change_is_refused():
    listener = Listener()
    listener.session.chmod(0o775)
    try:
        status, said = listener.refuses()
    finally:
        listener.session.chmod(0o755)
    assert status == 2
    assert "may be changed by others\nhint: chown root:" in said


def test_no_session_program_is_a_setting_that_cannot_be():
    status, said = Listener().refuses(session="/nowhere/keyhole-session")
    assert status == 2
    assert "`session:` does not lead to keyhole-session" in said and "hint: scripts/install" in said


def test_a_session_program_that_does_not_run_closes_connections_with_a_reason_and_does_not_spin():
    with stand_in_listener(session="/usr/bin/false") as listener:
        assert listener.says("a session ended before it had a connection: status 1")
        # Before its end is noticed, a connection may have been handed to it, and is closed with it.
        client = listener.client()
        assert not client.served
        position = listener.log_position()
        processes.eventually(lambda: False, 2)
        assert listener.log_since(position).count("ended before it had a connection") <= 4


def test_a_reload_takes_the_program_that_is_there_now():
    with stand_in_listener() as listener:
        assert processes.eventually(lambda: len(listener.sessions()) == 2)
        other = listener.layout.programs / "other-session"
        shutil.copyfile(listener.session, other)
        other.chmod(0o755)
        assert listener.reload(session=str(other))
        with listener.client() as client:
            assert os.readlink(f"/proc/{client.pid}/exe") == str(other)
