"""Feeds the process that serves an SSH connection with good conversations that were spoilt.

A conversation is led by the tests' own client. In each case one to three of its packets are changed, repeated, left
out, moved or cut off before they are encrypted and authenticated, so that they reach what reads them. A case is a
number below a seed: the same two numbers spoil the same way. Started by scripts/fuzz ssh, and for a short
run by the tests.
"""

import argparse
import contextlib
import dataclasses
import pathlib
import random
import re
import struct
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "Tests/Acceptance"))

from private_gateway import processes  # noqa: E402
from raw_ssh import Ended, RawClient, Unexpected  # noqa: E402
from raw_ssh_keys import Key  # noqa: E402
from raw_ssh_packets import CIPHERS, Malformed  # noqa: E402
from raw_ssh_wire import *  # noqa: E402, F403

PATIENCE = 0.15
LOST = (AssertionError, TimeoutError, Unexpected, Malformed, IndexError, struct.error, UnicodeDecodeError, ValueError)
INTERESTING = [0, 1, 2, 4, 5, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF,
    0x10000, 0x40000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFE, 0xFFFFFFFF]


class Cut(Exception):
    """The case says that the client leaves here."""


# Conversations. Each gives its steps one after the other; a step that is not answered is passed over.

def to_the_end(client, key):
    yield client.request_service
    yield lambda: client.authenticate(key)
    yield lambda: client.call("echo in", b"x" * 100)
    yield lambda: client.call("pass", b"some words\n" * 500, 1)


def with_new_keys(client, key):
    yield client.request_service
    yield lambda: client.authenticate(key)
    channel = (yield client.open_channel) or 0
    yield lambda: client.execute(channel, "pass")
    yield lambda: client.data(channel, b"before")
    yield client.rekey
    yield lambda: client.data(channel, b"after")
    yield lambda: client.send(message(CHANNEL_EOF, u32(channel)))
    yield lambda: client.finish(channel)


def with_many_channels(client, key):
    yield client.request_service
    yield lambda: client.authenticate(key)
    channels = []
    for number in range(3):
        channels.append((yield lambda: client.open_channel(number)) or 0)
    for channel in channels:
        yield lambda: client.request(channel, "env", string("KEYHOLE_TARGET"), string(""), reply=False)
        yield lambda: client.request(channel, "exec", string(f"echo {channel}"), reply=False)
        yield lambda: client.send(message(CHANNEL_WINDOW_ADJUST, u32(channel), u32(1 << 20)))
    for channel in channels:
        yield lambda: client.finish(channel)


def with_refused_requests(client, key):
    yield client.request_service
    yield lambda: client.authenticate(key)
    channel = (yield client.open_channel) or 0
    requests = {
        "pty-req": [string("xterm"), u32(80), u32(24), u32(0), u32(0), string(b"\0")],
        "x11-req": [boolean(False), string("MIT-MAGIC-COOKIE-1"), string("00"), u32(0)],
        "auth-agent-req@openssh.com": [], "subsystem": [string("sftp")], "unheard-of": [],
    }
    for name, fields in requests.items():
        yield lambda: client.request(channel, name, *fields)
        yield lambda: client.expect(CHANNEL_SUCCESS, CHANNEL_FAILURE)
    place = string("127.0.0.1") + u32(9)
    yield lambda: client.send(message(GLOBAL_REQUEST, string("tcpip-forward"), boolean(True), place))
    yield lambda: client.expect(REQUEST_SUCCESS, REQUEST_FAILURE)
    # It is refused, and the next step goes on.
    yield lambda: client.open_channel(1, kind="direct-tcpip", more=place + place)
    yield lambda: client.request(channel, "shell", reply=False)
    yield lambda: client.request(channel, "signal", string("TERM"), reply=False)
    yield lambda: client.finish(channel)


def with_failed_attempts(client, key):
    yield client.request_service
    yield lambda: ask(client, client.none("diag"))
    yield lambda: ask(client, client.none("diag", method="password") + boolean(False) + string("secret"))
    yield lambda: ask(client, client.publickey("diag", key, algorithm="ssh-dss", signed=False))
    yield lambda: ask(client, client.publickey("diag", STRANGER, signed=False))
    yield lambda: ask(client, client.publickey("diag", STRANGER))
    yield lambda: client.authenticate(key)
    yield lambda: client.call("whoami")


def ask(client, payload):
    client.send(payload)
    return client.expect(USERAUTH_FAILURE, USERAUTH_PK_OK, USERAUTH_SUCCESS)


