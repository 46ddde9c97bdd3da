"""Ways to other processes by sockets: only to those that the policy lists, and only as a client."""

import array
import contextlib
import pathlib
import shutil
import socket
import subprocess
import threading

import pytest

from attack_grounds import PLACE, SERVICE
from attacking import inside, outside, refused, scaled
from grounds import GROUNDS, SECRET_WORDS, bind
from private_gateway import processes


@contextlib.contextmanager
def server(address, kind=socket.SOCK_STREAM, answer=None):
    """Listens, answers each client and counts them; datagrams are counted likewise."""
    with socket.socket(socket.AF_UNIX, kind) as listener:
        listener.bind("\0" + address[1:] if str(address).startswith("@") else str(address))
        if not str(address).startswith("@"):
            pathlib.Path(address).chmod(0o777)
        listener.settimeout(0.1)
        if kind != socket.SOCK_DGRAM:
            listener.listen(64)
        state, done = {"clients": 0}, threading.Event()

        def serve():
            while not done.is_set():
                try:
                    if kind == socket.SOCK_DGRAM:
                        listener.recv(100)
                        state["clients"] += 1
                        continue
                    client, _ = listener.accept()
                except TimeoutError:
                    continue
                state["clients"] += 1
                with client:
                    with contextlib.suppress(OSError):
                        if answer:
                            answer(client)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield state
        finally:
            done.set()
            thread.join()
            if not str(address).startswith("@"):
                pathlib.Path(address).unlink()


def pass_secret(client):
    with open(GROUNDS / "secret/alone") as file:
        client.sendmsg([b"x"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [file.fileno()]))])


PATH = GROUNDS / "writable/attack.socket"
COMMANDS = ["attack", "attack-sockets", "attack-netlink", "attack-sockets-netlink"]
STREAMS = ["connect", "connect-from-thread", "connect-nonblocking"]


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("attack", STREAMS)
@pytest.mark.parametrize("address", [PATH, "@keyhole-attack"], ids=["path", "abstract"])
def test_no_service_is_reached_that_is_not_listed(call, command, attack, address):
    with server(address) as state:
        assert not inside(call, attack, address, command=command).worked and state["clients"] == 0
        assert outside(attack, address).worked
        assert processes.eventually(lambda: state["clients"] == 1)


@pytest.mark.parametrize("command", COMMANDS)
def test_no_seqpacket_service_is_reached(call, command):
    with server(PATH, socket.SOCK_SEQPACKET) as state:
        assert not inside(call, "connect-seqpacket", PATH, command=command).worked and state["clients"] == 0
        assert outside("connect-seqpacket", PATH).worked


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("attack", ["datagram", "connect-datagram", "datagram-pair", "raw-pair", "sendmmsg-pair"])
@pytest.mark.parametrize("address", [PATH, "@keyhole-attack"], ids=["path", "abstract"])
def test_no_datagram_leaves(call, command, attack, address):
    with server(address, socket.SOCK_DGRAM) as state:
        refused(call, attack, address, command=command)
        assert processes.eventually(lambda: state["clients"] == (attack != "connect-datagram"))


def test_a_service_that_hands_out_files_is_not_reached(call):
    with server(PATH, answer=pass_secret):
        for command in COMMANDS:
            there = inside(call, "passed-descriptor", PATH, command=command)
            assert not there.worked and SECRET_WORDS not in there.whole
        assert SECRET_WORDS in outside("passed-descriptor", PATH).text


@pytest.mark.parametrize("attack", ["answer", "connect-from-thread", "connect-nonblocking"])
@pytest.mark.parametrize("command", ["attack-sockets", "attack-sockets-netlink"])
def test_the_service_that_is_listed_is_reached(call, attack, command):
    with server(SERVICE, answer=lambda client: client.sendall(b"served\n")) as state:
        there = inside(call, attack, SERVICE, command=command)
        assert there.worked and there.text == ("served" if attack == "answer" else "") and state["clients"] == 1
        assert not inside(call, attack, SERVICE).worked


OTHER_NAMES = {
    "a link": lambda: PLACE.joinpath("service-link").symlink_to(PATH),
    "a link in place of the service": lambda: SERVICE.symlink_to(PATH),
    "a folder link": lambda: PLACE.joinpath("service-link").symlink_to(PATH.parent),
}


