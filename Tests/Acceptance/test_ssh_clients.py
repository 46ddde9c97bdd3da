"""The OpenSSH client, unmodified: what is served works as with any server, the rest is refused without a hang."""

import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import threading

import pytest

from private_gateway import Result, processes
from ssh_under_test import COUNT_20_MB, OPENSSH, run

VM = "web-02"


def counted(last):
    return subprocess.run(["seq", str(last)], capture_output=True, check=True).stdout


def sleeping(ssh):
    return [pid for pid in ssh.gateway.running() if processes.name(pid) == "sleep"]


@pytest.mark.parametrize("line, status", [
    ("true", 0), ("false", 1), ("script -c 'exit 7'", 7), ("script -c 'exit 255'", 255), ("nap 5", 124),
    ("cat /etc/shadow", 126), ("frobnicate", 127), ("probe crash", 132)])
def test_the_exit_status_is_the_calls(ssh, line, status):
    assert ssh.run(line).status == status


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL, signal.SIGUSR1])
def test_a_signal_that_ends_the_command_is_in_the_exit_status(ssh, number):
    client = subprocess.Popen([*ssh.words(), "sleep 1000"], stdin=subprocess.DEVNULL)
    assert processes.eventually(lambda: sleeping(ssh))
    os.kill(sleeping(ssh)[0], number)
    assert client.wait(10) == 128 + number


def test_standard_input_reaches_the_command_with_its_end(ssh):
    data = os.urandom(300_000)
    assert ssh.run("pass", stdin=data) == Result(0, data, b"")


def test_standard_error_stays_apart(ssh):
    result = ssh.run("script -c 'echo one; echo two >&2'")
    assert result == Result(0, b"one\n", b"two\n")


def test_a_refusal_says_why_on_standard_error(ssh):
    status, out, err = ssh.run("sudo rm -rf /")
    assert status == 126 and out == "" and err.startswith("keyhole: ") and "hint: " in err


def test_twenty_megabytes_come_as_they_are(ssh):
    assert ssh.run(f"count {COUNT_20_MB}").stdout == counted(COUNT_20_MB)


def test_twenty_megabytes_go_there_and_back(ssh):
    data = os.urandom(20 << 20)
    assert ssh.run("pass", stdin=data).stdout == data


def test_an_empty_command_prints_the_help(ssh):
    status, out, err = ssh.run()
    assert status == 126 and "help" in out + err


@contextlib.contextmanager
def master(ssh, *options):
    path = ssh.server.layout.control / f"clients-{os.urandom(4).hex()}"
    process = processes.start(ssh.words("-M", "-N", "-o", f"ControlPath={path}", *options), os.devnull)
    try:
        assert processes.eventually(path.exists), "no master"
        yield path
    finally:
        processes.stop(process)


def test_ten_calls_at_once_over_one_connection(ssh):
    results = {}

    def call(at):
        results[at] = ssh.run(f"sleep 1; script -c 'read x; echo {at} $x; exit {at}'", "-o", f"ControlPath={path}",
                              stdin=f"to {at}\n".encode())

    with master(ssh) as path:
        threads = [threading.Thread(target=call, args=[at]) for at in range(10)]
        [thread.start() for thread in threads]
        [thread.join() for thread in threads]
    assert results == {at: Result(at, f"{at} to {at}\n".encode(), b"") for at in range(10)}


def test_a_hundred_calls_one_after_the_other_over_one_connection(ssh):
    with master(ssh) as path:
        for at in range(100):
            assert ssh.run(f"echo {at}", "-o", f"ControlPath={path}").out == f"{at}\n"


def test_a_call_goes_on_when_another_of_its_connection_is_cut_off(ssh):
    with master(ssh) as path:
        shared = ["-o", f"ControlPath={path}"]
        stays = subprocess.Popen([*ssh.words(*shared), "sleep 2; echo there"], stdout=subprocess.PIPE)
        goes = subprocess.Popen([*ssh.words(*shared), "sleep 1000"], stdin=subprocess.PIPE)
        assert processes.eventually(lambda: len(sleeping(ssh)) == 2)
        goes.kill()
        goes.communicate()
        assert stays.communicate(timeout=20)[0] == b"there\n"


@pytest.mark.parametrize("line", ["true", None], ids=["command", "shell"])
def test_a_terminal_that_must_be_is_refused(ssh, line):
    """The client ends by itself then (ssh(1), -t)."""
    status, out, err = ssh.run(line, "-tt")
    assert status == 255 and out == "" and "PTY allocation request failed" in err


