"""`keyhole policy learn`: which records count, from whichever log they come."""

import json
import os
import subprocess

import pytest
from audit_log import NOON, AuditLog
from learning import learn, proposals, reasons
from policy_tools import KEYHOLE, folder, policy_command  # noqa: F401


@pytest.fixture
def place(folder):
    return folder()


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


def test_a_host_without_an_audit_log_is_told_what_to_do(place):
    if os.path.exists("/var/log/audit/audit.log"):
        pytest.skip("this machine has an audit log. Runs where there is none")
    done = policy_command("learn", "--policy", place)
    assert done.status == 2 and "--log FILE" in done.err, done


def test_nothing_refused_is_said(place):
    done = learn(place, AuditLog())
    assert done.status == 0 and "0 refused calls in standard input: nothing to propose." in done.out
