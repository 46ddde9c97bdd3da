"""`keyhole policy learn`: the narrowest rules for what was refused, proven, and never installed."""

import hashlib
import json
import os
import re
import subprocess

import corpora
import pytest
import yaml
from audit_log import NOON, AuditLog
from learning import learn, proposals, reasons
from policy_tools import folder, has_no_control_bytes, policy_command, shipped, small_policy  # noqa: F401


@pytest.fixture
def place(folder):
    return folder()


@pytest.mark.parametrize(
    "lines, expected",
    [
        (["show -b"], [("option", "show", "-b: flag")]),
        (["show -bn /etc/hosts"], [("option", "show", "-b: flag")]),
        (["show --width=80", "show --width=100 x"], [("option", "show", "--width: count 80..100")]),
        (["show --since=10s"], [("option", "show", "--since: duration")]),
        (["show --ip=192.0.2.1/24"], [("option", "show", "--ip: address")]),
        (["show --mode=fast", "show --mode=slow"], [("option", "show", "--mode: one of [fast, slow]")]),
        (["show --to-unit=a.service"], [("option", "show", "--to-unit: unit")]),
        (["show --near=/var/x"], [("option", "show", "--near: path")]),
        (["show --tag='a b'"], [("option", "show", "--tag: word /a b/")]),
        (["show -w 80 /etc/hosts"], [("option", "show", "-w: count 80..80")]),
        (["show -b -c"], [("option", "show", "-b: flag"), ("option", "show", "-c: flag")]),
        (["units status -n 500 x"], [("option", "units", "-n: count 0..500")]),
        (["first --by=word"], [("option", "first", "--by: optional one of [line, byte, word]")]),
        (["first -q -q"], [("option", "first", "-q: flag, repeated")]),
        (["units status nginx --deep"], [("option", "units", "--deep: flag")]),
        (
            ["units depends nginx.service"],
            [("verb", "units", "depends: {operands: ['unit?']}"), ("operands", "units", "operands: ['unit?']")],
        ),
        (["lookup neigh"], [("operands", "lookup", "operands: ['one of [addr, link, neigh]', 'word /[a-z]+/?']")]),
        (["lookup addr A1"], [("operands", "lookup", "operands: ['one of [addr, link]', 'word /([a-z]+)|A1/?']")]),
        (["seek /etc -empty"], [("option", "seek", "-empty: flag")]),
    ],
)
def test_the_narrowest_rule_is_proposed(place, lines, expected):
    log = AuditLog()
    for line in lines:
        log.refused(line)
    done = learn(place, log, "--json")
    assert done.status == 0 and proposals(done) == expected, done
    assert done.json["not-proposed"] == [] and done.json["installed"] is False


def test_a_command_that_the_policy_does_not_have_gets_a_skeleton(place):
    log = AuditLog().refused("getconf PAGESIZE").refused("getconf -a").refused("getconf -a | first -n 3")
    done = learn(place, log)
    assert done.status == 0, done
    rule = yaml.safe_load(done.out)["commands"]["getconf"]
    assert rule["exec"] == "/usr/bin/getconf" and rule["options"] == {"-a": "flag"}
    assert rule["operands"] == ["one of [PAGESIZE]?"]
    assert rule["allow"] == ["getconf PAGESIZE", "getconf -a", "getconf -a | first -n 3"]
    assert "read its manual" in done.out


def test_a_command_that_the_role_lacks_gets_the_role_line(place):
    done = learn(place, AuditLog().refused("seek /etc", "watcher"))
    assert yaml.safe_load(done.out)["roles"] == {
        "reader": {"about": "reads files", "commands": ["first", "seek", "show"]}
    }, done


def pasted(place, done, policy):
    """What is proposed, merged into the policy as a person would."""
    found = yaml.safe_load(done.out) or {}
    for name, rule in found.get("commands", {}).items():
        if name not in policy["commands"]:
            policy["commands"][name] = rule
            continue
        merge(policy["commands"][name], rule)
    for name, role in found.get("roles", {}).items():
        policy["roles"][name] = role
    return place.write(policy)


def merge(old, new):
    for option, type in new.get("options", {}).items():
        for known in list(old.setdefault("options", {})):
            if set(known.split(", ")) & set(option.split(", ")):
                del old["options"][known]
        old["options"][option] = type
    if "operands" in new:
        old["operands"] = new["operands"]
    for verb, use in new.get("verbs", {}).items():
        merge(old["verbs"].setdefault(verb, {}), use)


