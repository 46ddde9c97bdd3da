"""Every attack is refused by the policy that ships, by the rule that is meant.

What the policy allows stands here as harmless, and test_corpus_harmless.py runs it.
"""

import json
import re
import string

import pytest

import corpora
from corpus_judge import commands, contents, copied_policy, judge

ATTACKS = corpora.attacks()
REFUSED = [attack for attack in ATTACKS if not attack.is_harmless]
HARMLESS = [attack for attack in ATTACKS if attack.is_harmless]

@pytest.fixture(scope="module")
def judged():
    return judge(attack.line for attack in ATTACKS)


@pytest.mark.parametrize("attack", REFUSED, ids=str)
def test_an_attack_is_refused_by_the_rule_that_is_meant(judged, attack):
    verdict = judged[attack.line]
    assert not verdict.allowed, f"{attack.how}: allowed"
    assert verdict.rule == attack.verdict, f"{attack.how}: {verdict.reason}"


@pytest.mark.parametrize("attack", HARMLESS, ids=str)
def test_what_counts_as_harmless_may_run(judged, attack):
    """Else it should be among those that are refused: what is proven must be what ships."""
    assert judged[attack.line].allowed, judged[attack.line]


def test_the_corpus_has_every_harm_and_each_line_once():
    lines = [attack.line for attack in ATTACKS]
    assert len(lines) >= 450 and len(lines) == len(set(lines))
    assert {attack.harm for attack in ATTACKS} == set(corpora.HARMS)
    assert {attack.ending for attack in HARMLESS} <= set(corpora.ENDINGS)
    assert all(attack.how for attack in ATTACKS)


@pytest.mark.parametrize("name, expression", corpora.known_ways(), ids=lambda value: value)
def test_a_known_way_is_tried(name, expression):
    assert [attack for attack in REFUSED if re.search(expression, attack.line)]


def test_every_command_of_the_policy_is_attacked():
    attacked = {stage.split(" ")[0] for attack in ATTACKS for stage in re.split(r" \| | && |; ", attack.line)}
    assert commands() - attacked == set()


@pytest.mark.parametrize("name", ["sort", "find", "journalctl", "ip", "dmesg", "date", "systemctl"])
def test_a_rule_that_is_too_wide_is_noticed(tmp_path, name):
    """With any word and every short option taken, attacks on a command are allowed, and the tests above say so."""
    policy = copied_policy(tmp_path)
    for path in policy.glob("**/*.yaml"):
        wide = contents(path)
        if rule := (wide.get("commands") or {}).get(name):
            letters = string.ascii_letters
            wide["commands"][name] = {
                "exec": rule["exec"], "about": rule["about"], "arguments": "getopt", "operands": ["word /.*/*"],
                "options": {f"-{letter}": "flag, repeated" for letter in letters},
                "allow": [name], "deny": [f"{name} ; $x"]}
            path.write_text(json.dumps(wide))
    aimed = [attack for attack in REFUSED if attack.verdict == name]
    verdicts = judge((attack.line for attack in aimed), policy)
    assert len([attack for attack in aimed if verdicts[attack.line].allowed]) >= 5
