"""`keyhole audit verify`: what is missing, altered, moved or added in a trail is found, and nothing else is."""

import pathlib
import re

import pytest
from chained_log import ChainedLog
from audit_log import AuditLog
from audit_tools import audit, fine


def whole():
    """A log with every kind of record, two boots, a crash and a failure of the trail."""
    log = ChainedLog().start()
    log.policy_load().authentication("00c0ffee00c0ffee").agent_change()
    log.call("df -h", session="00c0ffee00c0ffee", accesses=["/etc/shadow", "/etc/x y"])
    log.session_end("00c0ffee00c0ffee")
    log.call("rm -rf /", refused="rm is not a known command")
    lost = log.decision("sleep 100")
    log.start("crash", open=1).end(lost, cause="lost", status=125)
    log.trouble().stop()
    log.reboot("b0070b0070b00701")
    log.call("ls | grep 'x y'", vm="web-01")
    return log


def findings(log, *words):
    done = audit("verify", "--json", *words, log=log)
    assert done.status in (0, 1), done
    assert done.objects[-1]["fine"] == (done.status == 0)
    found = [one for one in done.objects if one["kind"] == "finding"]
    assert (done.status == 1) == bool(found), done
    return found


def kinds(log, *words):
    return [one["finding"] for one in findings(log, *words)]


def test_a_whole_trail_is_fine():
    log = whole()
    done = fine("verify", log=log)
    assert done.err == "" and "fine: nothing is missing or altered" in done.out
    assert f"record {log.seq} of boot b0070b0070b00701" in done.out
    assert f"--expect {log.seq}:{log.chain.hex()}@b0070b0070b00701" in done.out
    trail = fine("verify", "--json", log=log).objects[-2]
    assert (trail["records"], trail["calls"], trail["boots"], trail["from-the-beginning"]) == (
        len(log.lines),
        4,
        2,
        True,
    )
    assert trail["first"]["sequence"] == 1 and trail["last"]["chain"] == log.chain.hex()


CHAINED = rb"(?:type=(\w+) )|(?:op=keyhole:(.+?) exe=)|(?:addr=(\S+))|(?:terminal=(\S+))|(?:res=(\w+))"


def alterations(line):
    """Each byte of what the chain covers, altered; the form of the line stays."""
    for match in re.finditer(CHAINED, line):
        for group in range(1, 6):
            if match.group(group) is None:
                continue
            for place in range(*match.span(group)):
                byte = line[place]
                for other in (b"0", b"1", b"a", b"A", b"z"):
                    kind = str.isdigit, str.islower, str.isupper
                    if other[0] != byte and any(test(chr(byte)) and test(other.decode()) for test in kind):
                        yield place, line[:place] + other + line[place + 1 :]
                        break


def findings_of_each(tmp_path, variants):
    """What is found in each of many logs, by one run over a directory of them."""
    for number, lines in enumerate(variants):
        (tmp_path / f"{number}.log").write_bytes(b"".join(line + b"\n" for line in lines))
    found = [[] for _ in variants]
    for one in audit("verify", "--json", tmp_path).objects:
        if one["kind"] == "finding":
            found[int(pathlib.Path(one["file"]).stem)].append(one)
    return found


@pytest.mark.parametrize("part", range(3))
def test_any_altered_byte_of_any_record_is_found(tmp_path, part):
    original = whole().lines
    altered = [
        (index, line)
        for index in range(len(original))
        for step, (_, line) in enumerate(alterations(original[index]))
        # Every third byte of each record in each part.
        if step % 3 == part
    ]
    assert len(altered) > 1000
    variants = [original[:index] + [line] + original[index + 1 :] for index, line in altered]
    for (index, line), found in zip(altered, findings_of_each(tmp_path, variants)):
        assert found, f"not found in record {index + 1}: {line}"
        # At the record or the one behind it, but for what an altered number, id or operation brings with it.
        assert all(one["line"] in (index + 1, index + 2) or one["finding"] in EXPLAINED for one in found), found


