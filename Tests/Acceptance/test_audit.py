"""The audit trail: what it has of each call, and that nothing runs without it."""

import contextlib
import os
import subprocess
import time

import pytest

from private_gateway import processes
from private_gateway.audit_daemon import configure, kernel_state


@contextlib.contextmanager
def audit_disabled(gateway):
    if not gateway.audit.own:
        pytest.skip("the audit daemon of this machine runs; disabling audit would leave a gap. Runs where there is none")
    configure("-e", 0)
    try:
        yield
    finally:
        configure("-e", 1)


def test_an_allowed_call_has_a_decision_and_an_end(call, gateway, recorded):
    assert call("probe mark").status == 0
    (decision,) = recorded("decision")
    (end,) = recorded("end")
    assert decision.type == end.type == "USER_CMD"
    assert (decision.verdict, decision.res, decision.cmd, decision.acct, decision.rule) == (
        "allowed", "success", "probe mark", "tester", "probe")
    fingerprint = subprocess.run(
        ["ssh-keygen", "-lf", gateway.sshd.identity], capture_output=True, text=True, check=True).stdout.split()[1]
    assert decision.key == fingerprint and decision.addr == "127.0.0.1" and decision.terminal == "ssh"
    assert end.call == decision.call and decision.serial < end.serial
    assert (end.cause, end.status, end.res, end.fields["bytes-out"]) == ("exited", "0", "success", "7")


def test_the_decision_is_recorded_before_the_command_starts(gateway, recorded):
    running = gateway.begin("sleep 2", stdin=subprocess.DEVNULL)
    pids = processes.eventually(lambda: [pid for pid in gateway.running() if processes.name(pid) == "sleep"])
    ticks = min(int(open(f"/proc/{pid}/stat").read().rpartition(")")[2].split()[19]) for pid in pids)
    started = time.time() - (time.clock_gettime(time.CLOCK_BOOTTIME) - ticks / os.sysconf("SC_CLK_TCK"))
    (decision,) = recorded("decision")
    assert not recorded("end", count=0), "ended before it ended"
    # Processes are dated in hundredths of a second.
    assert decision.time <= started + 0.02
    running.communicate()
    assert running.returncode == 0 and recorded("end")


def test_a_refused_call_has_a_decision_and_no_end(call, recorded):
    call("rm -rf /tmp/x")
    (decision,) = recorded("decision")
    assert decision.verdict == "refused" and decision.info
    time.sleep(0.3)
    assert recorded("end", count=0) == []


@pytest.mark.parametrize("line", ["echo 'a \" b'", "echo 'type=USER_CMD msg=audit(1:1): res=success'", "echo ünïcode",
                                  "echo \x01\x02", "echo 'x' res=success addr=1.2.3.4", "echo '\u202e'"], ids=repr)
def test_a_line_cannot_forge_a_record(call, recorded, line):
    call(line)
    (decision,) = recorded("decision")
    assert decision.cmd == line and decision.addr == "127.0.0.1"


def test_a_person_reads_the_records_with_ausearch(call, gateway, recorded):
    call("probe mark")
    (decision,) = recorded("decision")
    text = gateway.audit.interpreted([decision.serial])
    assert "type=USER_CMD" in text and "cmd=probe mark" in text and "acct=tester" in text and "res=success" in text


def test_refused_opens_are_bounded_and_counted(call, recorded):
    call("grep -r words /run/grounds/open/folder-link /run/grounds/open/link /run/grounds/alias-before")
    (end,) = recorded("end")
    opens = recorded("refused-open", count=0)
    assert 1 <= len(opens) <= 16 and int(end.refusals) >= len(opens)


def test_a_signal_and_a_failure_have_their_cause(call, recorded):
    # A trap is an illegal instruction, 4: even the first process of a PID namespace dies of it.
    assert call("probe crash").status == 128 + 4
    (end,) = recorded("end")
    assert end.cause == "signaled" and end.status == str(128 + 4)


def test_start_and_policy_are_recorded(gateway, recorded):
    gateway.broker.restart()
    assert recorded("start") and recorded("stop") and recorded("policy-load")


def test_nothing_runs_while_audit_is_disabled_in_the_kernel(gateway):
    with audit_disabled(gateway):
        status, out, err = gateway.call("probe mark")
        assert status == 125 and out == "" and "audit" in err and "auditctl -e 1" in err
        # A refusal that cannot be recorded is no different.
        assert gateway.call("rm -rf /tmp/x").status in (125, 126, 127)
    assert gateway.call("probe mark").out == "marked\n"


def test_disabling_audit_in_the_middle_stops_the_next_call(gateway):
    assert gateway.call("probe mark").status == 0
    with audit_disabled(gateway):
        assert gateway.call("probe mark").status == 125
    assert gateway.call("probe mark").status == 0


def test_calls_are_recorded_without_a_daemon_when_audit_is_enabled(gateway):
    if not gateway.audit.own:
        pytest.skip("the audit daemon of this machine runs. Runs where there is none")
    gateway.audit.pause()
    configure("-e", 1)
    try:
        # The kernel emits the records to its log and to its readers: status 0, or a clear refusal, and never a silent run.
        result = gateway.call("probe mark")
        assert (result.status, result.out) == (0, "marked\n") or (result.status == 125 and "audit" in result.err)
    finally:
        gateway.audit.resume()
    assert kernel_state()["enabled"] == 1


def test_audit_off_is_loud(gateway):
    position = gateway.broker.log_position()
    try:
        gateway.broker.restart(audit="off")
        log = gateway.broker.log_since(position)
        assert "critical" in log and "audit" in log
        after = gateway.audit.position()
        with audit_disabled(gateway):
            status, out, err = gateway.call("probe mark")
        assert (status, out) == (0, "marked\n")
        assert not [record for record in gateway.audit.records(after) if record.op == "keyhole:decision"]
    finally:
        gateway.broker.restart()
