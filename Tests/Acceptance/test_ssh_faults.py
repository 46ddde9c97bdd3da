"""Processes are killed and stopped under the embedded server: what they served ends, everything else goes on, the audit
trail tells it, and nothing is left.
"""

import os
import signal
import subprocess
import time

import pytest

from private_gateway import processes
from ssh_under_test import OPENSSH, SPARE, descriptors, resident

pytestmark = pytest.mark.skipif(OPENSSH, reason="about the processes of the embedded server")


@pytest.fixture(autouse=True)
def leaves_no_threads(ssh):
    assert processes.eventually(lambda: not ssh.gateway.running())
    before = threads(ssh.gateway.broker.process.pid)
    broker = ssh.gateway.broker.process.pid
    yield
    if ssh.gateway.broker.process.pid == broker:
        assert processes.eventually(lambda: threads(broker) <= before + 2, 5), "threads of the broker are left"
    assert ssh.run("echo served").out == "served\n"


def threads(pid):
    return len(os.listdir(f"/proc/{pid}/task"))


def begin(ssh, line, **pipes):
    client = subprocess.Popen([*ssh.words(), line], stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, **pipes)
    return client


def sleeping(ssh):
    return [pid for pid in ssh.gateway.running() if processes.name(pid) == "sleep"]


# A connection's process.

@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSEGV, signal.SIGABRT, signal.SIGSYS])
def test_a_connection_that_dies_takes_only_its_own_command_with_it(ssh, recorded, number):
    other = begin(ssh, "sleep 2; echo there")
    with ssh.raw() as client:
        channel = client.login(ssh.key).open_channel()
        assert client.execute(channel, "sleep 1000")
        assert processes.eventually(lambda: len(sleeping(ssh)) == 2)
        os.kill(ssh.connection_of(client), number)
        killed = time.monotonic()
        assert processes.eventually(lambda: len(sleeping(ssh)) <= 1, 3)
        assert time.monotonic() - killed < 1.5 * processes.SCALE
        assert client.ended(3)
    assert other.communicate(timeout=10)[0] == b"there\n" and other.returncode == 0
    (session,) = recorded("session-end", cause="crashed")
    assert session.res == "failed" and session.addr == "127.0.0.1"
    (end,) = recorded("end", cause="client-gone")
    assert end.session == session.session
    assert processes.eventually(lambda: f"signal {number.value}" in ssh.server.log.read_text())


def test_a_connection_that_dies_before_authentication_harms_nobody(ssh):
    with ssh.raw() as client:
        client.handshake()
        os.kill(ssh.connection_of(client), signal.SIGSEGV)
        assert client.ended(3)


def test_a_connection_that_hangs_harms_nobody(ssh):
    with ssh.raw() as client:
        client.login(ssh.key)
        pid = ssh.connection_of(client)
        os.kill(pid, signal.SIGSTOP)
        try:
            assert ssh.run("echo in").out == "in\n"
        finally:
            os.kill(pid, signal.SIGCONT)
        assert client.call("echo again")[1] == b"again\n"


def test_killed_connections_leave_nothing(ssh, recorded):
    listener, broker = ssh.server.process.pid, ssh.gateway.broker.process.pid
    ssh.run("true")
    open_, brokers = descriptors(listener), descriptors(broker)
    memory = resident(listener), resident(broker)
    for at in range(40):
        with ssh.raw() as client:
            channel = client.login(ssh.key).open_channel()
            if at % 2:
                client.execute(channel, "sleep 1000")
            os.kill(ssh.connection_of(client), signal.SIGKILL)
    assert processes.eventually(lambda: not ssh.gateway.running(), 5)
    assert processes.eventually(lambda: not ssh.serving()), ssh.serving()
    assert processes.eventually(lambda: descriptors(listener) <= open_ + SPARE), "descriptors of the listener are left"
    assert processes.eventually(lambda: descriptors(broker) <= brokers), "descriptors of the broker are left"
    assert resident(listener) < memory[0] + 8 and resident(broker) < memory[1] + 16
    assert len(recorded("session-end", count=40, cause="crashed")) == 40


# The listener.

@pytest.fixture
def without_listener(ssh):
    """The test takes it away; afterwards it is there again."""
    yield ssh.server.process
    if ssh.server.process.poll() is None:
        ssh.server.process.kill()
        ssh.server.process.wait()
    for pid in ssh.connections():
        os.kill(pid, signal.SIGKILL)
    ssh.restart()
    assert ssh.run("echo back").out == "back\n"


