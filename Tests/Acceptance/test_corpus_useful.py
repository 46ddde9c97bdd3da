"""What people and agents type is allowed by the policy that ships, and where it is not, the refusal names what is."""

import re

import pytest

import corpora
from corpus_judge import commands, judge

LINES = corpora.useful()
INSTEAD = corpora.instead()
REFUSED = [typed for typed in LINES + INSTEAD if typed.then]
ENOUGH = 0.95
BUILT_IN = {"help", "whoami", "targets", "explain", "true", "false", "echo", "which", "command", "cd"}
# What stands for a value in a hint.
PLACEHOLDERS = {
    "UNIT": "nginx", "FILE": "/var/log/syslog", "DIR": "/var/log", "DIRECTORY": "/var/log", "PATH": "/var/log",
    "N": "5", "NAME": "nginx", "PID": "1", "USER": "root", "PATTERN": "error", "ADDRESS": "1.1.1.1", "PACKAGE": "nginx",
}


@pytest.fixture(scope="module")
def judged():
    return judge([typed.line for typed in LINES + INSTEAD] + [typed.then for typed in REFUSED])


def test_the_corpus_is_large_and_has_each_line_once():
    lines = [typed.line for typed in LINES + INSTEAD]
    assert len(LINES) >= 320 and len(lines) == len(set(lines))


def test_nearly_all_that_is_typed_is_allowed(judged, capsys):
    refused = [typed for typed in LINES if not judged[typed.line].allowed]
    share = 1 - len(refused) / len(LINES)
    with_instead = (len(LINES) - len(refused)) / (len(LINES) + len(INSTEAD))
    with capsys.disabled():
        print(f"\n{share:.1%} of {len(LINES)} useful lines are allowed;", end=" ")
        print(f"with the {len(INSTEAD)} that no policy could allow {with_instead:.1%}")
        for typed in refused:
            print(f"  {typed.line}\n      {judged[typed.line].reason}; hint: {judged[typed.line].hint}")
    assert share >= ENOUGH


def test_the_corpus_knows_what_is_refused(judged):
    """So that a line which the policy refuses all at once is noticed, whatever the share."""
    refused = {typed.line for typed in LINES + INSTEAD if not judged[typed.line].allowed}
    assert refused == {typed.line for typed in REFUSED}


@pytest.mark.parametrize("typed", REFUSED, ids=str)
def test_a_refusal_leads_to_a_line_that_is_allowed(judged, typed):
    refusal = judged[typed.line]
    assert not refusal.allowed and typed.hint and typed.hint in refusal.hint
    assert judged[typed.then].allowed, judged[typed.then]


def test_what_a_hint_names_is_allowed(judged):
    """Commands that stand in backquotes, with their placeholders filled in; what `…` leaves out is the caller's."""
    known = BUILT_IN | commands()
    named = {}
    for typed in REFUSED:
        for text in re.findall(r"`([^`]+)`", judged[typed.line].hint):
            words = text.split()
            if len(words) > 1 and words[0] in known and "…" not in text:
                filled = " ".join(PLACEHOLDERS.get(word, word.replace("/PID/", "/1/")) for word in words)
                named[filled] = typed.line
    verdicts = judge(named)
    assert {line: typed for line, typed in named.items() if not verdicts[line].allowed} == {}