def test_what_is_pasted_allows_what_was_refused(folder):
    lines = [
        "show -b",
        "show --width=80",
        "show --tag='a: b # c'",
        "units status -n 500",
        "first --by=word x",
        "units depends nginx.service --deep",
        "units status --deep a",
        "lookup neigh",
        "getconf -a",
        "getconf PAGESIZE",
        "seek /etc -empty -newerXY 'x y'",
        "show -b -d 7 | getconf -v 'it''s'",
        "lookup addr dev eth0 Upper",
        "first a b c",
        "nproc --all --ignore=2",
    ]
    place = folder()
    log = AuditLog().refused("seek /etc", "watcher").refused("units", "watcher")
    for line in lines:
        log.refused(line)
    done = learn(place, log)
    assert done.status == 0, done
    after = pasted(folder(), done, small_policy())
    checked = policy_command("check", "--policy", after)
    assert checked.status == 0, (checked, done)
    refused = reasons(learn(place, log, "--json"))
    for line in lines:
        status = policy_command("explain", "--policy", after, "--agent", "claude", line).status
        assert status == 0 or line in refused, (line, done)
    assert len(refused) <= 1, refused
    for line in "seek /etc", "units":
        assert policy_command("explain", "--policy", after, "--agent", "watcher", line).status == 0
    # Nothing more than what was asked for.
    for line in (
        "show -z",
        "show --width=81",
        "units status -n 501",
        "units restart x",
        "lookup route",
        "getconf -z",
        "show /etc/shadow",
    ):
        assert policy_command("explain", "--policy", after, "--agent", "claude", line).status != 0, line


@pytest.mark.parametrize(
    "line, words",
    [
        ("bash -c id", "a shell runs anything"),
        ("sh -c id", "a shell"),
        ("python3.11 -c 1", "an interpreter"),
        ("perl -e 1", "an interpreter"),
        ("vim.tiny x", "an editor"),
        ("less x", "a pager"),
        ("tee x", "writes or changes files"),
        ("xargs rm", "grammar|xargs"),
        ("env id", "runs another command"),
        ("timeout 5 id", "runs another command"),
        ("curl http://x", "network"),
        ("mkfs.ext4 /dev/sda", "writes"),
        ("awk 1", "programming language"),
        ("sed -i s/a/b/ x", "programming language"),
        ("systemctl-like x", "no executable of the name"),
        ("kill 1", "state"),
        ("docker ps", "root"),
        ("mysql -e x", "language"),
        ("apt-get install x", "software"),
        ("/bin/ls", "."),
        ("show /etc/shadow", "secret"),
        ("show -b /etc/shadow", "secret"),
        ("getconf --file=/etc/shadow", "names a secret"),
        ("getconf @/root/x", "names a secret"),
        ("show -A", "the rule says of -A: use show -n"),
        ("show --output=x", "writes, deletes or changes"),
        ("show --exec=x", "starts another program"),
        ("seek / -delete", "writes, deletes"),
        ("show --config=x", "another file decide"),
        ("units restart nginx", "changes something"),
        ("getconf -v /tmp/x", "anybody may write"),
        ("getconf -o x", "read its manual"),
        ("getconf push", "changes something"),
        ("show --outp x", "writes, deletes"),
        ("show -x", "it would allow `show -x`"),
        ("first -n 101", "it would allow `first -n 101`"),
        ("show --'k: v'=1", "no option that a policy can list"),
        ("show -é", "no option"),
        ("show --a,b", "no option"),
        ("show $x", "variables"),
        ("show > x", "redirect|written|output"),
        ("first -n 5 -5", "exclude each other"),
        ("show --numb a", "abbreviation"),
        ("first --output", "writes"),
        ("@web-1 show", "target"),
        ("cd", "directory"),
        ("su", "runs another command"),
        ("passwd", "state"),
    ],
)
def test_what_is_harmful_is_never_proposed_and_the_reason_is_given(place, line, words):
    done = learn(place, AuditLog().refused(line, count=3), "--json")
    assert done.status == 0 and proposals(done) == [], done
    (group,) = done.json["not-proposed"]
    assert re.search(words, group["reason"]) and group["lines"] == [line] and group["count"] == 3, done


def test_a_command_of_which_the_policy_has_a_hint_is_not_proposed(folder):
    policy = small_policy() | {"hints": {"getconf": "`show /etc/x` says as much"}}
    done = learn(folder(policy), AuditLog().refused("getconf -a"), "--json")
    assert proposals(done) == [] and "the policy says of getconf" in reasons(done)["getconf -a"], done


def test_a_program_that_leads_to_a_shell_or_runs_as_another_is_not_proposed(place, tmp_path):
    found = subprocess.run(
        "find /usr/bin /usr/sbin -perm /6000 -type f | head -1", shell=True, capture_output=True, text=True
    ).stdout.strip()
    if found:
        done = learn(place, AuditLog().refused(os.path.basename(found)), "--json")
        assert proposals(done) == [] and done.json["not-proposed"], done