def test_a_killed_listener_ends_its_connections_and_comes_back(ssh, without_listener, recorded):
    ends = begin(ssh, "sleep 1; echo there")
    goes_on = begin(ssh, "sleep 1000")
    assert processes.eventually(lambda: len(sleeping(ssh)) == 2)
    sessions = ssh.connections()
    without_listener.kill()
    without_listener.wait()
    # Its sessions drain: what ends in time has its status.
    assert ends.communicate(timeout=10) == (b"there\n", b"") and ends.returncode == 0
    out, err = goes_on.communicate(timeout=20)
    assert goes_on.returncode in (125, 255) and out == b""
    assert processes.eventually(lambda: not set(sessions) & set(ssh.connections()), 10), "sessions are left"
    assert processes.eventually(lambda: not ssh.gateway.running(), 3)
    assert len(recorded("end", count=2)) == 2


def test_a_stopped_listener_lets_commands_end(ssh, without_listener):
    client = begin(ssh, "sleep 2; echo there")
    assert processes.eventually(lambda: sleeping(ssh))
    without_listener.terminate()
    assert client.communicate(timeout=10) == (b"there\n", b"") and client.returncode == 0
    assert without_listener.wait(10) == 0 and ssh.connections() == []


# The broker.

def test_a_killed_broker_gives_its_callers_125_and_a_word(ssh, recorded):
    clients = [begin(ssh, "sleep 1000") for _ in range(3)]
    assert processes.eventually(lambda: len(sleeping(ssh)) == 3)
    idle = subprocess.Popen(ssh.words("-N"), stdin=subprocess.DEVNULL)
    time.sleep(0.5)
    ssh.gateway.broker.process.kill()
    ssh.gateway.broker.process.wait()
    try:
        for client in clients:
            _, err = client.communicate(timeout=10)
            assert client.returncode == 125 and b"keyhole: " in err and b"broker" in err
        assert idle.wait(10) == 255
        assert processes.eventually(lambda: not ssh.gateway.running(), 3)
        refused = ssh.run("echo in", heard=True)
        assert refused.status == 255 and refused.out == "" and "broker cannot be reached" in refused.err
    finally:
        ssh.gateway.broker.restart()
    assert ssh.run("echo back").out == "back\n"


def test_a_broker_that_stops_lets_commands_end(ssh):
    client = begin(ssh, "sleep 2; echo there")
    assert processes.eventually(lambda: sleeping(ssh))
    ssh.gateway.broker.process.terminate()
    try:
        out, _ = client.communicate(timeout=10)
        assert client.returncode == 0 and out == b"there\n"
        assert ssh.gateway.broker.process.wait(10) == 0
    finally:
        ssh.gateway.broker.restart()


# A client.

def test_a_client_that_is_stopped_for_a_while_loses_nothing(ssh):
    client = begin(ssh, "count 3000000")
    read = os.read(client.stdout.fileno(), 1000)
    client.send_signal(signal.SIGSTOP)
    time.sleep(1)
    assert ssh.memory() < 40 and ssh.run("echo in").out == "in\n"
    client.send_signal(signal.SIGCONT)
    out = read + client.communicate(timeout=30)[0]
    assert client.returncode == 0 and out == subprocess.run(["seq", "3000000"], capture_output=True).stdout


def test_a_client_that_is_stopped_for_good_is_put_out(ssh, recorded):
    ssh.restart(limits={"keepalive-interval": "1s", "keepalive-count": 2, "authentication-time": "4s"})
    client = begin(ssh, "sleep 1000")
    try:
        assert processes.eventually(lambda: sleeping(ssh))
        client.send_signal(signal.SIGSTOP)
        assert processes.eventually(lambda: not ssh.gateway.running(), 8)
        assert recorded("session-end")
    finally:
        client.kill()
        client.communicate()
        ssh.restart()


# Records.

def test_nothing_ran_without_a_decision(ssh):
    """Over all that the tests of this session did."""
    records = ssh.gateway.audit.records()
    decided = {record.fields.get("call") for record in records if record.op == "keyhole:decision"}
    # A lost end may stand without its decision: docs/audit.md, "One call, one decision, one end".
    ended = {record.fields.get("call") for record in records if record.op == "keyhole:end" and record.cause != "lost"}
    assert len(ended) > 5 and None not in ended and ended <= decided