STRANGER = Key.ed25519()
CONVERSATIONS = [to_the_end, with_new_keys, with_many_channels, with_refused_requests, with_failed_attempts]


def lead(client, conversation, key):
    """Goes through the steps until the server ends it."""
    steps = conversation(client, key)
    answer = None
    with contextlib.suppress(StopIteration):
        while True:
            step = steps.send(answer)
            answer = None
            with contextlib.suppress(*LOST):
                answer = step()


# Ways to spoil a payload: each gives the payloads to send in its place.

def flip(chance, payload, corpus):
    spoilt = bytearray(payload)
    for _ in range(chance.randint(1, 8)):
        spoilt[chance.randrange(len(spoilt))] ^= 1 << chance.randrange(8)
    return [bytes(spoilt)]


def overwrite(chance, payload, corpus):
    spoilt = bytearray(payload)
    at, count = chance.randrange(len(spoilt)), chance.randint(1, 16)
    spoilt[at:at + count] = bytes([chance.choice([0, 255, 32, chance.randrange(256)])]) * len(spoilt[at:at + count])
    return [bytes(spoilt)]


def lengths(chance, payload, corpus):
    """Numbers of four bytes that could be the length of what follows."""
    places = [at for at in range(1, len(payload) - 3) if struct.unpack_from(">I",
                                 payload, at)[0] <= len(payload) - at - 4]
    if not places:
        return flip(chance, payload, corpus)
    at = chance.choice(places)
    (was,) = struct.unpack_from(">I", payload, at)
    number = chance.choice([was + 1, was - 1, was * 2, *INTERESTING]) & 0xFFFFFFFF
    return [payload[:at] + struct.pack(">I", number) + payload[at + 4:]]


def shorten(chance, payload, corpus):
    return [payload[:chance.randint(1, max(1, len(payload) - 1))]]


def lengthen(chance, payload, corpus):
    more = chance.choice([payload, bytes(chance.randint(1, 5000)), chance.randbytes(chance.randint(1, 30_000))])
    at = chance.choice([len(payload), chance.randint(1, len(payload))])
    return [(payload[:at] + more + payload[at:])[:100_000]]


def repeat(chance, payload, corpus):
    return [payload] * chance.choice([2, 2, 3, 10, 50])


def drop(chance, payload, corpus):
    return []


def renumber(chance, payload, corpus):
    known = [*range(1, 8), 20, 21, 30, 31, *range(50, 67), *range(80, 101)]
    number = chance.choice([chance.randrange(256), *known])
    return [bytes([number]) + payload[1:]]


def insert(chance, payload, corpus):
    return [chance.choice(corpus), payload]


def append(chance, payload, corpus):
    return [payload, chance.choice(corpus)]


def replace(chance, payload, corpus):
    return [chance.choice(corpus)]


def splice(chance, payload, corpus):
    other = chance.choice(corpus)
    return [payload[:chance.randint(1, len(payload))] + other[chance.randrange(len(other)):]]


def invent(chance, payload, corpus):
    return [chance.randbytes(chance.randint(1, 200)), payload]


WAYS = [flip, flip, overwrite, lengths, lengths, shorten, lengthen,
    repeat, drop, renumber, insert, append, replace, splice, invent]


@dataclasses.dataclass
class Case:
    """What is spoilt: by the packet's number."""

    seed: int
    number: int

    def __post_init__(self):
        chance = random.Random(f"{self.seed}:{self.number}")
        self.conversation = chance.choice(CONVERSATIONS)
        self.cipher = chance.choice(list(CIPHERS))
        self.strict = chance.random() < 0.8
        self.chance = chance
        self.held = []

    def prepare(self, transcripts):
        """The packets to spoil, once it is known how many there are."""
        self.corpus = [payload for transcript in transcripts.values() for payload in transcript]
        packets = len(transcripts[self.conversation])
        # Most cases leave the key exchange alone: whatever is wrong there ends them.
        first = 0 if self.chance.random() < 0.2 else 3
        count = self.chance.choice([1, 1, 2, 3])
        self.places = {self.chance.randrange(first, packets): self.chance.choice(WAYS) for _ in range(count)}
        self.moved = self.chance.randrange(first, packets) if self.chance.random() < 0.15 else None
        self.cut = self.chance.randrange(packets) if self.chance.random() < 0.15 else None

    def outgoing(self, at, payload):
        if at == self.cut:
            raise Cut
        payloads = self.places[at](self.chance, payload, self.corpus) if at in self.places else [payload]
        if at == self.moved:
            self.held, payloads = payloads, []
        elif self.held:
            payloads, self.held = payloads + self.held, []
        return payloads

    def __str__(self):
        ways = {at: way.__name__ for at, way in sorted(self.places.items())}
        what = f"{self.conversation.__name__}, {self.cipher}, {ways}, cut {self.cut}, moved {self.moved}"
        return f"--seed {self.seed} --case {self.number} ({what})"


