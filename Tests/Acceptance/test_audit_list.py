"""`keyhole audit list`: one line for each call, harmless whatever the agents wrote."""

import csv
import io
import os
import signal
import subprocess
import time

import pytest
from chained_log import ChainedLog
from audit_log import NOON
from audit_tools import ENVIRONMENT, audit, fine
from policy_tools import KEYHOLE


@pytest.fixture
def log():
    return ChainedLog().start()


def rows(done):
    return [line.split() for line in done.lines[1:]]


def test_calls_stand_in_the_order_of_their_ends(log):
    first = log.decision("sleep 9")
    second = log.decision("df -h", agent="watcher")
    refused = log.decision("rm -rf /", verdict="refused", info="rm is not a known command")
    log.end(second, agent="watcher", status=3).end(first, ms=12_345)
    running = log.decision("tail -f /var/log/syslog")
    done = fine("list", log=log)
    assert done.lines[0].split() == ["TIME", "CALL", "AGENT", "RESULT", "TOOK", "REFUSED", "COMMAND"]
    assert [row[2] for row in rows(done)] == [refused, second, first, running]
    assert done.lines[1].endswith("  rm -rf /") and " refused " in done.lines[1]
    assert " exit 3 " in done.lines[2] and " 42 ms " in done.lines[2] and " watcher " in done.lines[2]
    assert " 0 " in done.lines[3] and " 12.3 s " in done.lines[3]
    assert " running or unfinished " in done.lines[4] and done.lines[4].endswith("  tail -f /var/log/syslog")


@pytest.mark.parametrize(
    ("end", "result"),
    [
        ({}, "0"),
        ({"status": 1}, "exit 1"),
        ({"cause": "signaled", "status": 137}, "signal 9"),
        ({"cause": "timed-out", "status": 124}, "timed out"),
        ({"cause": "client-gone", "status": 129}, "client gone"),
        ({"cause": "lost", "status": 125}, "lost"),
        ({"cause": "output-limit", "status": 125}, "output limit"),
        ({"cause": "revoked", "status": 126}, "revoked"),
        ({"cause": "refused", "status": 126}, "not started"),
        ({"cause": "failed", "status": 125}, "failed"),
    ],
)
def test_the_result_says_what_became_of_a_call(log, end, result):
    log.call("df", **end)
    assert fine("list", "--json", log=log).objects[0]["result"] == result


def test_refused_accesses_are_counted_also_those_without_a_record(log):
    call = log.decision("grep -r x /etc")
    log.refused_access(call, "/etc/shadow").end(call, refusals=40)
    assert rows(fine("list", log=log))[0][7] == "40"


def test_a_vm_and_a_host_have_columns_only_when_there_are_any(log):
    log.call("df")
    assert "VM" not in fine("list", log=log).lines[0] and "HOST" not in fine("list", log=log).lines[0]
    log.call("df", vm="web-01")
    done = fine("list", log=log)
    assert done.lines[0].split()[3] == "VM" and "web-01" in done.lines[2]


HOSTILE = [
    "\x1b[2J\x1b]0;gotcha\x07x",
    "a\nb\rc\td",
    "\u202egnp.exe",
    "\x00\x7f\x9b31m",
    b"\xff\xfe\x80x",
    "ünïcode 日本",
]


@pytest.mark.parametrize("line", HOSTILE)
@pytest.mark.parametrize("form", [[], ["--csv"], ["--json"], ["--events"]])
def test_nothing_in_a_line_reaches_the_terminal(log, line, form):
    call = log.call(line)
    log.decision(line, verdict="refused", info=line, agent=line, key=line, vm=line)
    done = fine("list", *form, log=log)
    text = done.out.replace("\r\n", "\n") if form == ["--csv"] else done.out
    assert not any(ord(letter) < 32 and letter != "\n" or letter in "\x7f\x9b\u202e" for letter in text), ascii(text)
    header = 0 if form == ["--json"] else 1
    assert len(text.splitlines()) == header + 2 + (form == ["--events"]), text
    assert call in text


def test_a_call_of_a_shell_and_a_cut_line_are_told_as_what_they_are(log):
    call = log.decision(None)
    log.end(call)
    log.record(
        "USER_CMD",
        'op=keyhole:decision call=00000000000000ff acct="a" key="k" policy=none verdict=refused rule="" '
        "cmd=6C73 cmd-bytes=5000",
        res="failed",
    )
    done = fine("list", log=log)
    assert done.lines[1].endswith("  (a shell)") and done.lines[2].endswith("  ls… (5000 bytes)")


# Filters.


