"""Calls of every kind, at random and many at once, and what their clients saw of each.

Each call's line has a token of its own, by which its records are found. The token is a number of seconds, so that it
can stand wherever `sleep` wants one.
"""

import dataclasses
import queue
import random
import re
import subprocess
import threading
import time

from grounds import GROUNDS, OPEN_WORDS
from policy_for_tests import command

TOKEN = re.compile(rb"30\.\d{6}")
SPILLED = 64 << 10
TIME_LIMIT = 0.3


def commands():
    words = ["word /.*/*"]
    return {
        "mixed-sleep": command("/bin/sleep", "waits", "mixed-sleep 30.1", words),
        "mixed-late": command("/bin/sleep", "waits longer than it may", "mixed-late 30.1", words,
                              limits={"time": f"{int(TIME_LIMIT * 1000)}ms"}),
        "mixed-spill": command("/usr/bin/yes", "writes more than it may", "mixed-spill x", words,
                               limits={"output": f"{SPILLED >> 10}KiB"}),
    }


@dataclasses.dataclass
class Kind:
    """What is asked for, and what has to come of it."""

    line: str
    #: The cause in the end record, or causes with a `|` between; None for a call that is refused.
    cause: str
    #: What the client is told; None where it went away.
    status: int
    out: str = None
    #: Refused accesses, for `{opens}`.
    opens: bool = False


SECRET = GROUNDS / "secret/token"
KINDS = {
    "allowed": Kind("echo {token}", "exited", 0, "{token}\n"),
    "pipeline": Kind("echo {token} | grep -c 30", "exited", 0, "1\n"),
    "two steps": Kind(f"grep -c words {GROUNDS}/open/plain.txt && echo {{token}}", "exited", 0, "1\n{token}\n"),
    "unknown command": Kind("wreck {token}", None, 127, ""),
    "refused argument": Kind("sleep --for {token}", None, 126, ""),
    "refused file": Kind(f"cat {SECRET}-{{token}}", None, 126, ""),
    "no grammar": Kind("echo $(echo {token})", None, 126, ""),
    "fails with 1": Kind(f"grep {{token}} {GROUNDS}/open/plain.txt", "exited", 1, ""),
    "fails with 3": Kind("script -c 'exit 3 # {token}'", "exited", 3, ""),
    "trapped": Kind("probe crash {token}", "signaled", 132, ""),
    "late": Kind("mixed-late {token}", "timed-out", 124, ""),
    "spills": Kind("mixed-spill {token}", "output-limit", 125),
    "refused opens": Kind(
        f"script -c 'for n in {{opens}}; do true < {SECRET}; done; echo $n # {{token}}'", "exited", 0, opens=True),
    "goes away": Kind("mixed-sleep {token}", "client-gone", None),
    # It may hear first that nobody takes its output: SIGPIPE.
    "goes away from output": Kind("flood ; echo {token}", "client-gone|signaled", None),
    "is revoked": Kind("mixed-sleep {token}", "revoked", 126, ""),
}
# How many of 2,000; those that a client ends by going away, and revoked ones, are begun by functions of their own.
SHARES = {
    "allowed": 580, "pipeline": 150, "two steps": 100, "unknown command": 90, "refused argument": 70,
    "refused file": 70, "no grammar": 50, "fails with 1": 120, "fails with 3": 100, "trapped": 120, "late": 60,
    "spills": 60, "refused opens": 120, "goes away": 220, "goes away from output": 60,
}


@dataclasses.dataclass
class Case:
    """One call, and what its client saw."""

    kind: str
    token: bytes
    opens: int
    front: str = None
    status: int = None
    out: bytes = None
    err: bytes = b""
    #: From its beginning to its end, on the wall clock.
    began: float = 0
    ended: float = 0
    #: Whether the broker has certainly read it, also when the client went away.
    is_heard: bool = True

    @property
    def wanted(self):
        return KINDS[self.kind]

    @property
    def line(self):
        opens = " ".join(str(n) for n in range(self.opens))
        return self.wanted.line.format(token=self.token.decode(), opens=opens)


class Load:
    """Cases in a random order. `clients` are functions that do one case each; each has a thread."""

    def __init__(self, seed):
        self.seed, self.random = seed, random.Random(seed)
        self.cases = []
        self.errors = []
        kinds = [kind for kind, count in SHARES.items() for _ in range(count)]
        self.random.shuffle(kinds)
        self.waiting = queue.SimpleQueue()
        for kind in kinds:
            self.waiting.put(self.case(kind))

    def case(self, kind):
        opens = self.random.choice((1, 2, 15, 16, 17, 18, 40)) if KINDS[kind].opens else 0
        case = Case(kind, b"30.%06d" % len(self.cases), opens)
        self.cases.append(case)
        return case

    def moment(self):
        """How long a client stays that goes away, in seconds: to before the broker has read the call, or after."""
        return self.random.choice((0, self.random.uniform(0, 0.004), self.random.uniform(0, 0.04)))

    def run(self, clients, beside):
        """Does all cases that wait; `beside` is called meanwhile."""
        threads = [threading.Thread(target=self._work, args=(front, client)) for front, client in clients]
        threads.append(threading.Thread(target=self._call, args=(beside,)))
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if self.errors:
            raise self.errors[0]

    def _work(self, front, client):
        while not self.errors:
            try:
                case = self.waiting.get_nowait()
            except queue.Empty:
                return
            self.do(case, front, client)

    def do(self, case, front, client):
        case.front, case.began = front, time.time()
        self._call(lambda: client(case))
        case.ended = time.time()

    def _call(self, work):
        try:
            work()
        except Exception as error:
            self.errors.append(error)


def over_session(load, session):
    """A client that speaks to the broker as keyhole-session does."""

    def do(case):
        call = session.begin(case.line)
        if case.wanted.status is None:
            time.sleep(load.moment())
            call.close()
            return
        status, out, err, _ = call.finish()
        case.status, case.out, case.err = status, out.encode(), err.encode()

    return do


def over_ssh(load, words):
    """OpenSSH's client. One that goes away is killed: the broker may not have heard of the call."""

    def do(case):
        command_line = [*map(str, words), "--", case.line]
        if case.wanted.status is None:
            case.is_heard = False
            client = subprocess.Popen(
                command_line, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(2 * load.moment())
            client.kill()
            client.wait()
            return
        done = subprocess.run(command_line, stdin=subprocess.DEVNULL, capture_output=True, timeout=120)
        case.status, case.out, case.err = done.returncode, done.stdout, done.stderr

    return do


def expected_output(case):
    """None where it depends on how far the command came."""
    if case.wanted.opens:
        return b"%d\n" % (case.opens - 1)
    return None if case.wanted.out is None else case.wanted.out.format(token=case.token.decode()).encode()
