"""One connection of keyhole-sshd: how commands run over it. The broker is a fake one that runs them with the shell."""

import os
import subprocess
import threading

import pytest
import ssh_packets
from session_harness import SessionHarness, eventually


@pytest.fixture
def harness():
    with SessionHarness() as harness:
        yield harness


def test_a_command_runs_and_its_streams_and_status_come_back(harness):
    result = harness.ssh("echo out; echo err >&2; exit 3")
    assert (result.stdout, result.stderr, result.returncode) == (b"out\n", b"err\n", 3)
    assert harness.session().exit() == "served"
    assert harness.broker.goodbye() == "clientGone"
    assert harness.session().statuses == ["authenticated"]


def test_the_broker_is_told_who_connects_before_anything_else(harness):
    harness.ssh("true")
    name, fields = harness.broker.requests[0]
    assert name == "hello"
    client, _, server, port = fields["connection"].split()
    assert (client, server, port) == ("127.0.0.1", "127.0.0.1", str(harness.port))


def test_keyholes_words_follow_the_commands_own(harness):
    harness.broker.words = ["refused for a reason", "hint: do something else"]
    result = harness.ssh("echo own >&2; exit 126")
    assert result.stderr == b"own\nkeyhole: refused for a reason\nhint: do something else\n"
    assert result.returncode == 126


def test_standard_input_reaches_the_command_and_ends(harness):
    result = harness.ssh("wc -c", input=b"x" * 300000)
    assert result.stdout.strip() == b"300000"


def test_a_command_that_reads_no_input_does_not_hold_up_its_client(harness):
    result = harness.ssh("exec <&-; echo done", input=b"x" * 5_000_000)
    assert (result.stdout, result.returncode) == (b"done\n", 0)


def test_a_request_for_a_shell_is_a_call_without_a_line(harness):
    result = harness.ssh()
    assert harness.broker.calls[0].line is None
    assert (result.stdout, result.returncode) == (b"the help text\n", 126)


def test_a_terminal_is_refused_and_who_insists_on_one_is_told_at_once(harness):
    # ssh -tt: "If a TTY was explicitly requested, then a failure to allocate one is fatal", clientloop.c.
    result = harness.ssh("echo there", flags=["-tt"], options=["LogLevel=INFO"], timeout=10)
    assert (result.stdout, result.returncode) == (b"", 255)
    assert b"PTY allocation request failed" in result.stderr


def test_a_person_at_a_terminal_gets_the_help_text_without_one(harness):
    ours, theirs = os.openpty()
    command = harness.ssh_command(options=["LogLevel=INFO"])
    result = subprocess.run(command, stdin=theirs, capture_output=True, timeout=10)
    os.close(ours)
    os.close(theirs)
    assert (result.stdout, result.returncode) == (b"the help text\n", 126)
    assert b"PTY allocation request failed" in result.stderr


def test_a_command_with_a_nul_byte_is_refused(harness):
    with ssh_packets.client(harness) as transport:
        status, _, error = ssh_packets.execute(transport, b"echo one\0echo two")
    assert status == 126
    assert b"NUL byte" in error
    assert harness.broker.calls == []


def test_a_long_line_is_cut_and_its_length_told(harness):
    line = "true " + "x" * 20000
    harness.ssh(line)
    call = harness.broker.named("call")[0]
    assert len(call["line"]) == 8192 and call["length"] == len(line)


def test_the_target_comes_from_the_user_name_or_the_environment(harness):
    done = [
        harness.ssh("true", user="diag+web-02"),
        harness.ssh("true", options=["SetEnv=KEYHOLE_TARGET=db-01"], user="diag+web-02"),
        harness.ssh("true", options=["SetEnv=OTHER=x"]),
    ]
    assert [(one.returncode, one.stderr) for one in done] == [(0, b"")] * 3
    targets = [call["target"] for call in harness.broker.named("call")]
    assert targets == [b"web-02", b"db-01", None]


def test_ten_commands_run_at_once_over_one_connection(harness):
    path = harness.folder / "control"
    options = [f"ControlPath={path}"]
    master = subprocess.Popen(harness.ssh_command(flags=["-N"], options=[*options, "ControlMaster=yes"]))
    try:
        assert eventually(path.exists)
        results = [None] * 10

        def run(index):
            results[index] = harness.ssh(f"sleep 1; echo {index}; exit {index}", options=options)

        threads = [threading.Thread(target=run, args=(index,)) for index in range(10)]
        for thread in threads:
            thread.start()
        harness.broker.wait_for(lambda: len(harness.broker.calls) == 10, 5)
        for thread in threads:
            thread.join()
        for index, result in enumerate(results):
            assert (result.stdout, result.returncode) == (f"{index}\n".encode(), index)
        assert len(harness.sessions) == 1
    finally:
        master.terminate()
        master.wait()


