"""Makes one system call of a running Keyhole process fail, with strace(1), and tells what became of the call."""

import contextlib
import dataclasses
import errno
import os
import platform
import re
import signal
import subprocess

from private_gateway import Result, processes

# recvmsg(2): what an executor without a call sleeps in.
RECEIVING = {"x86_64": "47 ", "aarch64": "212 "}[platform.machine()]
POOL = 2


def children(parent):
    """The children of a process, oldest first: pid and state as in proc(5)."""
    found = []
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            with contextlib.suppress(OSError):
                fields = open(f"/proc/{entry}/stat").read().rpartition(")")[2].split()
                if int(fields[1]) == parent:
                    found.append((int(fields[19]), int(entry), fields[0]))
    return [(pid, state) for _, pid, state in sorted(found)]


def sleeps_until_a_call_comes(pid):
    with contextlib.suppress(OSError):
        return open(f"/proc/{pid}/syscall").read().startswith(RECEIVING)
    return False


@dataclasses.dataclass
class Faulted:
    """A call, and the system calls of the process that was watched during it, those that were made to fail included."""

    result: Result
    trace: list

    @property
    def fault(self):
        """Where in the trace the first failure is; None when there is none."""
        return next((at for at, line in enumerate(self.trace) if line.endswith("(INJECTED)")), None)

    @property
    def came_before_a_command(self):
        return self.fault is not None and not any(re.search(r"\bclone\(", line) for line in self.trace[:self.fault])


def place(trace, call, at):
    """The number of a call among those of its name: the "first", the "second", the "last before the launch", the
    "last", or the first at or after a line with that text ("TEXT > MORE": with MORE, at or after one with TEXT).

    How often some are made depends on time, so that the last may not come.
    """
    mine = [number for number, line in enumerate(trace) if re.match(rf"{call}\(", line)]
    launch = next((number for number, line in enumerate(trace) if line.startswith("clone(")), len(trace))
    begin = 0
    if at.startswith("last"):
        mine = [number for number in mine if number < launch or at == "last"][-1:]
    elif at == "second":
        mine = mine[1:]
    elif at != "first":
        for text in at.split(" > "):
            # The plan that is read names every path.
            matches = (number for number, line in enumerate(trace) if text in line and not line.startswith("read("))
            begin = next((number for number in matches if number >= begin), None)
            assert begin is not None, f"nothing has to do with {text}"
    found = next((number for number in mine if number >= begin), None)
    assert found is not None, f"{call} is not made: {at}"
    return sum(re.match(rf"{call}\(", line) is not None for line in trace[:found + 1])


class FaultInjector:
    """Attaches strace to the broker, or to the executor that takes the next call."""

    def __init__(self, gateway, log):
        self.gateway = gateway
        self.log = log
        self._traces = {}

    @property
    def broker(self):
        return self.gateway.broker.process.pid

    def waiting(self):
        """The executors of the pool, when it is full and all of them wait. It hands out the last one first."""
        alive = lambda: [pid for pid, state in children(self.broker) if state != "Z"]
        full = lambda: len(alive()) == POOL and all(map(sleeps_until_a_call_comes, alive()))
        assert processes.eventually(full, 5, 0.005), f"the executors are not ready: {children(self.broker)}"
        return alive()

    def empty_the_pool(self):
        for pid in self.waiting():
            os.kill(pid, signal.SIGKILL)

    def fill_the_pool(self):
        """Calls push out the executors that have ended while they waited."""
        for _ in range(POOL):
            self.gateway.call("true")
        self.waiting()

    @contextlib.contextmanager
    def attached(self, pid, *options):
        self.log.write_text("")
        tracer = subprocess.Popen(
            ["strace", "-q", "-s", "200", "-o", self.log, *options, "-p", str(pid)],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            traced = lambda: re.search(r"TracerPid:\t[1-9]", open(f"/proc/{pid}/status").read())
            assert processes.eventually(traced, 5, 0.002), "strace does not attach"
            yield tracer
        finally:
            # SIGTERM makes it let go of one process after the other, and wait for one that waits for another (vfork).
            tracer.kill()
            tracer.wait()

    def _call(self, line, tracer):
        client = self.gateway.begin(line, stdin=subprocess.DEVNULL)
        try:
            out, err = client.communicate(timeout=1.5)
        except subprocess.TimeoutExpired:
            # The first process of a pid namespace does not die of a trap while it is traced.
            tracer.kill()
            out, err = client.communicate(timeout=10)
        finally:
            client.kill()
        return Result(client.returncode, out, err)

    def trace(self, line):
        """The system calls of the process that supervises the line, when nothing fails."""
        if line not in self._traces:
            with self.attached(self.waiting()[-1]) as tracer:
                result = self._call(line, tracer)
            self._traces[line] = Faulted(result, self.log.read_text().splitlines())
        return self._traces[line]

    def in_executor(self, line, call, error, at="first"):
        """Runs the line; one system call of the process that supervises it fails."""
        when = place(self.trace(line).trace, call, at)
        return self._with(self.waiting()[-1], line, f"{call}:error={error}:when={when}")

    def in_child(self, line, call, error, when=1):
        """The same for the supervisor's child between clone and exec, with a call that only the child makes."""
        return self._with(self.waiting()[-1], line, f"{call}:error={error}:when={when}", "-f")

    def in_broker(self, line, call, error, when="1", *, starts_executor=False):
        """The same for each thread of the broker, and for each executor that it starts meanwhile."""
        if starts_executor:
            self.empty_the_pool()
        else:
            self.waiting()
        return self._with(self.broker, line, f"{call}:error={error}:when={when}", "-f")

    def fail_while_waiting(self, call, error):
        """The executor that would take the next call ends over this failure."""
        subprocess.run(
            ["strace", "-q", "-o", self.log, "-e", f"inject={call}:error={error}", "-p", str(self.waiting()[-1])],
            stdin=subprocess.DEVNULL, timeout=5)
        assert "(INJECTED)" in self.log.read_text()

    def _with(self, pid, line, inject, *options):
        with self.attached(pid, *options, "-e", f"inject={inject}") as tracer:
            result = self._call(line, tracer)
        return Faulted(result, [re.sub(r"^\d+ +", "", line) for line in self.log.read_text().splitlines()])


def words_for(error):
    return os.strerror(getattr(errno, error))
