"""One attack, first where it works and then inside the sandbox.

KEYHOLE_TEST_SCALE says how many times slower than usual this machine is: limits of time grow by it, and
what is repeated to win a race is repeated less often.
"""

import dataclasses
import os
import subprocess

import pytest

from grounds import GROUNDS

SCALE = max(1.0, float(os.environ.get("KEYHOLE_TEST_SCALE", "1")))
# A user of our own, so that an attack on everything that is the user's finds nobody else's.
ATTACKER = 1_700_000_000 + os.getpid()


def scaled(seconds):
    return round(seconds * SCALE)


def fewer(turns):
    return max(1, round(turns / SCALE))


@dataclasses.dataclass
class Outcome:
    """`text` is what the attack got, or the error that it met."""

    worked: bool
    text: str
    whole: str

    @classmethod
    def of(cls, output, error=""):
        lines = [line for line in output.splitlines() if line.startswith(("ok", "failed"))]
        word, _, text = lines[-1].partition(": ") if lines else ("died", "", "")
        return cls(word == "ok", text, output + error)

    def numbers(self):
        return {name: int(value) for name, _, value in (word.partition("=") for word in self.text.split())}


def as_user(user):
    return [] if user == 0 else ["setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups"]


def line_of(name, *words, command="attack"):
    return " ".join([command, name, *(f"'{word}'" for word in words)])


def outside(name, *words, root=False, before=(), timeout=60, **options):
    """The attack without Keyhole: as an ordinary user of the host, or as root where only root could."""
    done = subprocess.run(
        [*before, *as_user(0 if root else ATTACKER), GROUNDS / "attacks", name, *map(str, words)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, errors="replace", timeout=scaled(timeout),
        start_new_session=True, **({"stdin": subprocess.DEVNULL} | options))
    return Outcome.of(done.stdout, done.stderr)


def inside(call, name, *words, command="attack", **options):
    result = call(line_of(name, *words, command=command), timeout=scaled(90), **options)
    return Outcome.of(result.out, result.err)


def refused(call, name, *words, root=False, command="attack", error=None, before=(), optional=False, **options):
    """Asserts that the attack works outside and not inside; returns what came of it inside.

    With `optional`, a kernel on which it does not work at all proves nothing: the test is skipped.
    """
    there = inside(call, name, *words, command=command)
    assert not there.worked, there.whole
    if error:
        assert there.text == error, there.whole
    here = outside(name, *words, root=root, before=before, **options)
    if optional and not here.worked:
        pytest.skip(f"not here either: {here.text or 'the process was killed'}")
    assert here.worked, f"proves nothing, since it does not work outside: {here.whole}"
    return there
