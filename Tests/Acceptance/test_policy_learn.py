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
from policy_tools import KEYHOLE, folder, has_no_control_bytes, policy_command, shipped, small_policy  # noqa: F401


@pytest.fixture
def place(folder):
    return folder()


def learn(place, log, *words):
    return policy_command("learn", "--policy", place, "--log", "-", *words, stdin=log.bytes)


def proposals(done):
    return [(one["kind"], one["command"], one["yaml"]) for one in done.json["proposals"]]


def reasons(done):
    return {line: one["reason"] for one in done.json["not-proposed"] for line in one["lines"]}


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
        ("tee /tmp/x", "writes or changes files"),
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


def test_only_what_the_broker_wrote_counts(place):
    line = AuditLog(enriched=False).refused("show -b").lines[0].decode()
    log = AuditLog()
    log.refused("show -b", exe="/usr/sbin/auditctl").refused("show -c", exe="/tmp/keyhole-broker")
    log.other("x" + line).other(line + " ").other(line.replace("type=USER_CMD", "type=USER"))
    log.other(
        f"type=USER_LOGIN msg=audit(1.000:1): pid=1 uid=0 auid=0 ses=1 msg='op=login acct=\"{line}\" "
        'exe="/usr/sbin/sshd" hostname=? addr=? terminal=ssh res=failed\''
    )
    log.other(line.replace('acct="claude"', 'acct="claude" acct="claude"'))
    done = learn(place, log, "--json")
    assert done.json["log"]["records"] == 0 and done.json["log"]["malformed"] == 7 and proposals(done) == [], done
    assert "7 lines named keyhole" in learn(place, log).out
    assert proposals(learn(place, log, "--json", "--broker", "/tmp/keyhole-broker")) == [("option", "show", "-c: flag")]


def test_garbage_in_a_log_is_stepped_over(place):
    log = (
        AuditLog()
        .other(os.urandom(200_000))
        .other(b"\0" * 100_000)
        .other(b"type=" + b"A" * 1_000_000)
        .refused("show -b")
    )
    log.other(b"type=USER_CMD msg=audit(99999999999999999999.999:1): op=keyhole:decision").other(b"\xff" * 100)
    assert proposals(learn(place, log, "--json")) == [("option", "show", "-b: flag")]


def test_raw_and_enriched_logs_are_read_with_and_without_a_node(place):
    for enriched in True, False:
        log = AuditLog(enriched).refused("show -b")
        assert proposals(learn(place, log, "--json"))
        log.lines[0] = b"node=web-01 " + log.lines[0]
        assert proposals(learn(place, log, "--json"))


def test_several_logs_are_read_together(place, tmp_path):
    first = AuditLog().refused("show -b").write(tmp_path / "audit.log.1")
    second = AuditLog().refused("show -b").refused("show -c").write(tmp_path / "audit.log")
    done = policy_command("learn", "--policy", place, "--log", first, "--log", second, "--json")
    assert [one["count"] for one in done.json["proposals"]] == [2, 1] and done.json["log"]["sources"] == [
        str(first),
        str(second),
    ]


@pytest.mark.parametrize(
    "since, count",
    [
        ("2026-11-21", 2),
        ("2026-11-25", 1),
        ("2026-11-25T00:00", 1),
        ("'2026-12-30", None),
        (f"@{NOON}", 2),
        (f"@{NOON + 86400 * 9}", 1),
        (f"@{NOON + 86400 * 11}", 0),
        ("yesterday", 0),
        ("7d", 0),
        ("tomorrow", None),
        ("", None),
        ("2026-13-01", None),
        ("2026-11-21 25:00", None),
    ],
)
def test_since_leaves_out_what_is_older(place, since, count):
    log = AuditLog().refused("show -b", time=NOON).refused("show -b", time=NOON + 86400 * 10)
    if since in ("yesterday", "7d"):
        log = AuditLog().refused("show -b", time=1_500_000_000)
    done = learn(place, log, "--json", "--since", since)
    if count is None:
        assert done.status == 2 and "is not a time" in done.err
    else:
        assert sum(one["count"] for one in done.json["proposals"]) == count, done


def test_one_agent_can_be_looked_at(place):
    log = AuditLog().refused("show -b").refused("show -c", "watcher")
    assert proposals(learn(place, log, "--json", "--agent", "watcher")) == [("option", "show", "-c: flag")]


def test_calls_that_cannot_be_judged_are_counted(place):
    log = (
        AuditLog()
        .refused("df", "?")
        .refused("show -b", more=" cmd-bytes=9000")
        .refused("show -b", "gone")
        .refused("show a")
    )
    done = learn(place, log, "--json")
    assert (done.json["log"]["unknown-keys"], done.json["log"]["cut"], done.json["allowed-now"]) == (1, 1, 1)
    assert reasons(done) == {"show -b": "the policy has no agent gone any more"}
    text = learn(place, log).out
    assert (
        "1 call came with a key that belongs to no agent" in text
        and "would be allowed by the policy as it is now" in text
    )


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


def test_a_large_log_is_read_in_bounded_memory(place, tmp_path):
    block = b"".join(
        b'type=SYSCALL msg=audit(1795233534.735:%d): arch=c000003e syscall=59 success=yes comm="x" key=(null)\n' % n
        for n in range(10_000)
    )
    with open(tmp_path / "log", "wb") as file:
        for _ in range(200):
            file.write(block)
        file.write(AuditLog().refused("show -b").bytes)
    command = [
        "/bin/sh",
        "-c",
        'ulimit -v 1000000; exec "$@"',
        "sh",
        KEYHOLE,
        "policy",
        "learn",
        "--policy",
        place,
        "--log",
        tmp_path / "log",
        "--json",
    ]
    done = subprocess.run(list(map(str, command)), capture_output=True, timeout=100)
    assert done.returncode == 0 and len(json.loads(done.stdout)["proposals"]) == 1, done.stderr


def test_a_log_that_cannot_be_read_is_an_error(place, tmp_path):
    done = policy_command("learn", "--policy", place, "--log", tmp_path / "none")
    assert done.status == 2 and "cannot read" in done.err and "none" in done.err
    assert policy_command("learn", "--policy", place, "--log", tmp_path).status == 2


def test_nothing_refused_is_said(place):
    done = learn(place, AuditLog())
    assert done.status == 0 and "0 refused calls in standard input: nothing to propose." in done.out


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
    assert sum(one["count"] for one in done.json["proposals"]) < len(harmful) / 10, json.dumps(
        done.json["proposals"], indent=1
    )
