"""`keyhole audit report`: who did what, and what is new. docs/audit-report.md"""

import os
import subprocess

import pytest
from audit_commands import END, audit_command, report
from audit_story import DAY, HOUR, AuditStory, tell, weeks
from policy_tools import KEYHOLE, has_no_control_bytes


@pytest.fixture(scope="module")
def story():
    return tell(weeks(END), END)


@pytest.fixture(scope="module")
def told(story):
    return report(story, "--json").json


def found(told, kind):
    return [(one["agent"], one["subject"], one["count"]) for one in told["findings"] if one["kind"] == kind]


def rows(told, table, name):
    return {one[name]: one for one in told[table]}


def test_every_call_of_the_period_is_counted_once(story, told):
    since = END - 7 * DAY
    lines = [(time, text) for time, text in story.lines if "op=keyhole:decision" in text and time >= since]
    assert told["totals"]["calls"] == len(lines)
    assert told["totals"]["refused"] == sum("verdict=refused" in text for _, text in lines)
    assert told["totals"]["open"] == 1 and told["totals"]["lost"] == 1
    counted = [one["calls"] for one in told["agents"]]
    assert sum(counted) == len(lines) and counted == sorted(counted, reverse=True)
    assert sum(bucket["calls"] for bucket in told["series"]["buckets"]) == len(lines)
    assert sum(map(sum, told["week"])) == len(lines)
    assert sum(one["calls"] for one in told["machines"]) == len(lines)
    assert told["left-out"] == dict.fromkeys(told["left-out"], 0)


def test_ends_are_told_apart():
    story = AuditStory()
    ends = [
        ("exited", 0), ("exited", 1), ("signaled", 137), ("timed-out", 124), ("output-limit", 125),
        ("client-gone", 125), ("revoked", 125), ("failed", 125), ("refused", 125), ("lost", 125),
    ]
    for number, (cause, status) in enumerate(ends):
        story.call(END - HOUR + number, "claude", "df", cause=cause, status=status)
    story.call(END - 60, "claude", "df", ended=False)
    story.call(END - 50, "claude", "rm", refused="no")
    totals = report(story, "--json").json["totals"]
    assert [totals[name] for name in ("succeeded", "failed", "stopped", "troubled", "lost", "open", "refused")] == [
        1, 1, 5, 2, 1, 1, 1,
    ]
    assert totals["calls"] == 12 and totals["bytes-out"] == 20_000 and totals["duration-ms"] == 400


def test_what_was_not_there_before_is_new(told):
    assert found(told, "new-agent") == [("newcomer", "newcomer", 14)]
    assert found(told, "new-key") == [("triage", "SHA256:triagesecondkey", 1)]
    assert found(told, "new-address") == [("triage", "203.0.113.99", 1)]
    # What others used before is not new of a new agent, and new to an agent that used it never.
    assert found(told, "new-command") == [("claude", "kubectl", 2), ("triage", "lsblk", 1)]
    remarks = {one["subject"]: one["remark"] for one in told["findings"] if one["kind"] == "new-command"}
    assert remarks == {"kubectl": "new to all", "lsblk": "new to all"}
    assert told["baseline"]["first"].startswith("2026-10-1")


def test_a_command_of_others_is_new_to_an_agent():
    story = AuditStory()
    story.call(END - 20 * DAY, "claude", "df")
    story.call(END - 20 * DAY, "triage", "free")
    story.call(END - DAY, "triage", "df | free")
    told = report(story, "--json").json
    assert found(told, "new-command") == [("triage", "df", 1)]
    assert [one["remark"] for one in told["findings"]] == ["new to this agent"]


def test_without_a_baseline_nothing_is_said_to_be_new():
    story = AuditStory()
    story.call(END - DAY, "claude", "df")
    told = report(story, "--json").json
    assert told["baseline"] is None and told["findings"] == []
    text = report(story).out
    assert "There is no baseline" in text and "The logs begin after the period does" in text


def test_hours_are_unusual_only_against_enough_of_a_baseline(told, story):
    assert [agent for agent, _, _ in found(told, "unusual-hours")] == ["claude"]
    subject = found(told, "unusual-hours")[0][1]
    # END is a Saturday: two days before, at two in the morning.
    assert subject == "Thu 02:00", subject
    unusual = rows(told, "agents", "agent")["claude"]["unusual-hours"]
    assert [(one["hour"], one["calls"], one["before"]) for one in unusual] == [(3 * 24 + 2, 6, 0)]
    # One that works around the clock has no unusual hours, and of a new one nothing is known.
    assert rows(told, "agents", "agent")["ops-bot"]["unusual-hours"] is None
    assert rows(told, "agents", "agent")["newcomer"]["unusual-hours"] is None
    late = AuditStory()
    late.records = [record for record in story.records if record[0] >= END - 20 * DAY]
    assert found(report(late, "--json").json, "unusual-hours") == []


def test_troubles_come_first(told):
    kinds = [one["kind"] for one in told["findings"]]
    assert kinds[:4] == ["audit-trouble", "crash", "lost-calls", "policy-refused"]
    troubles = [one["trouble"] for one in told["findings"]]
    assert troubles == sorted(troubles, reverse=True)
    assert found(told, "unknown-keys") == [("(no agent)", "from 203.0.113.9", 3)]
    assert found(told, "failed-authentication") == [("triage", "from 203.0.113.77", 4)]


