"""`keyhole audit show`: one call whole, from all its records."""

import pytest
from chained_log import KEY, ChainedLog
from audit_tools import audit, fine


@pytest.fixture
def log():
    log = ChainedLog().start()
    log.authentication("00c0ffee00c0ffee").authentication("00c0ffee00c0ffff", agent="other")
    call = log.decision(
        "grep -r 'x y' /etc | head", session="00c0ffee00c0ffee", rule="grep:head", call="b986fb6560aa499c"
    )
    log.call("df -h", agent="other")
    log.refused_access(call, "/etc/shadow", info="password hashes", session="00c0ffee00c0ffee")
    log.refused_access(call, "/run/x.sock", kind="connect", session="00c0ffee00c0ffee")
    log.end(call, session="00c0ffee00c0ffee", status=3, ms=1500, out=1, refusals=19)
    log.session_end("00c0ffee00c0ffee", calls=2)
    return log


def test_a_call_is_shown_whole(log):
    done = fine("show", "b986fb6560aa499c", log=log)
    assert [line.rstrip() for line in done.lines] == [
        "call      b986fb6560aa499c",
        "agent     claude",
        f"key       {KEY}",
        "from      192.0.2.7",
        "session   00c0ffee00c0ffee",
        f"          2026-11-21 12:00:02  let in, with key {KEY}",
        "          2026-11-21 12:00:10  ended: client-gone, 2 calls",
        "line      grep -r 'x y' /etc | head",
        "decision  2026-11-21 12:00:04  allowed",
        "policy    3f9c1a7be0d24456",
        "rules     grep, head",
        "refused   2026-11-21 12:00:07  open /etc/shadow: password hashes",
        "          2026-11-21 12:00:08  connect /run/x.sock",
        "          and 17 more, which were counted and not recorded one by one",
        "end       2026-11-21 12:00:09  exited, status 3, after 1.5 s, 1 byte of output",
    ]


def test_the_beginning_of_an_id_is_enough_when_it_is_the_only_one(log):
    assert fine("show", "B986", log=log).out == fine("show", "b986fb6560aa499c", log=log).out
    log.call("df", call="b986000000000000")
    done = audit("show", "b986", log=log)
    assert done.status == 1 and done.out == ""
    assert "2 calls begin with b986: b986fb6560aa499c, b986000000000000" in done.err and "hint: give more" in done.err


def test_a_prefix_of_very_many_calls_names_some():
    log = ChainedLog().start()
    for _ in range(40):
        log.call("df")
    done = audit("show", "0", log=log)
    assert done.status == 1 and "more than 10 calls begin with 0" in done.err and len(done.err) < 500


def test_a_call_that_is_not_there_is_said(log):
    done = audit("show", "1234", log=log)
    assert done.status == 1 and "there is no record of a call 1234 among 10 records" in done.err
    assert audit("show", "xyz", log=log).status == 2


def test_a_refused_call_has_its_reason(log):
    call = log.call("rm -rf /", refused="rm is not a known command", agent="?", key="?")
    text = fine("show", call, log=log).out
    assert "refused: rm is not a known command" in text and "the key belongs to nobody" in text and "\nend " not in text


def test_what_is_missing_is_said(log):
    call = log.decision("tail -f x", session="00c0ffee00c0ff00")
    text = fine("show", call, log=log).out
    assert "the call runs, or its end was not written" in text and "its authentication is not in these logs" in text
    log.lines = [line for line in log.lines if b"op=keyhole:decision" not in line]
    assert "decision  not in these logs" in fine("show", "b986", log=log).out


def test_the_same_call_on_other_hosts_and_vms_is_shown_with_it(log, tmp_path):
    (tmp_path / "gate").mkdir()
    (tmp_path / "web-01").mkdir()
    log.write(tmp_path / "gate/audit.log")
    inner = ChainedLog().start()
    inner.call("grep x", call="b986fb6560aa499c", vm="web-01")
    inner.write(tmp_path / "web-01/audit.log")
    done = fine("show", "b986", tmp_path)
    assert "call      b986fb6560aa499c on gate\n" in done.out
    assert "call      b986fb6560aa499c on web-01, for the VM web-01\n" in done.out
    hosts = fine("show", "b986", "--json", tmp_path).json["hosts"]
    assert {one["host"]: one["call"]["result"] for one in hosts} == {"gate": "exit 3", "web-01": "0"}


def test_records_stand_as_they_are_in_the_log(log):
    done = fine("show", "b986", "--raw", log=log)
    records = [line for line in log.lines if b"b986" in line or b"session=00c0ffee00c0ffee " in line]
    assert len(records) == 6 and done.raw.split(b"\n\n")[1].splitlines() == records


def test_json_has_all_of_it(log):
    found = fine("show", "b986", "--json", "--raw", log=log).json
    (host,) = found["hosts"]
    assert found["call"] == host["call"]["call"] == "b986fb6560aa499c"
    assert host["call"]["refusals"] == 19 and len(host["records"]) == 4
    assert host["authentication"]["operation"] == "authentication" and host["session-end"]["fields"]["calls"] == 2
    assert host["records"][0]["line"].startswith("type=USER_CMD")


@pytest.mark.parametrize("line", ["\x1b]0;x\x07", "a\nend       2026", b"\xff\x00", "\u202eabc"])
def test_nothing_of_a_call_reaches_the_terminal_or_looks_like_another_line(log, line):
    call = log.call(line, accesses=[line])
    done = fine("show", call, log=log)
    assert not any(ord(letter) < 32 and letter != "\n" or letter == "\u202e" for letter in done.out), ascii(done.out)
    assert len([row for row in done.lines if row.startswith("end ")]) == 1