# What an altered number, id or operation brings with it, further on.
EXPLAINED = {
    "missing",
    "undecided",
    "unclosed",
    "again",
    "decided-late",
    "repeated",
    "start-missing",
    "out-of-order",
    "serial-backwards",
    "boot-repeated",
    "tail-missing",
    "state-lost",
    "altered",
}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"verdict=refused", b"verdict=allowed"),
        (b"res=failed", b"res=success"),
        (b"addr=192.0.2.7", b"addr=192.0.2.8"),
        (b"terminal=ssh", b"terminal=?"),
        (b"status=0", b"status=1"),
        (b"bytes-out=5120", b"bytes-out=0"),
        (b'acct="claude"', b'acct="codex"'),
        (b'"/etc/shadow"', b'"/etc/shadox"'),
        (b"after=crash", b"after=stop"),
        (b"cause=lost", b"cause=exited"),
        (b"change=suspended", b"change=resumed"),
        (b"missed=1", b"missed=0"),
        (b" info=", b" info=41"),
        (b'vm="web-01"', b'vm="web-02"'),
        (b"login=1000", b"login=1001"),
    ],
)
def test_an_altered_field_is_found_where_it_is(old, new):
    log = whole()
    index = next(index for index, line in enumerate(log.lines) if old in line)
    log.lines[index] = log.lines[index].replace(old, new, 1)
    found = findings(log)[0]
    assert (found["finding"], found["line"]) == ("altered", index + 1)
    assert f"record {found['sequence']} does not follow" in found["text"]


def test_an_altered_chain_value_is_told_from_an_altered_record():
    log = whole()
    log.lines[6] = re.sub(rb"chain=(.)", lambda match: b"chain=" + (b"0" if match[1] != b"0" else b"1"), log.lines[6])
    (found,) = findings(log)
    assert (found["finding"], found["line"]) == ("chain-altered", 7)


def test_any_removed_record_is_found(tmp_path):
    original = whole().lines
    variants = [original[:index] + original[index + 1 :] for index in range(1, len(original) - 1)]
    for index, found in enumerate(findings_of_each(tmp_path, variants), start=1):
        removed = original[index]
        number = re.search(rb" seq=(\d+)", removed)[1].decode()
        if b"boot=b0070b0070b00701" in removed:
            assert [one["finding"] for one in found] == ["start-missing"]
        elif b"op=keyhole:stop" in removed:
            assert [one["finding"] for one in found] == ["tail-missing"]
        else:
            gap = [one for one in found if one["finding"] == "missing"]
            assert len(gap) == 1 and gap[0]["line"] == index + 1 and f"record {number} is missing" in gap[0]["text"]


def test_a_record_removed_from_the_end_is_found_by_what_was_kept_elsewhere():
    log = whole()
    expect = f"{log.seq}:{log.chain.hex()}"
    log.lines.pop()
    # Nothing in the log tells of what was at its end.
    assert kinds(log) == [] and kinds(log, "--expect", expect) == ["not-as-expected"]


def test_removed_records_are_named_by_their_numbers():
    log = whole()
    del log.lines[4:7]
    assert "records 5 to 7 are missing" in [one for one in findings(log) if one["finding"] == "missing"][0]["text"]


def test_swapped_records_are_found():
    log = whole()
    log.lines[1], log.lines[2] = log.lines[2], log.lines[1]
    assert kinds(log) == ["out-of-order"]


def test_a_record_twice_is_found_where_it_is_the_second_time():
    log = whole()
    log.lines.insert(6, log.lines[2])
    found = findings(log)
    assert [(one["finding"], one["line"]) for one in found] == [("repeated", 7)]


def test_a_file_twice_is_said_once(tmp_path):
    whole().write(tmp_path / "a.log")
    (tmp_path / "both.log").write_bytes(whole().bytes + whole().bytes)
    assert "boot-repeated" in kinds(None, tmp_path / "both.log") and len(kinds(None, tmp_path / "both.log")) <= 4
    fine("verify", tmp_path / "a.log", tmp_path / "a.log")


def test_a_removed_tail_shows_at_the_next_start():
    log = ChainedLog().start()
    log.call("df")
    log.call("rm", refused="no")
    kept = len(log.lines)
    log.call("cat /etc/hosts")
    log.stop()
    del log.lines[kept:]
    log.reboot("b0070b0070b00701")
    found = findings(log)
    assert [one["finding"] for one in found] == ["tail-missing"] and "behind number 4" in found[0]["text"]


