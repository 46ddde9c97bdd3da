"""The two sockets of the broker, when the service manager passes them: sd_listen_fds(3)."""

import contextlib
import os
import pathlib
import socket
import stat
import subprocess

import session_client as wire
from private_gateway import processes
from session_client import SOCKET, Session
from test_broker_lifecycle import broker_down


@contextlib.contextmanager
def passed(gateway, *paths):
    """A broker that is started with listening sockets at these paths, as descriptors 3, 4 and so on."""
    listening = []
    for path in map(pathlib.Path, paths):
        with contextlib.suppress(FileNotFoundError):
            path.unlink()
        one = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        one.bind(str(path))
        subprocess.run(["chown", "root:diag", path], check=True)
        path.chmod(0o660)
        one.listen(64)
        listening.append(one)
    numbers = [one.fileno() for one in listening]
    # First out of the way of each other, then to where they are expected.
    script = "; ".join(
        [f"exec {20 + i}<&{number}" for i, number in enumerate(numbers)]
        + [f"exec {3 + i}<&{20 + i} {20 + i}<&-" for i in range(len(numbers))]
        + [f'LISTEN_PID=$$ LISTEN_FDS={len(numbers)} exec "$@"'])
    with open(gateway.broker.log, "ab") as log:
        broker = subprocess.Popen(
            ["/bin/bash", "-c", script, "bash", *map(str, gateway.broker.command())], stdout=log, stderr=log,
            stdin=subprocess.DEVNULL, pass_fds=numbers)
    try:
        yield broker
    finally:
        status = processes.stop(broker, 15)
        for one, path in zip(listening, paths):
            one.close()
            with contextlib.suppress(FileNotFoundError):
                pathlib.Path(path).unlink()
    assert status in (0, 1), status


def serves_both(gateway):
    assert gateway.call("probe mark").out == "marked\n"
    with Session() as session:
        assert session.login(gateway.sshd.public_key("agent"))[0] == "admitted"
        assert session.call("probe mark") == (0, "marked\n", "", [])
        session.send(wire.goodbye())


def test_both_sockets_may_be_passed_in_either_order(gateway):
    for paths in ((gateway.layout.socket, SOCKET), (SOCKET, gateway.layout.socket)):
        with broker_down(gateway), passed(gateway, *paths) as broker:
            # What connects early waits in the queue.
            serves_both(gateway)
            assert broker.poll() is None


def test_one_that_is_not_passed_is_made(gateway):
    with broker_down(gateway), passed(gateway, SOCKET):
        assert processes.eventually(gateway.layout.socket.exists, 15)
        assert processes.eventually(lambda: gateway.call("probe mark").status == 0, 15)
        serves_both(gateway)


def test_a_socket_at_another_place_stops_the_start(gateway):
    position = gateway.broker.log_position()
    with broker_down(gateway), passed(gateway, gateway.layout.socket, SOCKET.parent / "else.sock") as broker:
        assert broker.wait(15) == 1
    said = gateway.broker.log_since(position)
    assert "else.sock, which is neither" in said and "hint: " in said


def test_the_session_socket_is_roots_and_its_groups_alone(gateway):
    status = SOCKET.stat()
    assert stat.S_IMODE(status.st_mode) == 0o660 and status.st_uid == 0
    assert status.st_gid == gateway.layout.socket.stat().st_gid


def test_a_second_broker_does_not_take_the_session_socket_away(gateway):
    with contextlib.suppress(FileNotFoundError):
        os.unlink("/run/keyhole/other.sock")
    gateway.broker.configure(
        socket="/run/keyhole/other.sock", sessions=str(SOCKET), audit_state=str(gateway.layout.root / "other.state"))
    try:
        done = subprocess.run(list(map(str, gateway.broker.command())), capture_output=True, text=True, timeout=20)
        assert done.returncode != 0 and "`sessions:`" in done.stderr
    finally:
        gateway.broker.configure()
    serves_both(gateway)