def test_somebody_at_a_terminal_who_asks_for_a_shell_gets_the_help(ssh):
    ours, theirs = os.openpty()
    words = [word for word in ssh.words() if word != "-T"]
    client = subprocess.Popen(words, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True)
    os.close(theirs)
    shown = b""
    with contextlib.suppress(OSError), os.fdopen(ours, "rb", buffering=0) as terminal:
        while more := terminal.read(4096):
            shown += more
    assert client.wait(10) == 126 and b"PTY allocation request failed" in shown and b"help" in shown


@contextlib.contextmanager
def listening():
    """A port on which a connection would be seen."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        yield server


def nobody_came(server):
    with pytest.raises(BlockingIOError):
        server.accept()
    return True


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


def test_no_connection_is_passed_on_to_elsewhere(ssh):
    with listening() as server:
        result = ssh.run(None, "-W", f"127.0.0.1:{server.getsockname()[1]}")
        assert result.status == 255 and result.out == "" and nobody_came(server)


@pytest.mark.parametrize("option", ["-L", "-D"])
def test_no_local_port_leads_to_elsewhere(ssh, option):
    local = free_port()
    with listening() as server:
        port = server.getsockname()[1]
        words = ssh.words(option, str(local) if option == "-D" else f"{local}:127.0.0.1:{port}", "-N")
        client = processes.start(words, os.devnull)
        try:
            with contextlib.ExitStack() as stack:
                connection = stack.enter_context(connected(local))
                if option == "-D":
                    connection.sendall(b"\x05\x01\x00")
                    assert connection.recv(2) == b"\x05\x00"
                    connection.sendall(b"\x05\x01\x00\x01\x7f\x00\x00\x01" + port.to_bytes(2, "big"))
                    answer = connection.recv(100)
                    assert answer[1:2] != b"\x00"
                assert connection.recv(100) == b""
            assert nobody_came(server)
        finally:
            processes.stop(client)


def connected(port):
    def attempt():
        with contextlib.suppress(OSError):
            return socket.create_connection(("127.0.0.1", port), 10)

    connection = processes.eventually(attempt)
    assert connection, "the client does not listen"
    return connection


def test_no_port_of_the_server_leads_back(ssh):
    remote = free_port()
    forward = ["-R", f"{remote}:127.0.0.1:9"]
    assert ssh.run("true", *forward, "-o", "ExitOnForwardFailure=yes").status == 255
    result = ssh.run("sleep 1; echo ran", *forward)
    assert result.status == 0 and result.out == "ran\n"
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", remote)) != 0


def test_no_socket_of_the_server_leads_back(ssh, tmp_path):
    path = f"/tmp/forwarded-{os.getpid()}"
    result = ssh.run("true", "-R", f"{path}:127.0.0.1:9", "-o", "ExitOnForwardFailure=yes")
    assert result.status == 255 and not os.path.exists(path)


def test_a_connection_without_a_command_stays_and_goes(ssh):
    assert processes.eventually(lambda: not ssh.serving())
    client = processes.start(ssh.words("-N"), os.devnull)
    assert processes.eventually(ssh.serving)
    with pytest.raises(subprocess.TimeoutExpired):
        client.wait(1)
    processes.stop(client)
    assert processes.eventually(lambda: not ssh.serving())


def test_the_clients_agent_is_not_forwarded(ssh, tmp_path):
    socket_path = tmp_path / "agent"
    agent = processes.start(["ssh-agent", "-D", "-a", socket_path], os.devnull)
    try:
        assert processes.eventually(socket_path.exists)
        words = ssh.words("-A", "-o", f"IdentityAgent={socket_path}")
        result = run([*words, "script -c 'echo agent:$SSH_AUTH_SOCK'"])
        assert result.status == 0 and result.out == "agent:\n"
    finally:
        processes.stop(agent)


@pytest.mark.parametrize("option", ["-X", "-Y"])
def test_no_display_is_forwarded(ssh, option):
    result = run([*ssh.words(option), "script -c 'echo display:$DISPLAY'"],
                 env=os.environ | {"DISPLAY": "127.0.0.1:77"})
    assert result.status == 0 and result.out == "display:\n"


def copy_words(ssh, program, *options):
    """sftp and scp take ssh's options, but -T and -p, and the port as -P."""
    words = [word for word in ssh.words()[1:-1] if word != "-T"]
    at = words.index("-p")
    words[at:at + 2] = ["-P", words[at + 1]]
    return [program, *options, *words]


def test_sftp_is_refused_without_a_hang(ssh):
    result = run([*copy_words(ssh, "sftp"), "diag@127.0.0.1"], b"ls\n", 15)
    assert result.status != 0 and "sftp>" not in result.out.replace("sftp> ls", "")