def test_a_removed_beginning_is_said_and_no_finding():
    log = whole()
    # Here a call of the removed part ends, too.
    del log.lines[:5]
    done = fine("verify", log=log)
    assert "what was before the first record is not here, and its chain value is taken as given" in done.out
    assert "1 call decided before the first record" in done.out


def test_removed_state_is_found():
    log = ChainedLog().start().stop()
    log.seq = 0
    log.start("first")
    assert kinds(log) == ["state-lost"]


def test_a_forged_record_with_a_right_number_is_found():
    log = ChainedLog().start()
    log.call("df")
    log.chain = b"x" * 16
    log.policy_load(policy="ffffffffffffffff")
    assert kinds(log) == ["altered"]
    # A forger who knows the algorithm goes on from what is there; the broker's next record shows it.
    log = ChainedLog().start()
    seq, chain = log.seq, log.chain
    log.policy_load(policy="ffffffffffffffff")
    log.seq, log.chain = seq, chain
    log.policy_load(policy="3f9c1a7be0d24456").stop()
    assert kinds(log) != []


# Numbers that may be missing.


def test_a_number_that_a_start_calls_unsure_may_be_missing():
    for present in (True, False):
        log = ChainedLog().start()
        call = log.decision("sleep 9")
        if not present:
            log.lines.pop()
        log.start("crash", open=1, unsure=str(log.seq)).end(call, cause="lost", status=125)
        if present:
            assert kinds(log) == []
        else:
            # The decision may be missing; that nothing else tells of the call is a finding of its own.
            assert "missing" not in kinds(log)


def test_unsure_numbers_of_the_boot_before_may_be_missing():
    log = ChainedLog().start().policy_load().policy_load()
    last = log.seq
    log.lines.pop()
    log.reboot("b0070b0070b00701", "boot", unsure=str(last))
    assert kinds(log) == []


@pytest.mark.parametrize(
    ("unsure", "expected"), [("3-5", []), ("3-4", ["missing"]), ("4", ["missing", "missing"]), ("9", ["missing"])]
)
def test_only_the_unsure_numbers_may_be_missing(unsure, expected):
    log = ChainedLog().start().policy_load()
    for _ in range(3):
        log.policy_load()
        log.lines.pop()
    log.trouble(3, unsure=unsure)
    log.policy_load()
    assert kinds(log) == expected


# Calls.


def test_a_call_that_no_start_closed_is_found():
    log = ChainedLog().start()
    log.decision("sleep 9")
    log.start("crash", open=0)
    log.stop()
    found = findings(log)
    assert [(one["finding"], one["line"]) for one in found] == [("unclosed", 2)]


def test_a_call_that_may_still_run_is_no_finding():
    log = ChainedLog().start()
    log.decision("sleep 9")
    assert "1 call without an end: running" in fine("verify", log=log).out


@pytest.mark.parametrize(
    "make",
    [
        lambda log, call: log.end(call).decision("df", call=call),
        lambda log, call: (log.decision("df", call=call), log.decision("df", call=call)),
        lambda log, call: (log.decision("df", call=call), log.end(call), log.end(call)),
        lambda log, call: (log.decision("df", call=call, verdict="refused"), log.end(call)),
        lambda log, call: log.end(call, later=60_000),
        lambda log, call: log.refused_access(call, "/etc/shadow", later=60_000),
    ],
)
def test_records_that_make_no_call_are_found(make):
    log = ChainedLog().start().policy_load()
    log.milliseconds += 60_000
    make(log, "00000000000000aa")
    found = kinds(log)
    assert found and set(found) <= {"undecided", "decided-late", "again", "ran-though-refused"}, found


# Lines.


def test_a_cut_line_is_found_where_it_is():
    log = whole()
    log.lines[5] = log.lines[5][:200]
    found = findings(log)
    assert ("malformed", 6) in [(one["finding"], one["line"]) for one in found]
    assert "missing" in [one["finding"] for one in found]