@pytest.mark.parametrize("way", OTHER_NAMES)
def test_a_listed_name_that_leads_elsewhere_is_not_the_service(call, way):
    OTHER_NAMES[way]()
    name = {"a link": PLACE / "service-link", "a link in place of the service": SERVICE,
            "a folder link": PLACE / "service-link" / PATH.name}[way]
    try:
        with server(PATH) as state:
            assert not inside(call, "connect", name, command="attack-sockets").worked
            assert state["clients"] == 0 and outside("connect", name).worked
    finally:
        (PLACE / "service-link").unlink(missing_ok=True)
        SERVICE.unlink(missing_ok=True)


def test_a_socket_in_a_secret_folder_is_not_reached_even_by_a_listed_name(call):
    """A denial wins over a grant: the folder of the service is bound from a secret one."""
    target = PLACE / "bound-service"
    target.mkdir()
    bind(GROUNDS / "secret", target)
    try:
        with server(GROUNDS / "secret/service"):
            for command in COMMANDS:
                assert not inside(call, "connect", target / "service", command=command).worked
            assert outside("connect", target / "service").worked
    finally:
        subprocess.run(["umount", "-n", "-l", target], check=True)


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("attack", ["bind", "listen"])
@pytest.mark.parametrize("address", [GROUNDS / "writable/mine", "@keyhole-mine"], ids=["path", "abstract"])
def test_a_command_serves_nobody(call, command, attack, address):
    """A name that is taken keeps the service away that it belongs to."""
    refused(call, attack, address, command=command)
    pathlib.Path(str(address)).unlink(missing_ok=True)


# D-Bus.

@pytest.mark.parametrize("command", COMMANDS)
def test_the_message_bus_is_not_reached(call, command, tmp_path):
    if not shutil.which("dbus-daemon"):
        pytest.skip("there is no dbus-daemon")
    address = GROUNDS / "writable/bus"
    with open(tmp_path / "log", "wb") as log:
        bus = subprocess.Popen(["dbus-daemon", "--session", "--nofork", f"--address=unix:path={address}"], stdout=log,
            stderr=log)
    try:
        assert processes.eventually(address.exists, scaled(5))
        address.chmod(0o777)
        refused(call, "connect", address, command=command)
    finally:
        bus.kill()
        bus.wait()
        address.unlink(missing_ok=True)


# The network and the kernel.

FAMILIES = {"internet": (2, 1), "internet datagram": (2, 2), "internet raw": (2, 3, 1), "internet 6": (10, 1),
            "packet": (17, 3),
            "alg": (38, 5), "vsock": (40, 1), "key": (15, 3, 2), "xdp": (44, 3), "bluetooth": (31, 3), "tipc": (30, 5),
            "can": (29, 3, 1),
            "unix datagram": (1, 2), "unix raw": (1, 3), "smc": (43, 1), "rds": (21, 5), "kcm": (41, 5), "qrtr": (42,
                2)}


@pytest.mark.parametrize("family", FAMILIES)
def test_no_other_kind_of_socket_can_be_made(call, family):
    words = (*FAMILIES[family], 0)[:3]
    for command in COMMANDS[1:]:
        assert not inside(call, "socket", *words, command=command).worked
    refused(call, "socket", *words, root=True, optional=True)


@pytest.mark.parametrize("protocol", range(23))
def test_netlink_is_for_what_the_policy_says(call, protocol):
    route, diagnostics = 0, 4
    assert not inside(call, "socket", 16, 3, protocol).worked
    there = inside(call, "socket", 16, 3, protocol, command="attack-netlink")
    assert there.worked == (protocol in (route, diagnostics)), there.whole


@pytest.mark.parametrize("command", ["attack", "attack-netlink"])
def test_the_network_cannot_be_changed(call, command):
    # Outside in a network of its own.
    refused(call, "change-link", command=command, root=True, before=["unshare", "--net"])


def test_nothing_is_sent_to_other_listeners(call):
    refused(call, "netlink-group", 0, command="attack-netlink", root=True)


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("attack", ["connect-internet", "fast-open", "serve"])
def test_the_internet_is_out_of_reach(call, command, attack):
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        refused(call, attack, listener.getsockname()[1], command=command, optional=attack == "fast-open")
