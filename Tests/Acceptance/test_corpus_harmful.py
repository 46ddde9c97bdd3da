"""Every attack is refused by the policy that ships, by the rule that is meant; what may run, test_corpus_harmless.py runs."""

import json
import re
import string

import pytest

import corpora
from corpus_judge import commands, contents, copied_policy, judge

ATTACKS = corpora.attacks()
REFUSED = [attack for attack in ATTACKS if not attack.is_harmless]
HARMLESS = [attack for attack in ATTACKS if attack.is_harmless]

# What must be tried, and a line that tries it.
MUST_BE_TRIED = {
    "abbreviated long option": r"journalctl --vac=", "abbreviated verb": r"ip a a ", "bundled short options": r"dmesg -Tc",
    "-oFILE": r"sort -o/", "--o=F": r"sort --o=", "option after operands": r"sort /etc/hosts -o", "--": r"uniq -- ",
    "dangerous second operand": r"uniq /etc/hosts /tmp/out", "date MMDDhhmm": r"date \d{8}$", "hostname NAME": r"hostname evil",
    "sysctl k=v": r"sysctl vm\.swappiness=1", "sort --compress-program": r"sort --compress-program=", "find -exec": r"find .*-exec ",
    "find -ok": r"find .*-ok ", "find -delete": r"find .*-delete", "find -fprintf": r"find .*-fprintf", "find -fls": r"find .*-fls",
    "find -files0-from": r"find .*-files0-from", "grep -f": r"grep -f /", "file -f": r"file -f", "file -m": r"file -m",
    "du --files0-from": r"du --files0-from", "date -f": r"date -f", "ss -F": r"ss -F", "ss -K": r"ss -K", "ss -E": r"ss -E",
    "ip -batch": r"ip -batch", "ip netns exec": r"ip netns exec", "nft -f": r"nft -f", "dmesg -c": r"dmesg -c", "dmesg -n": r"dmesg -n",
    "dmesg -C": r"dmesg -C", "journalctl --vacuum": r"journalctl --vacuum-size", "journalctl --rotate": r"journalctl --rotate",
    "journalctl --flush": r"journalctl --flush", "journalctl --cursor-file": r"journalctl --cursor-file",
    "journalctl --file": r"journalctl --file", "journalctl --directory": r"journalctl --directory",
    "journalctl --root": r"journalctl --root", "journalctl -M": r"journalctl -M", "systemctl -H": r"systemctl -H",
    "systemctl -M": r"systemctl -M", "systemctl edit": r"systemctl edit", "systemctl log-level": r"systemctl log-level",
    "tar -I": r"tar .*-I", "tar --to-command": r"tar .*--to-command", "tar --checkpoint-action": r"tar .*--checkpoint-action",
    "tar -x": r"tar -x", "git -c": r"git -c ", "git -p": r"git -p ", "git --ext-diff": r"git .*--ext-diff",
    "git --output": r"git .*--output", "curl -K": r"curl -K", "curl -o": r"curl -o", "curl -T": r"curl -T", "pager": r"more /",
    "man": r"man ", "less": r"less ", "env CMD": r"env id", "nice": r"nice ", "timeout": r"timeout ", "xargs": r"xargs ",
    "busybox": r"busybox ", "wrapper": r"nohup ", "look-alike name": r"catt ", "environment smuggling": r"LD_PRELOAD=",
    "Unicode look-alike": "^\u0441at ", "nested quoting": r"sh -c 'sh -c", "sed w": r"sed 'w ", "sed e": r"sed -n '1e",
    "sed r": r"sed 'r ", "sed W": r"sed 'W ", "sed R": r"sed 'R ", "sed s///e": r"sed 's/.*/e'", "sed s///w": r"sed 's/.*/w ",
    "sed -i": r"sed -i", "sed -f": r"sed -f", "awk system": r"awk .*system\(", "awk getline": r"awk .*getline",
    "awk pipe": r'awk .*print \| "', "awk redirection": r"awk .*print >", "awk printf >": r"awk .*printf .* > ", "awk -f": r"awk -f",
    "awk ENVIRON": r"awk .*ENVIRON", "awk ARGV": r"awk .*ARGV", "awk @load": r"awk .*@load", "jq env": r"jq -n env",
    "jq $ENV": r"jq -n '\$ENV", "jq input": r"jq -n input", "jq import": r"jq .*import", "jq -L": r"jq -L", "jq --rawfile": r"--rawfile",
    "docker run": r"docker run", "docker exec": r"docker exec", "docker cp": r"docker cp", "docker inspect env": r"docker inspect .*Env",
    "podman": r"podman run", "openssl -out": r"openssl .*-out", "openssl -signkey": r"openssl .*-signkey",
    "openssl s_client": r"openssl s_client", "psql": r"psql ", "mysql": r"mysql ", "redis-cli CONFIG": r"redis-cli CONFIG",
    "redis-cli EVAL": r"redis-cli EVAL", "nginx -s": r"nginx -s", "nginx -T": r"nginx -T", "virsh destroy": r"virsh destroy",
    "virsh dumpxml": r"virsh dumpxml", "dpkg -i": r"dpkg -i", "apt install": r"apt install", "rpm -e": r"rpm -e", "rpm --eval": r"rpm --eval",
    "rpm --pipe": r"rpm .*--pipe", "unzip": r"unzip /", "dd of=": r"dd of=",
}


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


@pytest.mark.parametrize("name, expression", MUST_BE_TRIED.items(), ids=MUST_BE_TRIED)
def test_a_known_way_is_tried(name, expression):
    assert [attack for attack in REFUSED if re.search(expression, attack.line)]


def test_every_command_of_the_policy_is_attacked():
    attacked = {stage.split(" ")[0] for attack in ATTACKS for stage in re.split(r" \| | && |; ", attack.line)}
    assert commands() - attacked == set()


@pytest.mark.parametrize("name", ["sort", "find", "journalctl", "ip", "dmesg", "date", "systemctl"])
def test_a_rule_that_is_too_wide_is_noticed(tmp_path, name):
    """With a rule that takes any word and every short option, attacks on that command are allowed, and the tests above say so."""
    policy = copied_policy(tmp_path)
    for path in policy.glob("**/*.yaml"):
        wide = contents(path)
        if rule := (wide.get("commands") or {}).get(name):
            letters = string.ascii_letters
            wide["commands"][name] = {
                "exec": rule["exec"], "about": rule["about"], "arguments": "getopt", "operands": ["word /.*/*"],
                "options": {f"-{letter}": "flag, repeated" for letter in letters}, "allow": [name], "deny": [f"{name} ; $x"]}
            path.write_text(json.dumps(wide))
    aimed = [attack for attack in REFUSED if attack.verdict == name]
    verdicts = judge((attack.line for attack in aimed), policy)
    assert len([attack for attack in aimed if verdicts[attack.line].allowed]) >= 5