def test_refused_accesses_are_told_and_never_proposed(place):
    log = (
        AuditLog()
        .refused_open("/etc/shadow")
        .refused_open("/etc/shadow")
        .refused_open("/root/x\x1b[31m\n- y", "root's home")
    )
    done = learn(place, log, "--json")
    assert [(one["name"], one["count"]) for one in done.json["refused-accesses"]][0] == (
        "/etc/shadow",
        2,
    ) and not proposals(done)
    text = learn(place, log)
    assert (
        "never proposed" in text.out
        and "open /etc/shadow: password hashes (2 times" in text.out
        and has_no_control_bytes(text.out)
    )
    assert yaml.safe_load(text.out) is None


def test_counts_agents_times_and_lines_are_shown(place):
    log = AuditLog().refused("show -b", count=3).refused("show -b x", "claude", time=NOON + 100)
    done = learn(place, log)
    assert "claude: 4 times, 2026-11-2" in done.out and " to 2026-11-2" in done.out, done
    assert "#   show -b\n" in done.out and "#   show -b x\n" in done.out
    assert "Nothing is installed" in done.out and "4 refused calls in standard input, 1 proposal" in done.out
    (one,) = learn(place, log, "--json").json["proposals"]
    assert (
        (one["count"], one["agents"], one["lines"]) == (4, ["claude"], ["show -b", "show -b x"])
        and one["place"].endswith(":3:3")
        or one["place"]
    )


def test_nothing_of_the_policy_is_touched(place):
    def state():
        return {
            path.name: (hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_mtime_ns, path.stat().st_ino)
            for path in place.path.rglob("*")
            if path.is_file()
        }

    before = state()
    assert learn(place, AuditLog().refused("show -b")).status == 0
    assert state() == before and os.listdir(place.path) == ["policy.yaml"]


def test_cases_below_the_policy_are_kept_too(place):
    log = AuditLog().refused("show -b")
    assert proposals(learn(place, log, "--json"))
    place.write("deny: [show -b]\n", "tests/x.cases")
    done = learn(place, log, "--json")
    assert (
        proposals(done) == [] and "which " in reasons(done)["show -b"] and "x.cases:1:" in reasons(done)["show -b"]
    ), done


def test_lines_of_attackers_stay_comments(place):
    lines = [
        b"show -b 'x\n# y'",
        b"show \x1b[2J -b",
        b"show -b '\xe2\x80\xae'",
        b"show -b\ncommands: {sh: {exec: /bin/sh}}",
        b"show --y='\": [x'",
        b"show --z='a\\'",
        b"\xff\xfe",
        b"getconf 'a: b' '- c' '#d' '&e' '!f' '\"'",
        "getconf ünïcode".encode(),
        b"show --'k: v'=1",
    ]
    log = AuditLog()
    for line in lines:
        log.refused(line)
    done = learn(place, log)
    assert done.status == 0 and has_no_control_bytes(done.out), done
    found = yaml.safe_load(done.out) or {}
    assert set(found) <= {"commands", "roles"} and set(found.get("commands", {})) <= {"show", "getconf"}, done
    assert policy_command("check", "--policy", pasted(place, done, small_policy())).status == 0, done


def test_somebody_who_tries_things_out_does_not_drown_the_admin(place):
    log = AuditLog()
    for number in range(5_000):
        log.refused(f"show --guess{number}x{number * 7 % 13}")
    for number in range(5_000):
        log.refused(f"guess{number}")
    done = policy_command("learn", "--policy", place, "--log", "-", "--json", stdin=log.bytes, timeout=60)
    assert done.status == 0 and len(proposals(done)) == 24, done
    assert any("trying things out" in one["reason"] for one in done.json["not-proposed"])


def test_the_policy_that_ships_learns_without_losing_an_example(shipped):
    shipped.write(
        {"agents": {"claude": {"keys": [small_policy()["agents"]["claude"]["keys"][0]], "roles": ["observer"]}}},
        "agents.yaml",
    )
    log = AuditLog()
    harmful = [attack.line for attack in corpora.attacks()]
    for line in harmful:
        log.refused(line[:4000])
    done = learn(shipped, log, "--json")
    assert done.status == 0, done
    # Whatever is proposed for harmful lines, an admin reads first; most are not proposed at all.
    assert sum(one["count"] for one in done.json["proposals"]) < len(harmful) / 20, json.dumps(
        done.json["proposals"], indent=1
    )