class Fuzzer:
    """`ssh` is a ServerUnderTest."""

    def __init__(self, ssh, memory_limit):
        self.ssh = ssh
        self.key = ssh.key
        self.memory_limit = memory_limit
        self.ports = {}
        self.problems = []
        self.transcripts = {conversation: self.record(conversation) for conversation in CONVERSATIONS}

    def record(self, conversation):
        with RawClient(self.ssh.address, timeout=1) as client:
            client.handshake()
            lead(client, conversation, self.key)
            return client.sent

    def run(self, case):
        case.prepare(self.transcripts)
        with RawClient(self.ssh.address, cipher=case.cipher, strict=case.strict, timeout=5) as client:
            self.ports[client.socket.getsockname()[1]] = case
            client.outgoing = case.outgoing
            client.socket.settimeout(PATIENCE)
            try:
                client.handshake()
                lead(client, case.conversation, self.key)
            except (Cut, Ended, *LOST):
                pass
            except OSError:
                pass
            except Exception as error:  # noqa: BLE001: the client's own confusion is no finding, but is to be seen
                if type(error).__module__.startswith("cryptography"):
                    return
                raise
            if case.number % 8 == 0 and (memory := self.ssh.memory()) > self.memory_limit:
                self.problems.append(f"{memory:.0f} MB in a connection at {case}")

    def go(self, seed, numbers, workers=3, log=None):
        """Runs the cases; `problems` tells afterwards what was found."""
        position = self.ssh.server.log.stat().st_size if hasattr(self.ssh.server, "log") else 0
        waiting = iter(numbers)
        lock = threading.Lock()

        def work():
            while True:
                with lock:
                    number = next(waiting, None)
                if number is None:
                    return
                case = Case(seed, number)
                try:
                    self.run(case)
                except ConnectionRefusedError:
                    self.problems.append(f"nobody listens at {case}")
                    return
                except Exception as error:  # noqa: BLE001
                    self.problems.append(f"the fuzzer itself: {error!r} at {case}")

        threads = [threading.Thread(target=work) for _ in range(workers)]
        [thread.start() for thread in threads]
        [thread.join() for thread in threads]
        if not processes.eventually(lambda: not self.ssh.serving(), 10, 0.1):
            self.problems.append(f"connections are left: {self.ssh.serving()}")
        if not processes.eventually(lambda: not self.ssh.gateway.running(), 5):
            self.problems.append(f"commands are left: {self.ssh.gateway.running()}")
        if hasattr(self.ssh.server, "log"):
            self.look_for_crashes(position)
        return self.problems

    def look_for_crashes(self, position):
        """The listener names the port of a session that ended by a signal."""
        with open(self.ssh.server.log, "rb") as log:
            log.seek(position)
            for line in log.read().decode("utf-8", "replace").splitlines():
                if "crashed:" in line or "ended strangely" in line:
                    port = re.search(r"port (\d+)", line)
                    self.problems.append(
                        f"{line.strip()} at {self.ports.get(int(port[1])) if port else 'an unknown case'}")


def main():
    parser = argparse.ArgumentParser(prog="scripts/fuzz ssh")
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--count", type=int, default=20_000)
    parser.add_argument("--case", type=int)
    options = parser.parse_args()
    from grounds import prepare_grounds
    from policy_for_tests import add_test_policy
    from private_gateway import Gateway
    from ssh_under_test import MEMORY, started

    with Gateway() as gateway:
        prepare_grounds(gateway)
        add_test_policy(gateway)
        gateway.broker.start()
        with started(gateway) as ssh:
            fuzzer = Fuzzer(ssh, MEMORY)
            begin, step = (options.case, 1) if options.case is not None else (0, 500)
            end = begin + 1 if options.case is not None else options.count
            print(f"fuzz: seed {options.seed}, cases {begin} to {end - 1}", flush=True)
            for first in range(begin, end, step):
                problems = fuzzer.go(options.seed, range(first, min(first + step, end)))
                print(f"fuzz: {min(first + step, end)} cases, {len(problems)} problems", flush=True)
                if problems:
                    sys.exit("\n".join(problems))


if __name__ == "__main__":
    main()