@pytest.fixture
def many(log):
    log.call("df -h", agent="claude")
    log.call("cat /etc/hosts", agent="codex", key="SHA256:AbCdEf", vm="web-01")
    log.call("rm -rf /", agent="codex-2", refused="no")
    log.call("ls | grep x", agent="claude", vm="web-02")
    return log


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["--agent", "claude"], [1, 4]),
        (["--agent", "codex*"], [2, 3]),
        (["--agent", "codex", "--agent", "claude"], [1, 2, 4]),
        (["--agent", "c?dex"], [2]),
        (["--key", "SHA256:AbC"], [2]),
        (["--key", "AbC"], [2]),
        (["--key", "abc"], []),
        (["--vm", "web-*"], [2, 4]),
        (["--vm", "-"], [1, 3]),
        (["--verdict", "refused"], [3]),
        (["--verdict", "allowed"], [1, 2, 4]),
        (["--rule", "cat"], [2]),
        (["--rule", "d?"], [1]),
        (["--command", "/etc"], [2]),
        (["--command", "ETC"], []),
        (["--command", "*"], []),
        (["--call", "0000000000000003"], [3]),
        (["--call", "00000000"], [1, 2, 3, 4]),
        (["--agent", "claude", "--vm", "web-02"], [4]),
        (["-n", "2"], [3, 4]),
        (["-n", "9"], [1, 2, 3, 4]),
        (["-n", "0"], []),
    ],
)
def test_filters_choose(many, words, expected):
    done = audit("list", "--json", *words, log=many)
    assert [int(one["call"], 16) for one in done.objects] == expected
    assert done.status == (0 if expected or words == ["-n", "0"] else 1), done


def test_times_choose_by_the_decision():
    log = ChainedLog(began=NOON - 10).start()
    for hour in range(5):
        log.call("df", later=1000)
        log.milliseconds += 3_600_000
    noon = "2026-11-21"
    for words, count in [
        (["--since", f"{noon} 13:30"], 3),
        (["--until", f"{noon} 13:30"], 2),
        (["--since", noon], 5),
        (["--until", noon], 5),
        (["--since", f"{noon}T14:30:00+01:00", "--until", f"{noon}T15:30Z"], 2),
        (["--since", "@1795266000"], 3),
    ]:
        assert len(fine("list", "--json", *words, log=log).objects) == count, words
    tokyo = {**ENVIRONMENT, "TZ": "Asia/Tokyo"}
    assert len(fine("list", "--json", "--since", f"{noon} 22:30", log=log, environment=tokyo).objects) == 3


def test_recent_calls_are_found_by_how_long_ago_they_were():
    log = ChainedLog(began=int(time.time()) - 3 * 3600).start()
    log.call("df")
    log.milliseconds = int(time.time() * 1000) - 60_000
    log.call("ls", later=0)
    for since in ["2 hours ago", "2h", "an hour ago", "90 minutes ago", "15m"]:
        assert [one["command"] for one in fine("list", "--json", "--since", since, log=log).objects] == ["ls"], since


@pytest.mark.parametrize(
    "text", ["soon", "25:00", "2026-02-30", "2026-13-01", "tomorrow", "", "1 fortnight ago", "2026-11-21 1"]
)
@pytest.mark.parametrize("option", ["--since", "--until"])
def test_what_is_no_time_is_refused_with_examples(log, text, option):
    done = audit("list", option, text, log=log)
    assert done.status == 2 and f"`{text}` is not a time" in done.err and "hint: '2 hours ago'" in done.err, done


def test_times_the_wrong_way_round_are_said(log):
    done = audit("list", "--since", "now", "--until", "2026-01-01", log=log)
    assert done.status == 2 and "is not before" in done.err


# What is said when there is little to say.


def test_nothing_that_matches_is_said_with_status_1(log):
    log.call("df")
    done = audit("list", "--agent", "nobody", log=log)
    assert (done.status, done.out) == (
        1,
        "",
    ) and "no call matches, of 3 records of Keyhole among 3 lines in 1 file" in done.err


def test_a_log_without_records_of_keyhole_is_said(log):
    done = audit("list", log=b"type=LOGIN msg=audit(1.000:1): pid=1\n")
    assert done.status == 1 and "no record of Keyhole among 1 line in 1 file" in done.err and "hint: " in done.err


def test_lines_that_only_look_like_records_are_counted_and_not_shown(log):
    log.call("df")
    forged = log.lines[-1].replace(b"/usr/lib/keyhole/keyhole-broker", b"/tmp/broker")
    log.raw(forged).raw(b'type=EXECVE msg=audit(1.000:1): argc=1 a0="op=keyhole:decision"')
    done = fine("list", log=log)
    assert len(done.lines) == 2 and "2 lines name Keyhole" in done.err and "keyhole audit verify" in done.err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--json", "--csv"], "exclude each other"),
        (["-n", "-1"], "Missing value"),
        (["-n=-1"], "number of lines"),
        (["-n", "x"], "invalid"),
        (["--verdict", "maybe"], "allowed"),
        (["--nothing"], "Unknown option"),
        (["--call", "xyz"], "not the id of a call"),
    ],
)
def test_wrong_words_are_explained(log, words, told):
    done = audit("list", *words, log=log)
    assert done.status in (2, 64) and told in done.err, done


