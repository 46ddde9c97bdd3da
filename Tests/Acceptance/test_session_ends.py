"""One connection of keyhole-sshd: how it ends, by whom, and that nothing is left behind."""

import os
import signal
import subprocess
import time

import pytest
import ssh_packets
from session_harness import SessionHarness, eventually


def running(harness, command="echo begun; sleep 60", **further):
    """A client whose command runs."""
    client = subprocess.Popen(
        harness.ssh_command(command, **further), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert client.stdout.readline() == b"begun\n"
    return client


def idle(harness):
    client = subprocess.Popen(harness.ssh_command(flags=["-N"]), stderr=subprocess.PIPE)
    assert eventually(lambda: harness.sessions and harness.sessions[-1].statuses == ["authenticated"])
    return client


def test_a_revoked_agent_is_told_why_within_a_second():
    with SessionHarness() as harness:
        client = running(harness)
        begun = time.monotonic()
        harness.broker.revoke("agent tester was suspended")
        _, error = client.communicate(timeout=5)
        assert time.monotonic() - begun < 1
        assert b"keyhole: agent tester was suspended" in error
        assert harness.session().exit() == "served"
        harness.broker.wait_for(lambda: harness.broker.calls[0].is_over, 3)


def test_the_brokers_own_words_come_first_when_an_agent_is_revoked():
    with SessionHarness() as harness:
        client = running(harness, "echo begun; trap 'exit 126' TERM; sleep 60 & wait")
        harness.broker.words = ["ended: agent tester was suspended"]
        harness.broker.revoke("agent tester was suspended")
        assert eventually(lambda: harness.broker.calls[0].process)
        os.killpg(harness.broker.calls[0].process.pid, signal.SIGTERM)
        _, error = client.communicate(timeout=5)
        assert error.count(b"agent tester was suspended") >= 1
        assert b"keyhole: ended: agent tester was suspended" in error


def test_an_idle_connection_of_a_revoked_agent_ends_too():
    with SessionHarness() as harness:
        client = idle(harness)
        harness.broker.revoke("agent tester has expired")
        _, error = client.communicate(timeout=2)
        assert client.returncode == 255
        assert harness.session().exit() == "served"


def test_when_the_broker_dies_the_call_ends_with_125():
    with SessionHarness() as harness:
        client = running(harness)
        harness.broker.close()
        _, error = client.communicate(timeout=5)
        assert client.returncode == 125
        assert b"keyhole: the broker ended before the call did" in error
        assert harness.session().exit() == "served"


@pytest.mark.parametrize("request_name", ["hello", "offered", "proved"])
def test_when_the_broker_dies_before_anybody_is_in_nobody_gets_in(request_name):
    with SessionHarness() as harness:
        def die(connection, _):
            connection.close()
            return True

        harness.broker.hooks[request_name] = die
        assert harness.ssh("true", timeout=10).returncode == 255
        assert harness.session().exit() == "failed"


def test_a_draining_server_lets_commands_end_and_takes_no_more():
    with SessionHarness() as harness, ssh_packets.client(harness) as transport:
        channel = transport.open_session()
        channel.exec_command("sleep 1; echo done")
        harness.broker.wait_for(lambda: harness.broker.calls)
        harness.session().process.terminate()
        assert eventually(lambda: not ssh_packets.opens(transport, "session"))
        assert channel.recv(10) == b"done\n" and channel.recv_exit_status() == 0
        assert harness.session().exit() == "served"
        assert harness.broker.goodbye() == "draining"


def test_commands_that_outlast_the_drain_are_ended():
    with SessionHarness(drain_time=700) as harness:
        client = running(harness)
        harness.session().hang_up()
        _, error = client.communicate(timeout=5)
        assert client.returncode == 125 and b"keyhole: the server stops" in error
        assert harness.session().exit() == "served"


def test_an_idle_connection_ends_at_once_when_the_server_stops():
    with SessionHarness() as harness:
        client = idle(harness)
        harness.session().process.terminate()
        client.communicate(timeout=2)
        assert harness.session().exit() == "served"


def test_a_connection_without_a_command_ends_after_its_idle_time():
    with SessionHarness(idle_time=1000) as harness:
        begun = time.monotonic()
        client = idle(harness)
        client.communicate(timeout=5)
        assert 0.9 < time.monotonic() - begun < 3
        assert harness.broker.goodbye() == "idle"


def test_a_running_command_is_not_idle():
    with SessionHarness(idle_time=500) as harness:
        assert harness.ssh("sleep 1.5; echo done").stdout == b"done\n"


def test_a_peer_that_does_not_answer_keepalives_is_dead():
    with SessionHarness(keepalive_interval=300, keepalive_count=2) as harness:
        client = running(harness)
        client.send_signal(signal.SIGSTOP)
        assert harness.session().exit(5) == "served"
        assert harness.broker.goodbye() == "idle"
        harness.broker.wait_for(lambda: harness.broker.calls[0].is_over, 3)
        client.kill()
        client.communicate()


def test_a_peer_that_answers_keepalives_stays():
    with SessionHarness(keepalive_interval=200, keepalive_count=1) as harness:
        assert harness.ssh("sleep 2; echo done").stdout == b"done\n"


def test_who_sends_more_input_than_one_connection_may_is_disconnected():
    with SessionHarness(input_bytes=1 << 20) as harness:
        result = harness.ssh("cat >/dev/null", input=b"x" * (4 << 20))
        assert result.returncode != 0
        assert harness.session().exit() == "served"
        assert harness.broker.goodbye() == "limit"


def test_a_killed_session_says_no_goodbye_and_its_command_ends():
    with SessionHarness() as harness:
        client = running(harness)
        harness.session().process.kill()
        client.communicate(timeout=5)
        harness.broker.wait_for(lambda: harness.broker.calls[0].is_over, 3)
        harness.broker.wait_for(lambda: harness.broker.named("hangup"))
        assert harness.broker.named("goodbye") == []


def test_nothing_is_left_open_by_a_hundred_calls_over_one_connection():
    with SessionHarness() as harness, ssh_packets.client(harness) as transport:
        def descriptors():
            return len(os.listdir(f"/proc/{harness.session().process.pid}/fd"))

        assert ssh_packets.execute(transport, "true")[0] == 0
        before = eventually(lambda: descriptors())
        memory = harness.session().memory()
        for _ in range(100):
            assert ssh_packets.execute(transport, "echo x; echo y >&2")[0] == 0
        assert eventually(lambda: descriptors() <= before), descriptors()
        assert harness.session().memory() < memory + 400
