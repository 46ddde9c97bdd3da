"""A sample of the attacks through the real ssh client: what the policy says on its own is what the gateway does."""

import pytest

import corpora

SAMPLE_SIZE = 80
# Names that the tests' own policy has.
ELSEWHERE = ("sleep", "script")


def sample():
    """Every so many of all attacks, so that each theme has its part."""
    refused = [attack for attack in corpora.attacks() if not attack.is_harmless]
    refused = [attack for attack in refused if not attack.line.startswith(ELSEWHERE)]
    return refused[:: len(refused) // SAMPLE_SIZE]


def test_the_sample_is_large_and_has_all_themes():
    themes = {attack.theme for attack in corpora.attacks()} - {"sandbox"}
    assert len(sample()) >= 60 and {attack.theme for attack in sample()} >= themes


@pytest.mark.parametrize("attack", sample(), ids=str)
def test_an_attack_runs_nothing_and_is_recorded_once(call, recorded, attack):
    status, out, err = call(attack.line)
    assert status in (126, 127) and out == "" and err.startswith("keyhole: ")
    (decision,) = recorded("decision")
    assert decision.verdict == "refused" and decision.res == "failed"
    assert recorded("end", count=0) == []


@pytest.mark.parametrize("line", [
    b"echo \xff\xfe", b"cat /etc/\xc0\xae\xc0\xae/shadow", b"cat \xed\xa0\x80", b"cat '/etc/hosts\xf4\x90\x80\x80'",
    b"echo a\nid", b"echo a\rid", b"\xef\xbb\xbfcat /etc/hosts",
], ids=repr)
def test_bytes_that_are_no_text_run_nothing_and_are_recorded_once(call, recorded, line):
    status, out, err = call(line)
    assert status == 126 and out == "" and err.startswith("keyhole: ")
    (decision,) = recorded("decision")
    assert decision.verdict == "refused"
