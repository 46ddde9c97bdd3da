"""System calls of sandboxed commands, from a trace that a private gateway's broker leaves, and the filter's rules."""

import collections
import dataclasses
import errno
import json
import re
import subprocess
import threading
import time

#: Whose calls are not a command's: those outside the sandbox.
OURS = {"keyhole-broker", "keyhole-exec", "strace"}

# Every argument is a number: strace's raw=all.
ENTRY = re.compile(r"(\d+)<(.*?)> (\w+)\(([\w, ]*)(?:\)\s+= (.*)| <unfinished \.\.\.>)$")
RESUMED = re.compile(r"(\d+)<(.*?)> <\.\.\. (\w+) resumed>.*?\)\s+= (.*)$")


@dataclasses.dataclass(frozen=True)
class Test:
    argument: int
    value: int
    mask: int = (1 << 64) - 1

    def holds(self, arguments):
        return len(arguments) > self.argument and arguments[self.argument] & self.mask == self.value


@dataclasses.dataclass(frozen=True)
class Rule:
    """One call of one of the filter's rules."""

    call: str
    action: str
    tests: tuple
    reason: str
    features: tuple

    def __str__(self):
        return f"{self.call:18} {self.verb:14} {self.reason}"

    @property
    def error(self):
        """The number of the error with which it refuses; None when it does not."""
        return int(self.action) if self.action.isdigit() and self.action != "0" else None

    @property
    def verb(self):
        if self.action == "0":
            return "pretend"
        return f"refuse {errno.errorcode[self.error]}" if self.error else self.action

    def covers(self, call):
        return self.call == call.name and all(test.holds(call.arguments) for test in self.tests)


def rules(program):
    """The filter's own list: what the program filter-rules prints."""
    found = []
    for line in subprocess.run([program], capture_output=True, text=True, check=True).stdout.splitlines():
        row = json.loads(line)
        tests = tuple(Test(**test) for test in row["tests"])
        found += [Rule(call, row["action"], tests, row["reason"], tuple(row["features"])) for call in row["calls"]]
    return found


@dataclasses.dataclass(frozen=True)
class Call:
    """A system call that a command made. `error` is its number, 0 when it succeeded or never returned."""

    command: str
    name: str
    arguments: tuple
    error: int


class Traces:
    """Reads the traces of brokers while they are written: give `folder` to the brokers as KEYHOLE_TRACE.

    Every call is counted under the subject that is set at that time, such as the line that runs.
    """

    def __init__(self, folder, rules):
        self.folder = folder
        self.subject = ""
        #: How often each rule was met, and by which subjects. What no rule lists stands there by name and arguments.
        self.met = collections.Counter()
        self.subjects = collections.defaultdict(dict)
        self.commands = set()
        self.last = time.monotonic()
        self._rules = collections.defaultdict(list)
        for rule in rules:
            self._rules[rule.call].append(rule)
        folder.mkdir(mode=0o700)
        threading.Thread(target=self._watch, daemon=True).start()

    def settle(self, quiet=0.15, patience=20):
        """Waits until nothing more comes."""
        end = time.monotonic() + patience
        while time.monotonic() < end and time.monotonic() - self.last < quiet:
            time.sleep(quiet / 3)

    def _watch(self):
        seen = set()
        while True:
            for pipe in set(self.folder.iterdir()) - seen:
                seen.add(pipe)
                threading.Thread(target=Trace(pipe, self).read, daemon=True).start()
            time.sleep(0.02)

    def count(self, call):
        rule = self._rule(call)
        if rule is None:
            tested = {test.argument for rule in self._rules[call.name] for test in rule.tests}
            given = tuple((place, call.arguments[place]) for place in sorted(tested) if place < len(call.arguments))
            rule = (call.name, given)
        self.met[rule] += 1
        self.commands.add(call.command)
        self.subjects[rule].setdefault(self.subject or call.command)

    def _rule(self, call):
        """The rule that this call met. Where one feature allows what is refused without it, the result tells."""
        covering = [rule for rule in self._rules[call.name] if rule.covers(call)]
        refusing = [rule for rule in covering if rule.error and rule.error == call.error]
        letting = [rule for rule in covering if not rule.error]
        return (refusing or letting or covering or [None])[0]


class Trace:
    """One broker's trace: which calls in it are those of commands."""

    def __init__(self, pipe, traces):
        self._pipe = pipe
        self._traces = traces
        self._confined = set()
        self._unfinished = {}

    def read(self):
        """Returns when the broker and all below it have ended."""
        with open(self._pipe, errors="replace") as trace:
            for line in trace:
                self._traces.last = time.monotonic()
                self._line(line.rstrip("\n"))

    def _line(self, line):
        pid, _, other = line.partition("<")
        if other.startswith("keyhole-broker>"):
            self._confined.discard(pid)
        elif match := ENTRY.match(line):
            pid, command, name, words, result = match.groups()
            arguments = tuple(int(word, 0) for word in words.split(", ")) if words else ()
            if result is None:
                self._unfinished[pid] = arguments
            else:
                self._call(pid, command, name, arguments, result)
        elif match := RESUMED.match(line):
            pid, command, name, result = match.groups()
            if pid in self._unfinished:
                self._call(pid, command, name, self._unfinished.pop(pid), result)

    def _call(self, pid, command, name, arguments, result):
        if name == "seccomp" and arguments[0] == 1 and not result.startswith("-1"):
            # The launcher, once it has the filter, is held like the command that it becomes.
            self._confined.add(pid)
            return
        if command in OURS and pid not in self._confined:
            return
        if name in ("exit", "exit_group") or name == "execveat" and result == "0":
            self._confined.discard(pid)
        word = result.split()[1] if result.startswith("-1 ") else ""
        self._traces.count(Call(command, name, arguments, getattr(errno, word, 0)))