def test_more_calls_than_the_agent_may_have_are_told_so(harness):
    harness.broker.limit = 1
    with ssh_packets.client(harness) as transport:
        first = transport.open_session()
        first.exec_command("sleep 5")
        status, _, error = ssh_packets.execute(transport, "true")
        assert status == 125 and b"1 commands run over this connection already" in error


def test_a_client_that_leaves_ends_its_command(harness):
    client = subprocess.Popen(harness.ssh_command("sleep 60"), stdin=subprocess.DEVNULL)
    harness.broker.wait_for(lambda: harness.broker.calls)
    client.kill()
    client.wait()
    harness.broker.wait_for(lambda: harness.broker.calls[0].is_over, 3)
    assert harness.broker.calls[0].hung_up
    assert harness.session().exit() == "served"


def test_a_client_that_closes_a_channel_ends_its_command_and_may_go_on(harness):
    with ssh_packets.client(harness) as transport:
        channel = transport.open_session()
        channel.exec_command("sleep 60")
        harness.broker.wait_for(lambda: harness.broker.calls)
        channel.close()
        harness.broker.wait_for(lambda: harness.broker.calls[0].is_over, 3)
        assert ssh_packets.execute(transport, "echo again") == (0, b"again\n", b"")


@pytest.mark.parametrize("name,status", [("TERM", 143), ("INT", 130), ("KILL", 137), ("HUP", 129)])
def test_a_signal_from_the_client_ends_the_command(harness, name, status):
    with ssh_packets.client(harness) as transport:
        channel = transport.open_session()
        channel.exec_command("echo begun; sleep 60")
        assert channel.recv(6) == b"begun\n"
        ssh_packets.send_signal(channel, name)
        assert channel.recv_exit_status() == status
    harness.broker.wait_for(lambda: harness.broker.calls[0].hung_up, 3)


@pytest.mark.parametrize("size", [1 << 20])
def test_rekeying_every_megabyte_loses_nothing(size):
    with SessionHarness(rekey_bytes=size) as harness:
        data = bytes(range(256)) * (128 << 10)
        result = harness.ssh("cat; exit 7", input=data, timeout=60)
        assert result.returncode == 7
        assert result.stdout == data
        result = harness.ssh("head -c 33554432 /dev/zero | tr '\\0' 'k'; exit 9", timeout=60)
        assert (len(result.stdout), result.returncode) == (32 << 20, 9)
        assert result.stdout.strip(b"k") == b""


def test_other_kinds_of_channels_and_requests_are_refused_and_nothing_hangs(harness):
    with ssh_packets.client(harness) as transport:
        for kind in ["direct-tcpip", "x11", "auth-agent@openssh.com", "tun@openssh.com", "direct-streamlocal@openssh.com"]:
            assert not ssh_packets.opens(transport, kind), kind
        assert transport.global_request("tcpip-forward", ("127.0.0.1", 0), wait=True) is None
        assert transport.global_request("streamlocal-forward@openssh.com", ("/tmp/x",), wait=True) is None
        channel = transport.open_session()
        for request in ["pty-req", "x11-req", "auth-agent-req@openssh.com", "subsystem", "break", "env", "unknown"]:
            assert not ssh_packets.accepts(channel, request), request
        channel.exec_command("sleep 1; echo one")
        assert not ssh_packets.accepts(channel, "exec"), "a second program on one channel"
        assert channel.recv(4) == b"one\n"


def test_sftp_is_refused_without_a_hang(harness):
    command = ["sftp", "-F", "none", "-P", str(harness.port), "-i", str(harness.key), "-o", "BatchMode=yes",
               "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "diag@127.0.0.1"]
    result = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=20)
    assert result.returncode != 0 and b"subsystem request failed" in result.stderr


def test_more_channels_than_there_may_be_are_refused():
    with SessionHarness(channels=2) as harness, ssh_packets.client(harness) as transport:
        first, second = transport.open_session(), transport.open_session()
        assert not ssh_packets.opens(transport, "session")
        first.close()
        assert eventually(lambda: ssh_packets.opens(transport, "session"))
        second.close()