# Other formats.


def test_csv_is_read_back_by_a_reader_of_csv_and_runs_no_formula(log):
    lines = ['=cmd|"/c calc"!A1', "+1", "-2", "@SUM(A1)", 'echo "a, b"', "plain", "a\nb"]
    for line in lines:
        log.call(line, agent="=agent")
    done = fine("list", "--csv", log=log)
    assert done.out.count("\r\n") == len(lines) + 1
    found = list(csv.DictReader(io.StringIO(done.raw.decode(), newline="")))
    assert [row["command"] for row in found] == [
        '\'=cmd|"/c calc"!A1',
        "'+1",
        "'-2",
        "'@SUM(A1)",
        'echo "a, b"',
        "plain",
        "a\\x0ab",
    ]
    assert not any(cell[:1] in tuple("=+-@") and cell for row in found for cell in row.values())
    assert found[0]["agent"] == "'=agent" and found[0]["time"] == "2026-11-21T12:00:02.000Z"


def test_events_are_rows_of_their_own(log):
    log.authentication("00c0ffee00c0ffee").policy_load(
        by="signal", res="failed", info="commands/ps.yaml:3:5: unknown key"
    )
    log.agent_change().session_end("00c0ffee00c0ffee").trouble(3).stop()
    log.call("df")
    done = fine("list", "--events", log=log)
    for text in [
        "start: keyhole-broker",
        "authentication: session 00c0ffee00c0ffee",
        "not loaded",
        "commands/ps.yaml:3:5: unknown key",
        "agent-change: agent claude, by control (uid 0, login 1000)",
        "session-end: session 00c0ffee00c0ffee, 1 call,",
        "3 records could not be written in 1.5 s: the disk is full",
        "stop: keyhole-broker",
    ]:
        assert text in done.out, (text, done)
    assert len(done.lines) == 9
    assert len(fine("list", "--events", "--agent", "claude", log=log).lines) == 5
    assert len(fine("list", "--events", "--verdict", "allowed", log=log).lines) == 2
    kinds = [one["kind"] for one in fine("list", "--events", "--json", log=log).objects]
    assert kinds == ["record"] * 7 + ["call"]


# Following.


class Following:
    def __init__(self, *words):
        self.process = subprocess.Popen(
            [KEYHOLE, "audit", "list", "--json", "-f", *map(str, words)], stdout=subprocess.PIPE, env=ENVIRONMENT
        )
        os.set_blocking(self.process.stdout.fileno(), False)
        self.text = b""

    def expect(self, count):
        """Waits for so many lines in all, and gives them."""
        deadline = time.time() + 10
        while self.text.count(b"\n") < count and time.time() < deadline:
            self.text += self.process.stdout.read() or b""
            time.sleep(0.02)
        assert self.text.count(b"\n") == count, self.text
        return self.text.decode().splitlines()

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.process.send_signal(signal.SIGINT)
        assert self.process.wait(5) == -signal.SIGINT


def test_a_log_is_followed_over_its_rotation_and_its_emptying(tmp_path):
    path = tmp_path / "audit.log"
    log = ChainedLog().start()
    log.call("first")
    path.write_bytes(log.bytes)
    written = len(log.lines)

    def grow(file):
        nonlocal written
        with file.open("ab") as out:
            out.write(b"".join(line + b"\n" for line in log.lines[written:]))
        written = len(log.lines)

    with Following("-n", "1", path) as following:
        following.expect(1)
        log.call("second")
        # Half a line waits for its other half.
        text = b"".join(line + b"\n" for line in log.lines[written:])
        written = len(log.lines)
        with path.open("ab", buffering=0) as out:
            out.write(text[:-40])
            time.sleep(0.5)
            following.expect(1)
            out.write(text[-40:])
        following.expect(2)
        # Rotation: what is still written to the old file is read before the new one.
        path.rename(tmp_path / "audit.log.1")
        log.call("third")
        grow(tmp_path / "audit.log.1")
        log.call("fourth")
        grow(path)
        assert "fourth" in following.expect(4)[3]
        os.truncate(path, 0)
        time.sleep(0.5)
        log.call("fifth")
        grow(path)
        assert "fifth" in following.expect(5)[4]


def test_following_a_pipe_ends_with_it(log):
    log.call("df")
    assert len(fine("list", "-f", log=log).lines) == 2