def test_a_last_line_without_its_end_is_found():
    assert "malformed" in kinds(whole().bytes[:-60])
    assert kinds(whole().bytes[:-1]) == []


def test_other_programs_that_say_keyhole_are_no_finding():
    log = whole()
    line = log.lines[6].decode()
    log.raw(line.replace("/usr/lib/keyhole/keyhole-broker", "/usr/sbin/auditctl"))
    log.raw('type=EXECVE msg=audit(1.000:1): argc=1 a0="op=keyhole:decision"')
    log.raw(b"type=PROCTITLE msg=audit(1.000:1): proctitle=op=keyhole:\0\x1b")
    log.raw(
        f'type=USER_CMD msg=audit(1.000:1): pid=1 uid=0 auid=0 ses=1 msg=\'op=login acct="{line}" exe="/usr/sbin/sshd" '
        "hostname=? addr=? terminal=ssh res=failed'"
    )
    done = fine("verify", log=log)
    assert "4 lines of other programs repeat Keyhole's words" in done.out


def test_binary_and_endless_lines_are_stepped_over():
    log = whole()
    log.lines.insert(3, b"\0" * 50_000)
    log.lines.insert(3, bytes(range(256)).replace(b"\n", b"") * 100)
    assert kinds(log) == ["too-long"]


def test_records_of_a_version_without_numbers_are_counted():
    old = AuditLog().refused("df")
    log = whole()
    assert "1 record without a number" in fine("verify", log=old.bytes + log.bytes).out
    assert kinds(log.bytes + old.bytes) == ["unnumbered"]
    assert "1 record without a number" in fine("verify", log=old.bytes).out


# Several brokers.


def test_each_host_has_a_chain_of_its_own():
    one, two = ChainedLog(node="one").start(), ChainedLog(node="two").start()
    for log in (one, two):
        log.call("df")
        log.stop()
    mixed = b"".join(a + b"\n" + b + b"\n" for a, b in zip(one.lines, two.lines))
    done = fine("verify", log=mixed)
    assert "one, /usr/lib/keyhole/keyhole-broker: 4 records of 1 call" in done.out and "two, /usr" in done.out
    del two.lines[1]
    (found,) = [one for one in findings(one.bytes + two.bytes) if one["finding"] == "missing"]
    assert found["host"] == "two"


def test_each_broker_has_a_chain_of_its_own():
    one, two = ChainedLog().start(), ChainedLog(exe="/opt/keyhole-broker").start()
    mixed = one.bytes + two.stop().bytes + one.stop().lines[1] + b"\n"
    assert audit("verify", log=mixed).status == 0
    done = fine("verify", "--broker", "/opt/keyhole-broker", "--broker", "/usr/lib/keyhole/keyhole-broker", log=mixed)
    assert "/opt/keyhole-broker: 2 records" in done.out and "/usr/lib/keyhole/keyhole-broker: 2 records" in done.out


# What somebody kept elsewhere.


def test_a_record_that_was_kept_elsewhere_is_compared():
    log = whole()
    at = f"{log.seq}:{log.chain.hex()}"
    assert kinds(log, "--expect", at) == kinds(log, "--expect", at.upper() + "@b0070b0070b00701") == []
    other = f"{log.seq}:{'0' * 32}"
    (found,) = findings(log, "--expect", other + "@b0070b0070b00701")
    assert found["finding"] == "not-as-expected" and "has the chain value" in found["text"]
    (found,) = findings(log, "--expect", "999:" + "0" * 32)
    assert "the end of the trail was cut off" in found["text"]


@pytest.mark.parametrize("text", ["1", "x:" + "0" * 32, "1:00", "0:" + "0" * 32, "1:" + "0" * 32 + "@boot", ""])
def test_what_is_no_record_is_refused_with_a_hint(text):
    done = audit("verify", "--expect", text, log=whole())
    assert done.status == 2 and "is not a record" in done.err and "hint: " in done.err


def test_a_log_without_records_proves_nothing():
    done = audit("verify", log=b"type=LOGIN msg=audit(1.000:1): pid=1\n")
    assert done.status == 2 and "no record of Keyhole" in done.err and done.out == ""
