"""Calls of the mixed load that end together: with their agent, with their session, or with their connection."""

import os
import signal
import subprocess
import time

from mixed_load import over_ssh
from private_gateway import processes
from session_client import Session

ABANDONED = 5


def logged_in(public):
    session = Session()
    assert session.login(public)[0] == "admitted"
    return session


def master(gateway, server, name, identity=None):
    """A connection of OpenSSH's client that calls share: the process, and the words of a call."""
    path = gateway.layout.control / name
    words = server.client(identity, "-M", "-N", "-o", f"ControlPath={path}")
    process = processes.start(words, gateway.layout.logs / "ssh-mixed.log")
    assert processes.eventually(path.exists, 10)
    # Where it is gone, a client is not to make a connection of its own.
    return process, server.client(identity, "-o", f"ControlPath={path}", "-o", "ProxyCommand=/bin/false")


def begin(words, line):
    return subprocess.Popen(
        [*map(str, words), "--", line], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


class Revocation:
    """An agent that is removed while its calls run, some over each front."""

    CALLS = 30

    def __init__(self, gateway, load, agents, server):
        self.gateway, self.load, self.agents = gateway, load, agents
        self.session = logged_in(agents.key("leaver"))
        self.process, self.words = master(gateway, server, "mixed-leaver", agents.identity("leaver"))
        self.running = []

    def begin(self):
        for number in range(self.CALLS):
            case = self.load.case("is revoked")
            is_ssh = number % 6 == 0
            case.front, case.began = "leaver over ssh" if is_ssh else "leaver", time.time()
            begun = begin(self.words, case.line) if is_ssh else self.session.begin(case.line)
            self.running.append((case, begun))
        sleeping = lambda: [pid for pid in self.gateway.running() if processes.name(pid) == "sleep"]
        assert processes.eventually(lambda: len(sleeping()) == self.CALLS, 20)

    def revoke(self):
        self.agents.remove("leaver")

    def finish(self):
        for case, call in self.running:
            if isinstance(call, subprocess.Popen):
                case.out, case.err = call.communicate(timeout=60)
                case.status = call.returncode
            else:
                case.status, out, err, _ = call.finish()
                case.out, case.err = out.encode(), err.encode()
            case.ended = time.time()
        processes.stop(self.process)
        self.session.close()


def abandon_session(load, session):
    """A session that closes without a word, with calls that run."""
    calls = []
    for _ in range(ABANDONED):
        case = load.case("goes away")
        case.front, case.began = "abandoned session", time.time()
        calls.append((case, session.begin(case.line)))
    time.sleep(load.moment())
    session.close()
    for case, call in calls:
        case.ended = time.time()
        call.close()


def abandon_connection(gateway, load, server):
    """A shared connection whose client is killed, with calls that run."""
    process, words = master(gateway, server, f"{server.name}-abandoned")
    calls = []
    for _ in range(ABANDONED):
        case = load.case("goes away")
        case.front, case.began, case.is_heard = "abandoned connection", time.time(), False
        calls.append((case, begin(words, case.line)))
    time.sleep(load.moment())
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    for case, call in calls:
        call.communicate(timeout=60)
        case.ended = time.time()


def do_alone(load, server):
    """Calls over connections of their own."""
    client = over_ssh(load, server.client(None, "-o", "ControlPath=none"))
    for kind in ("allowed", "goes away", "unknown command", "goes away"):
        load.do(load.case(kind), f"{server.name}, alone", client)
