"""Programs that are nested as deep as their parsers allow, and deeper, are judged on half the stack that a call has: whoever
nests them cannot end the broker."""

import pathlib
import re
import resource
import subprocess

import pytest

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
CALL_STACK = 1 << 20
POLICY = """
secrets: [{path: /s, reason: r}]
commands:
  jq: {exec: /usr/bin/jq, about: a, separator: false, operands: ["jq-filter"], allow: [jq .], deny: [jq env]}
  awk: {exec: /usr/bin/mawk, about: a, operands: ["awk-program"], allow: ["awk 1"], deny: ["awk 'BEGIN{system(1)}'"]}
  sed: {exec: /usr/bin/sed, about: a, operands: ["sed-script"], allow: [sed p], deny: [sed e]}
"""
#: What opens a level, what closes it, and what stands innermost.
LEVELS = [
    ("(", ")", "1"), ("[", "]", "1"), ("{", "}", "p"), ("-", "", "1"), ("$", "", "1"), ("!", "", "1"), ("{a:", "}", "1"),
    ("if 1 then ", " else . end", "."), ("try ", "", "."), ('"\\(', ')"', "."), (".[", "]", "0"), ("1 + ", "", "1"),
    ("reduce . as $x (", "; .)", "."), ("def f: ", "; .", "."), (". | ", "", "."), (". as $x | ", "", "."),
    ("if (1) ", "", "print"), ("while (1) {", "}", "x"), ("a[", "]", "1"), ("f(", ")", "1"), ("1 ? ", " : 1", "1"),
]


@pytest.fixture(scope="module")
def policy(tmp_path_factory):
    directory = tmp_path_factory.mktemp("policy")
    (directory / "a.yaml").write_text(POLICY)
    (directory / "a.yaml").chmod(0o644)
    return directory


def status(policy, line):
    def limit():
        resource.setrlimit(resource.RLIMIT_STACK, (CALL_STACK // 2, CALL_STACK // 2))

    words = [REPOSITORY / "out/bin/keyhole", "policy", "explain", "--policy", policy, line]
    return subprocess.run(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, preexec_fn=limit).returncode


def test_the_stack_is_the_one_that_the_broker_gives():
    source = (REPOSITORY / "Sources/Gateway/Broker/RequestPath.swift").read_text()
    assert re.search(r"static let stackSize = 1 << 20\n", source)


@pytest.mark.parametrize("opening, closing, inner", LEVELS)
@pytest.mark.parametrize("form", ["jq '%s'", "awk '{ x = %s }'", "awk '{ %s }'", "sed '%s'"])
def test_a_program_is_read_to_its_end_however_deep(policy, form, opening, closing, inner):
    for depth in (20, 90, 100, 150):
        line = form % (opening * depth + inner + closing * depth)
        if len(line) <= 3900:
            assert status(policy, line) in (0, 126)