def test_the_chain_is_told(story, told):
    assert told["chain"]["state"] == "whole" and told["chain"]["findings"] == 0
    lines = story.bytes.splitlines(keepends=True)
    gone = next(number for number, line in enumerate(lines) if number > 100 and b"verdict=refused" in line)
    del lines[gone]
    done = audit_command("report", "--since", f"@{END - 7 * DAY}", "--json", "-", stdin=b"".join(lines)).json
    assert done["chain"]["state"] == "broken" and done["chain"]["findings"] > 0
    assert done["findings"][0]["kind"] == "broken-chain" and done["chain"]["findings"] == 1
    assert f"record {gone + 1} is missing" in done["findings"][0]["subject"]
    older = AuditStory()
    older.call(END - DAY, "claude", "df")
    assert report(older, "--json").json["chain"]["state"] == "unnumbered"
    assert report(story, "--json", "--agent", "claude").json["chain"] is None


def test_events_say_who_and_what(told):
    events = {one["kind"]: one for one in told["events"]}
    assert events["policy-loaded"]["by"] == "uid 0, logged in as 1000"
    assert events["policy-loaded"]["text"] == "3f9c1a7be0d24456 became aaaa1a7be0d24456"
    assert "unknown key `exce`" in events["policy-refused"]["text"]
    assert events["agent-change"]["text"] == "newcomer added"
    assert events["crash"]["text"] == "keyhole-broker started: it had died; 1 open call closed"
    assert events["audit-trouble"]["text"] == "3 records could not be written for 2.5 s: backlog full"
    assert told["sessions"]["authenticated"] == 7 and told["sessions"]["failed"] == 4
    assert told["sessions"]["causes"] == {"client-gone": 7}


def test_alike_refusals_and_accesses_stand_together(told):
    first = told["refusals"][0]
    assert first["command"] == "journalctl" and first["reason"].startswith("-f is not") and first["count"] > 1
    assert "claude" in first["agents"]
    assert [one["name"] for one in told["accesses"]] == ["/etc/shadow"]
    lines = rows(told, "lines", "line")
    assert "journalctl -u nginx -n N | grep '…'" in lines
    assert rows(told, "commands", "command")["grep"]["calls"] > 0


def test_one_agent_and_a_time_can_be_chosen(story):
    told = report(story, "--json", "--agent", "clau*").json
    assert [one["agent"] for one in told["agents"]] == ["claude"] and told["events"] == []
    until = report(story, "--json", "--until", f"@{END - 6 * DAY}").json
    assert until["totals"]["last"] < "2026-11-15" and until["totals"]["calls"] > 0
    assert until["totals"]["open"] == 0


def test_the_end_of_a_call_may_come_after_the_period():
    story = AuditStory()
    story.call(END - DAY, "claude", "df", duration=7_200_000)
    story.call(END - DAY + HOUR, "claude", "free")
    told = report(story, "--json", "--until", f"@{END - DAY + 60}").json
    assert (told["totals"]["calls"], told["totals"]["succeeded"]) == (1, 1)


def test_the_text_fits_a_terminal(story):
    text = report(story).out
    assert max(map(len, text.splitlines())) <= 120, max(text.splitlines(), key=len)
    assert text.startswith("Keyhole audit report\n") and "New agent" in text and "Thu 02:00" in text
    assert has_no_control_bytes(text)


def test_hours_are_those_of_the_machine(story):
    told = report(story, "--json", zone="America/New_York").json
    assert [subject for _, subject, _ in found(told, "unusual-hours")] == ["Wed 21:00"]


def test_hostile_text_stays_text():
    story = AuditStory()
    evil = "x\x1b[2J\u202e\u2028</script><script>alert(1)</script>\n- New agent  root"
    story.call(END - DAY, "claude", evil, refused=evil)
    story.call(END - DAY, "claude", "df", accesses=[("open", evil, evil)])
    text = report(story)
    assert has_no_control_bytes(text.out) and "\\x1b[2J" in text.out and "\\u{202e}" in text.out
    assert "\n- New agent" not in text.out
    assert has_no_control_bytes(report(story, "--json").out)
    assert report(story, "--json").json["refusals"][0]["reason"] == evil


def test_one_that_makes_up_names_hides_nobody():
    story = AuditStory()
    story.call(END - 20 * DAY, "flood", "df")
    story.call(END - 20 * DAY, "claude", "df")
    for number in range(12_000):
        story.call(END - DAY + number, "flood", f"made-up-{number:x}z x", refused=f"no {number}")
    story.call(END - 60, "claude", "kubectl get pods")
    told = report(story, "--json", "--top", "1000").json
    assert ("claude", "kubectl", 1) in found(told, "new-command")
    assert len(found(told, "new-command")) < 1_100
    flood = rows(told, "agents", "agent")["flood"]
    assert flood["calls"] == 12_000 and flood["left-out"] > 10_000
    assert told["left-out"]["commands"] > 0 and told["left-out"]["refusals"] > 0
    assert told["totals"]["calls"] == 12_001


def test_memory_does_not_grow_with_the_log(tmp_path):
    once = weeks(END).bytes
    log = tmp_path / "audit.log"

    def peak(times):
        with log.open("wb") as file:
            for _ in range(times):
                file.write(once)
        command = [KEYHOLE, "audit", "report", "--since", f"@{END - 7 * DAY}", "--json", log]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = status
        assert status == 0
        return usage.ru_maxrss

    few, many = peak(2), peak(20)
    assert many < few + 8_000, (few, many)


def test_a_log_that_is_not_there_is_said(tmp_path):
    done = audit_command("report", tmp_path / "none.log")
    assert done.status == 2 and "cannot read" in done.err
    for words in (["--top", "0"], ["--calls", "-1"], ["--force"], ["--since", "never"]):
        assert audit_command("report", *words, "-").status in (2, 64), words