def test_scp_over_sftp_is_refused(ssh, tmp_path):
    result = run([*copy_words(ssh, "scp"), "diag@127.0.0.1:/etc/hostname", tmp_path / "got"], timeout=15)
    assert result.status != 0 and not (tmp_path / "got").exists()


@pytest.mark.parametrize("way", ["from", "to"])
def test_scp_is_refused_with_a_hint(ssh, tmp_path, way):
    mine = tmp_path / "mine"
    there = "diag@127.0.0.1:/etc/hostname"
    if way == "to":
        mine.write_text("mine")
    ends = [there, mine] if way == "from" else [mine, there]
    status, _, err = run([*copy_words(ssh, "scp", "-O"), *ends], timeout=15)
    assert status != 0 and "keyhole: " in err and "hint: " in err
    assert mine.exists() == (way == "to")


@pytest.mark.skipif(not shutil.which("rsync"), reason="needs rsync")
def test_rsync_is_refused_with_a_hint(ssh, tmp_path):
    shell = " ".join(ssh.words()[:-1])
    status, _, err = run(["rsync", "-e", shell, "diag@127.0.0.1:/etc/hostname", tmp_path / "got"], timeout=15)
    assert status != 0 and "keyhole: " in err and "hint: " in err and not (tmp_path / "got").exists()


def test_the_target_can_come_from_the_environment(ssh, recorded):
    status, out, err = ssh.run("echo here", "-o", f"SetEnv=KEYHOLE_TARGET={VM}")
    assert status in (125, 126) and out == "" and VM in err


def test_other_variables_are_not_taken(ssh):
    secret = "never-to-be-seen"
    names = ["LC_ALL", "LANG", "PATH", "LD_PRELOAD", "BASH_ENV", "KEYHOLE_OTHER", "SSH_ORIGINAL_COMMAND"]
    # One option: ssh takes the first SetEnv only.
    result = ssh.run("script -c 'export -p'", "-o", "SetEnv=" + " ".join(f"{name}={secret}" for name in names))
    assert result.status == 0 and secret not in result.out


@pytest.mark.skipif(OPENSSH, reason="sshd has users of the host only; runs against the embedded server")
def test_the_target_can_come_from_the_user_name(ssh):
    status, out, err = ssh.run("echo here", user=f"diag+{VM}")
    assert status in (125, 126) and out == "" and VM in err


@pytest.mark.skipif(OPENSSH, reason="sshd has users of the host only; runs against the embedded server")
@pytest.mark.parametrize("name", ["../web-02", "*", "@web-02", "x" * 100, "-x", "+"])
def test_an_odd_target_runs_nothing(ssh, recorded, name):
    result = run([*ssh.words("-l", f"diag+{name}")[:-1], "127.0.0.1", "probe mark"], timeout=15)
    assert result.status in (125, 126, 255) and result.out == ""
    assert recorded("end", count=0) == []


@pytest.mark.parametrize(
    "user", ["root", "Diag", "diag2", "dia", "nobody", "diag root", "diag\t", "keyhole-ssh", "x" * 300, "diag-"])
def test_no_other_user_comes_in(ssh, user):
    result = run([*ssh.words("-l", user)[:-1], "127.0.0.1", "true"], timeout=15)
    assert result.status == 255 and result.out == ""
    assert "ermission denied" in result.err or "remote username contains invalid characters" in result.err


def test_only_public_keys_are_asked_for(ssh):
    others = "none,password,keyboard-interactive,gssapi-with-mic,hostbased"
    result = ssh.run("true", "-o", f"PreferredAuthentications={others}")
    assert result.status == 255
    assert re.search(r"Permission denied \(publickey\)", result.err)


def test_a_client_that_is_interrupted_ends_its_call(ssh):
    client = subprocess.Popen([*ssh.words(), "sleep 1000"], stdin=subprocess.PIPE)
    assert processes.eventually(ssh.gateway.running)
    client.send_signal(signal.SIGINT)
    client.communicate(timeout=10)
    assert processes.eventually(lambda: not ssh.gateway.running(), 2)


def test_a_reader_that_stops_ends_the_command(ssh):
    """As in `ssh diag@host flood | head -1`."""
    client = subprocess.Popen([*ssh.words(), "flood"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
    assert client.stdout.read(10) == b"y\n" * 5
    client.stdout.close()
    # The client says eow@openssh.com (OpenSSH's PROTOCOL, 2.1). Else it reads on until the command's limit.
    client.wait(3)
    assert processes.eventually(lambda: not ssh.gateway.running(), 2)


def test_what_a_closed_input_leaves_is_still_read(ssh):
    """The command ends without having read its input."""
    result = ssh.run("echo done", stdin=os.urandom(5 << 20))
    assert result.status == 0 and result.out == "done\n"
